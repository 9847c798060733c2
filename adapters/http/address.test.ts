import { describe, expect, it } from 'vitest';
import { isLoopback, parseAddress, refuseInsecure, showAddress } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:50051', '127.0.0.1', 50_051],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['localhost:9464', 'localhost', 9_464],
    ['node-1.cluster.local:65535', 'node-1.cluster.local', 65_535],
    ['[::1]:50051', '::1', 50_051],
    ['[::]:50051', '::', 50_051],
    ['[::ffff:10.0.0.1]:1', '::ffff:10.0.0.1', 1],
    [':50051', '127.0.0.1', 50_051],
    ['50051', '127.0.0.1', 50_051],
  ])('%s', (text, host, port) => {
    expect(parseAddress('--grpc', text)).toEqual({ host, port });
  });

  it.each([
    '',
    ':',
    'host',
    'host:',
    'host:x',
    'host:65536',
    '::1:5',
    '[::1]',
    '[x]:5',
    '[1.2.3.4]:5',
    'a b:5',
    'http://x:5',
  ])('refuses %j in a sentence', (text) => {
    expect(() => parseAddress('--grpc', text)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: `--grpc ${text} is no address to listen at.`,
      }),
    );
  });

  it('is undone by showAddress', () => {
    for (const text of ['127.0.0.1:1', '[::1]:2', 'host:3']) {
      expect(showAddress(parseAddress('--grpc', text))).toBe(text);
    }
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
    '%s is',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );
  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    'example.com',
    'localhost.evil.com',
  ])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('refuseInsecure', () => {
  const none = { tls: false, tokens: false, insecure: false };
  const here = { host: '127.0.0.1', port: 1 };
  const open = { host: '0.0.0.0', port: 50_051 };

  it('lets this machine in', () => {
    expect(() => refuseInsecure([here, { host: '::1', port: 2 }], none)).not.toThrow();
  });

  it('lets others in with a token, with TLS, or with leave', () => {
    for (const one of ['tls', 'tokens', 'insecure'] as const) {
      expect(() => refuseInsecure([open], { ...none, [one]: true })).not.toThrow();
    }
  });

  it('refuses what anybody could reach, naming it', () => {
    expect(() => refuseInsecure([here, open], none)).toThrow(
      expect.objectContaining({
        code: 'INSECURE_LISTENING',
        exitCode: 2,
        message: expect.stringContaining('0.0.0.0:50051') as string,
      }),
    );
  });
});
