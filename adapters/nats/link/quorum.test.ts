import { errors } from '@nats-io/transport-node';
import { expect, it, vi } from 'vitest';
import { Quorum } from './quorum.js';

const [EVERY_MS, LOST_MS] = [100, 450];
const silence = () => Promise.reject(new errors.TimeoutError());

/** A quorum whose servers answer as `ask` says, and what it has told. */
function quorumOf(ask: () => Promise<unknown>, connected = () => true) {
  const told: boolean[] = [];
  const quorum = new Quorum({ ask, connected, everyMs: EVERY_MS, lostMs: LOST_MS });
  quorum.onChange((there) => told.push(there));
  return { quorum, told };
}

it('counts as lost once nobody has answered for long enough, and as there at the next answer', async () => {
  vi.useFakeTimers();
  let answer = silence;
  const { quorum, told } = quorumOf(() => answer());
  await vi.advanceTimersByTimeAsync(EVERY_MS + LOST_MS - 10);
  expect(quorum.there).toBe(true);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(quorum.there).toBe(false);
  answer = () => Promise.resolve<never>(undefined as never);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(told).toEqual([false, true]);
  quorum[Symbol.dispose]();
  vi.useRealTimers();
});

it.each([
  [
    'an answer now and then',
    () => (Math.floor(performance.now() / EVERY_MS) % 3 === 0 ? Promise.resolve() : silence()),
    true,
  ],
  ['a refusal that somebody gives', () => Promise.reject(new Error('not for this account')), true],
  ['no connection', silence, false],
] as const)('is not lost with %s', async (_name, ask, connected) => {
  vi.useFakeTimers();
  const { quorum, told } = quorumOf(ask, () => connected);
  await vi.advanceTimersByTimeAsync(20 * EVERY_MS);
  expect(told).toEqual([]);
  quorum[Symbol.dispose]();
  vi.useRealTimers();
});
