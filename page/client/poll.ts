import { ApiFailure, type Answer } from './api-client.js';
import { Store } from './store.js';

/** The newest answer, which stays when later requests fail. */
export interface Polled<T> {
  /** Null before the first answer. */
  readonly data: T | null;
  /** Of the last request; null if it was answered. */
  readonly failure: ApiFailure | null;
}

export interface PollTimes {
  /** Between an answer and the next request. */
  readonly everyMs: number;
  /** The same while nobody looks at the page. */
  readonly hiddenMs: number;
  /** After the first failure; each further one doubles it. */
  readonly againMs: number;
  readonly mostMs: number;
}

export const POLL_TIMES: PollTimes = { everyMs: 2_000, hiddenMs: 20_000, againMs: 1_000, mostMs: 5_000 };

/** The world around a poll. */
export interface PollWorld {
  isHidden(): boolean;
  /** True while requests are pointless: they wait for `wake`. */
  isClosed(): boolean;
  /** Calls back after so many milliseconds, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * Asks for one thing again and again, while somebody watches it. It asks for nothing while another of its requests is under way. A failure
 * loses nothing: the last answer stays, and it is asked again after a pause that grows.
 */
export class Poll<T> {
  readonly store = new Store<Polled<T>>({ data: null, failure: null });
  private etag: string | null = null;
  private failures = 0;
  private watchers = 0;
  private running: AbortController | null = null;
  private cancelTimer: () => void = () => undefined;

  constructor(
    private readonly ask: (etag: string | null, signal: AbortSignal) => Promise<Answer<T>>,
    private readonly world: PollWorld,
    private readonly times: PollTimes = POLL_TIMES,
  ) {}

  /** Begins to ask, until the returned function is called by all who began. */
  start(): () => void {
    if (this.watchers++ === 0) this.wake();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.watchers === 0) this.pause();
    };
  }

  get isWatched(): boolean {
    return this.watchers > 0;
  }

  /** Asks now, whatever the pause is, unless a request is under way. */
  wake(): void {
    if (this.watchers === 0 || this.running !== null || this.world.isClosed()) return;
    this.cancelTimer();
    void this.once();
  }

  /** Forgets what was answered. */
  forget(): void {
    this.etag = null;
    this.store.set({ data: null, failure: null });
  }

  private pause(): void {
    this.cancelTimer();
    this.running?.abort();
    this.running = null;
  }

  private async once(): Promise<void> {
    const request = new AbortController();
    this.running = request;
    try {
      const answer = await this.ask(this.etag, request.signal);
      if (!request.signal.aborted) this.take(answer);
    } catch (error) {
      if (request.signal.aborted) return;
      this.failures += 1;
      this.store.set({ data: this.store.value.data, failure: asFailure(error) });
    }
    if (request.signal.aborted) return;
    this.running = null;
    this.cancelTimer = this.world.after(this.waitMs, () => this.wake());
  }

  private take(answer: Answer<T>): void {
    this.failures = 0;
    const { data, failure } = this.store.value;
    if (answer.kind === 'new') {
      this.etag = answer.etag;
      this.store.set({ data: answer.data, failure: null });
    } else if (failure !== null) this.store.set({ data, failure: null });
  }

  private get waitMs(): number {
    const { everyMs, hiddenMs, againMs, mostMs } = this.times;
    const usual = this.world.isHidden() ? hiddenMs : everyMs;
    if (this.failures === 0) return usual;
    return Math.max(
      Math.min(againMs * 2 ** (this.failures - 1), mostMs),
      this.world.isHidden() ? hiddenMs : 0,
    );
  }
}

const asFailure = (error: unknown): ApiFailure =>
  error instanceof ApiFailure ? error : new ApiFailure(null, 'INTERNAL', String(error), '');
