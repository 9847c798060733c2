import { describe, expect, it } from 'vitest';

import { valuesFrom } from '../../test/support/verb-values.js';
import { JOBS } from './job-verbs.js';
import { sendsTokenOpenly, serverConfig, serverWords } from './server-flags.js';

const configOf = (...args: string[]) => serverConfig(valuesFrom(JOBS, args));

describe('where a server is', () => {
  it('is this machine unless it is said', () => {
    expect(configOf()).toEqual({ address: '127.0.0.1:50051', tokenFile: null, tls: null, waitMs: 300_000 });
  });

  it.each([
    ['cluster', 'cluster:50051'],
    ['a.b-c.d:443', 'a.b-c.d:443'],
    ['[::1]', '[::1]:50051'],
    ['[fe80::1]:9', '[fe80::1]:9'],
  ])('is %s: %s', (given, address) => expect(configOf('--server', given).address).toBe(address));

  it.each(['', 'http://a:1', 'a:b', 'a:0', 'a:65536', '::1', 'a b', 'a:1/path'])('is not %j', (given) => {
    expect(() => configOf('--server', given)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: `--server ${given} is not host:port.` }),
    );
  });

  it('is reached with TLS if that is said, and with a certificate only with its key', () => {
    expect(configOf('--tls').tls).toEqual({ ca: null, client: null });
    const all = configOf('--tls', '--tls-ca', 'a', '--tls-cert', 'c', '--tls-key', 'k', '--server', 'h:1');
    expect(all.tls).toEqual({ ca: 'a', client: { cert: 'c', key: 'k' } });
    expect(serverWords(all)).toBe(' --server h:1 --tls');
    expect(serverWords(configOf())).toBe('');
    expect(() => configOf('--tls-ca', 'a')).toThrow('--tls-ca has no meaning without --tls.');
    expect(() => configOf('--tls', '--tls-key', 'a')).toThrow('--tls-cert and --tls-key');
  });

  it.each([
    ['a:1', [], true],
    ['127.evil.example:1', [], true],
    ['localhost.example:1', [], true],
    ['a:1', ['--tls'], false],
    ['127.0.0.2:1', [], false],
    ['[::1]:1', [], false],
    ['LOCALHOST', [], false],
  ] as const)('at %s with %j gets a token openly: %s', (server, more, openly) => {
    expect(sendsTokenOpenly(configOf('--server', server, '--token-file', 'f', ...more))).toBe(openly);
    expect(sendsTokenOpenly(configOf('--server', server, ...more))).toBe(false);
  });

  it('is waited for no less than no time', () => {
    expect(configOf('--wait-seconds', '0.5').waitMs).toBe(500);
    expect(() => configOf('--wait-seconds', '-1')).toThrow(
      expect.objectContaining({ remedy: 'See smoothcert jobs --help.' }),
    );
  });
});
