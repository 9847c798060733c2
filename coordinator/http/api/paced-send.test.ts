import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sendPaced } from './paced-send.js';

const PACE = { graceMs: 1_000, bytesASecond: 100 };
const HOUR_MS = 3_600_000;
const NEVER = new AbortController().signal;

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A reader that takes a part when the test says so. */
class Reader {
  readonly parts: string[] = [];
  private done: (() => void) | null = null;
  readonly into = new Writable({
    highWaterMark: 1,
    write: (part: Buffer, _, done) => {
      this.parts.push(part.toString());
      this.done = done;
    },
  });

  /** Takes the part that is there; resolves once the sender has seen it. */
  async take(): Promise<void> {
    this.done?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

/** Sends to a reader, and tells how it ends: null while it has not. */
function sending(source: AsyncIterable<string>, { into }: Reader, signal = NEVER) {
  const end: { said: string | null } = { said: null };
  const until = sendPaced(source, into, signal, PACE).then(
    () => (end.said = 'sent'),
    (error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      return (end.said = code ?? message);
    },
  );
  return { end, until };
}

async function* parts(...texts: readonly string[]) {
  for (const text of texts) yield await Promise.resolve(text);
}

it('ends the connection of a reader that takes nothing, when the grace is over', async () => {
  const reader = new Reader();
  const { end, until } = sending(parts('a', 'b'), reader);
  await vi.advanceTimersByTimeAsync(PACE.graceMs - 1);
  expect([reader.parts, end.said, reader.into.destroyed]).toEqual([['a'], null, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect([await until, reader.into.destroyed]).toEqual(['ABORT_ERR', true]);
});

it('gives a reader more time for what it has taken, and adds up how long it took', async () => {
  const reader = new Reader();
  const { end, until } = sending(parts('a'.repeat(50), 'b'), reader);
  await vi.advanceTimersByTimeAsync(PACE.graceMs - 1);
  await reader.take();
  // A millisecond of the grace is left, and 50 bytes give half a second.
  await vi.advanceTimersByTimeAsync(500);
  expect([reader.parts.at(-1), end.said]).toEqual(['b', null]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await until).toBe('ABORT_ERR');
});

it('does not count the time in which the server makes what comes next', async () => {
  async function* slow() {
    yield 'a';
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    yield 'b';
  }
  const reader = new Reader();
  const { until } = sending(slow(), reader);
  await vi.advanceTimersByTimeAsync(0);
  await reader.take();
  await vi.waitFor(() => expect(reader.parts).toEqual(['a', 'b']));
  await reader.take();
  expect(await until).toBe('sent');
  expect(vi.getTimerCount()).toBe(0);
});

it('counts the time for the last part, too', async () => {
  const reader = new Reader();
  const { until } = sending(parts('a'), reader);
  await vi.advanceTimersByTimeAsync(PACE.graceMs);
  expect([await until, reader.into.destroyed]).toEqual(['ABORT_ERR', true]);
});

it('ends at once when its signal aborts, and closes the source', async () => {
  let closed = false;
  async function* source() {
    try {
      for (;;) yield await Promise.resolve('a');
    } finally {
      closed = true;
    }
  }
  const reader = new Reader();
  const gone = new AbortController();
  const { until } = sending(source(), reader, gone.signal);
  await vi.advanceTimersByTimeAsync(0);
  gone.abort();
  expect(await until).toBe('ABORT_ERR');
  await vi.waitFor(() => expect(closed).toBe(true));
  expect(vi.getTimerCount()).toBe(0);
});

it('says what made its source fail', async () => {
  async function* broken() {
    yield 'a';
    await Promise.reject(new Error('no more rows'));
  }
  const reader = new Reader();
  const { until } = sending(broken(), reader);
  await vi.advanceTimersByTimeAsync(0);
  await reader.take();
  expect([await until, reader.into.destroyed]).toEqual(['no more rows', true]);
});
