import { describe, expect, it } from 'vitest';
import { natsServersOf } from './nats-servers.js';

describe('addresses of NATS', () => {
  it.each([
    ['127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
    ['nats://a:4222, tls://b', { servers: ['nats://a:4222', 'tls://b'] }],
    ['[::1]:4222,::1', { servers: ['[::1]:4222', '::1'] }],
    ['nats://me:hunter2@a', { servers: ['nats://a'], user: 'me', password: 'hunter2' }],
    ['me:p%40s%2Cs%3Aw@a:1', { servers: ['a:1'], user: 'me', password: 'p@s,s:w' }],
    ['nats://me:p@ss%zz@a', { servers: ['nats://a'], user: 'me', password: 'p@ss%zz' }],
    ['nats://hunter2@a,nats://b', { servers: ['nats://a', 'nats://b'], token: 'hunter2' }],
    ['nats://a,nats://me:hunter2@b', { servers: ['nats://a', 'nats://b'], user: 'me', password: 'hunter2' }],
  ])('%s', (list, expected) => expect(natsServersOf(list)).toEqual(expected));

  it.each(['nats://me:hunter2', 'nats://me:hunt,er2@a', 'me:hunter2/@a b', '', 'nats://a:b:c'])(
    'are refused without being repeated: %s',
    (list) => {
      expect(() => natsServersOf(list)).toThrow(/^--nats is no list of addresses\.$/);
    },
  );
});
