import { JetStreamApiError } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import { isOutOfStorage, isPerhapsWrongSequence, isWrongSequence, unanswered } from './nats-errors.js';
import { isShortOfPeers } from './server-codes.js';

const answer = (err_code: number, description: string) =>
  new JetStreamApiError({ code: 400, err_code, description });

describe('an answer of JetStream', () => {
  it.each([
    [
      10005,
      'no suitable peers for placement',
      'NATS_UNREACHABLE',
      'too few servers of its cluster are there',
    ],
    [10005, 'no suitable peers for placement, insufficient storage', 'DISK_FULL', 'insufficient storage'],
    [
      10008,
      'JetStream system temporarily unavailable',
      'NATS_UNREACHABLE',
      'elects a leader, or has no quorum',
    ],
    [10118, 'stream is offline', 'NATS_UNREACHABLE', 'has no quorum'],
    [10023, 'insufficient resources', 'DISK_FULL', 'insufficient resources'],
    [10047, 'insufficient storage resources available', 'DISK_FULL', 'insufficient storage'],
    [10039, 'JetStream not enabled for account', 'NATS_UNSUITABLE', 'not enabled for account'],
    [10074, 'replicas > 1 not supported in non-clustered mode', 'NATS_UNSUITABLE', 'replicas > 1'],
    [10049, 'something else', 'NATS_UNREACHABLE', 'something else'],
  ])('%i "%s" is %s', (code, description, expected, words) => {
    const error = unanswered('make the stream S', answer(code, description));
    expect(error).toMatchObject({ code: expected, message: expect.stringContaining(words) as string });
    expect(error.message).toMatch(/^NATS did not make the stream S: /);
  });

  it('that a key was written meanwhile is told from one that this may be so', () => {
    const [certain, perhaps] = [
      answer(10071, 'wrong last sequence: 3'),
      answer(10164, 'wrong last sequence'),
    ];
    expect([certain, perhaps].map(isWrongSequence)).toEqual([true, false]);
    expect([certain, perhaps].map(isPerhapsWrongSequence)).toEqual([false, true]);
  });

  it('that servers are missing is told from one that they are full', () => {
    const few = answer(10005, 'no suitable peers for placement, peer offline');
    const full = answer(10005, 'no suitable peers for placement, insufficient storage');
    expect([few, full].map(isShortOfPeers)).toEqual([true, false]);
    expect([few, full].map(isOutOfStorage)).toEqual([false, true]);
  });
});
