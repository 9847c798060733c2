import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { identityCheck, isNotBelieved } from './certificates.js';

const certificateFor = (subjectaltname: string) =>
  ({ subject: { CN: 'nats' }, subjectaltname }) as PeerCertificate;

describe('the name in the certificate of a server', () => {
  it.each([
    ['nats.example', 'DNS:nats.example', ['nats.example:4222'], true],
    ['nats.example', 'IP Address:10.0.0.1', ['nats.example:4222', '10.0.0.1:4222'], false],
    ['localhost', 'IP Address:10.0.0.1', ['10.0.0.1:4222'], true],
    ['localhost', 'IP Address:10.0.0.2', ['tls://10.0.0.1:4222', 'tls://10.0.0.2:4222'], true],
    ['localhost', 'IP Address:0:0:0:0:0:0:0:1', ['[::1]:4222'], true],
    ['localhost', 'IP Address:10.0.0.3', ['10.0.0.1:4222', '10.0.0.2:4222'], false],
    ['localhost', 'DNS:nats.example', ['nats.example:4222'], false],
  ])('%s, %s, of %j: %s', (name, names, servers, believed) => {
    expect(identityCheck(servers)(name, certificateFor(names)) === undefined).toBe(believed);
  });

  it('is told from other failures, however deep', () => {
    const error = Object.assign(new Error('altnames'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(isNotBelieved(new Error('no connection', { cause: error }))).toBe(true);
    expect(
      isNotBelieved(Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })),
    ).toBe(true);
    expect(isNotBelieved(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe(false);
    expect(isNotBelieved('no error')).toBe(false);
  });
});
