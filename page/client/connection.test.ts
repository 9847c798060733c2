import { expect, it } from 'vitest';
import type { ServerAnswer } from '../../api/page-api.js';
import { ApiFailure } from './api-client.js';
import { connectionOf } from './connection.js';

const server: ServerAnswer = { version: '1', name: 'a', needsToken: false, serving: true, waiting: null };
const waiting = { code: 'nats-away', message: 'NATS cannot be reached.', remedy: '' } as const;
const away = new ApiFailure(null, 'SERVER_UNREACHABLE', 'away', '');
const sick = new ApiFailure(500, 'INTERNAL', 'It has failed.', 'Wait.');

it.each([
  ['asks before the first answer', { data: null, failure: null }, 'open', { kind: 'asking' }],
  ['is well', { data: server, failure: null }, 'open', { kind: 'well', server }],
  [
    'is unreachable, whatever was said before',
    { data: server, failure: away },
    'given',
    { kind: 'unreachable' },
  ],
  [
    'does not serve where the server itself fails',
    { data: server, failure: sick },
    'open',
    { kind: 'not-serving', waiting: { code: 'restarting', message: 'It has failed.', remedy: 'Wait.' } },
  ],
  [
    'does not serve where it says so',
    { data: { ...server, serving: false, waiting }, failure: null },
    'given',
    { kind: 'not-serving', waiting },
  ],
  [
    'wants a token before it asks for more',
    { data: { ...server, needsToken: true }, failure: null },
    'open',
    { kind: 'token', isWrong: false },
  ],
  [
    'wants a token that was forgotten',
    { data: server, failure: null },
    'wanted',
    { kind: 'token', isWrong: false },
  ],
  ['says that a token is wrong', { data: server, failure: null }, 'wrong', { kind: 'token', isWrong: true }],
] as const)('the page %s', (_, polled, admission, connection) => {
  expect(connectionOf(polled, admission)).toEqual(connection);
});
