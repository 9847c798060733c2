import { describe, expect, it } from 'vitest';
import { ApiFailure, type Answer } from './api-client.js';
import { Poll, type PollTimes } from './poll.js';

const TIMES: PollTimes = { everyMs: 10, hiddenMs: 100, againMs: 1, mostMs: 4 };

/** A world whose time the test moves, and a server that answers when the test says so. */
class Bench {
  hidden = false;
  closed = false;
  readonly pauses: number[] = [];
  readonly asked: (string | null)[] = [];
  private due: (() => void) | null = null;
  private answer: { resolve(answer: Answer<string>): void; reject(error: unknown): void } | null = null;
  signal: AbortSignal | null = null;

  readonly poll = new Poll<string>(
    (etag, signal) => {
      this.asked.push(etag);
      this.signal = signal;
      return new Promise((resolve, reject) => (this.answer = { resolve, reject }));
    },
    {
      isHidden: () => this.hidden,
      isClosed: () => this.closed,
      after: (ms, callback) => {
        this.pauses.push(ms);
        this.due = callback;
        return () => (this.due = null);
      },
    },
    TIMES,
  );

  get isPaused(): boolean {
    return this.due !== null;
  }

  async answers(data: string, etag: string | null = null): Promise<void> {
    this.answer!.resolve({ kind: 'new', data, etag });
    await settled();
  }
  async answersSame(): Promise<void> {
    this.answer!.resolve({ kind: 'same' });
    await settled();
  }
  async fails(error: unknown = new ApiFailure(null, 'SERVER_UNREACHABLE', 'away', '')): Promise<void> {
    this.answer!.reject(error);
    await settled();
  }
  passes(): void {
    const { due } = this;
    this.due = null;
    due!();
  }
}

/** Resolves when all that follows from an answer has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a poll', () => {
  it('asks at once, waits after each answer, and sends the etag that it has', async () => {
    const bench = new Bench();
    bench.poll.start();
    expect(bench.poll.store.value).toEqual({ data: null, failure: null });
    await bench.answers('one', '"1"');
    bench.passes();
    await bench.answersSame();
    bench.passes();
    expect(bench.asked).toEqual([null, '"1"', '"1"']);
    expect(bench.poll.store.value).toEqual({ data: 'one', failure: null });
    expect(bench.pauses).toEqual([10, 10]);
  });

  it('keeps its answer when requests fail, waits longer each time up to a limit, and begins anew after an answer', async () => {
    const bench = new Bench();
    bench.poll.start();
    await bench.answers('one');
    for (let failure = 0; failure < 4; failure++) {
      bench.passes();
      await bench.fails();
    }
    expect(bench.poll.store.value).toMatchObject({ data: 'one', failure: { code: 'SERVER_UNREACHABLE' } });
    bench.passes();
    await bench.answersSame();
    expect(bench.poll.store.value).toEqual({ data: 'one', failure: null });
    bench.passes();
    await bench.fails(new Error('odd'));
    expect(bench.poll.store.value).toMatchObject({ data: 'one', failure: { code: 'INTERNAL' } });
    expect(bench.pauses).toEqual([10, 1, 2, 4, 4, 10, 1]);
  });

  it('asks rarely while nobody looks, and at once when woken', async () => {
    const bench = new Bench();
    bench.hidden = true;
    bench.poll.start();
    await bench.answers('one');
    bench.poll.wake();
    expect(bench.asked).toHaveLength(2);
    expect(bench.isPaused).toBe(false);
    bench.poll.wake();
    expect(bench.asked).toHaveLength(2);
    await bench.fails();
    expect(bench.pauses).toEqual([100, 100]);
  });

  it('asks for nothing while it is closed, and goes on when woken after that', async () => {
    const bench = new Bench();
    bench.closed = true;
    bench.poll.start();
    expect(bench.asked).toEqual([]);
    bench.closed = false;
    bench.poll.wake();
    await bench.answers('one');
    expect(bench.poll.store.value.data).toBe('one');
  });

  it('goes on until the last of its watchers has left, and hears nothing of a request that it gave up', async () => {
    const bench = new Bench();
    const [first, second] = [bench.poll.start(), bench.poll.start()];
    expect(bench.asked).toHaveLength(1);
    first();
    first();
    expect([bench.poll.isWatched, bench.signal!.aborted]).toEqual([true, false]);
    second();
    expect([bench.poll.isWatched, bench.signal!.aborted]).toEqual([false, true]);
    await bench.answers('late');
    expect(bench.poll.store.value.data).toBeNull();
    expect(bench.isPaused).toBe(false);
    bench.poll.start();
    await bench.fails();
    await bench.answers('late again').catch(() => undefined);
    expect(bench.asked).toHaveLength(2);
  });

  it('forgets what it was told to', async () => {
    const bench = new Bench();
    bench.poll.start();
    await bench.answers('one', '"1"');
    bench.poll.forget();
    expect(bench.poll.store.value).toEqual({ data: null, failure: null });
    bench.passes();
    expect(bench.asked).toEqual([null, null]);
  });
});
