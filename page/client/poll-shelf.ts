import type { ServerAnswer } from '../../api/page-api.js';
import type { Answer, ApiClient } from './api-client.js';
import { connectionOf } from './connection.js';
import { serverPath } from './paths.js';
import { Poll, type PollTimes, type PollWorld } from './poll.js';

/** Polls that are kept after nobody watches them: who comes back to a view sees what was there, at once. */
const KEPT = 40;

/**
 * The polls of this page by what they ask for: one each, however many parts of the page watch it. While the server cannot answer, or wants a
 * token, only the server itself is asked; once it can, `wakeAll` lets the others go on.
 */
export class PollShelf {
  private readonly polls = new Map<string, Poll<unknown>>();
  private readonly server: Poll<ServerAnswer>;

  constructor(
    private readonly api: ApiClient,
    private readonly world: Omit<PollWorld, 'isClosed'>,
    private readonly times?: PollTimes,
  ) {
    this.server = new Poll<ServerAnswer>(
      (etag, signal) => api.get(serverPath, etag, signal),
      { isHidden: world.isHidden, after: world.after, isClosed: () => false },
      times,
    );
  }

  /** Returns the poll of a path below /api/v1. `T` is the type of its answers (api/page-api.ts). */
  of<T>(path: string): Poll<T> {
    if (path === serverPath) return this.server as unknown as Poll<T>;
    const poll = this.polls.get(path) ?? this.pollOf(path);
    this.polls.delete(path);
    this.polls.set(path, poll);
    for (const [oldest, one] of this.polls) {
      if (this.polls.size <= KEPT) break;
      if (!one.isWatched) this.polls.delete(oldest);
    }
    return poll as Poll<T>;
  }

  /** Lets all that are watched ask now: the page is looked at again, the server is back, a token was given. */
  wakeAll(): void {
    for (const poll of [this.server, ...this.polls.values()]) poll.wake();
  }

  /** Forgets all answers but the server's: whoever comes next to this tab sees none of them. */
  clear(): void {
    for (const poll of this.polls.values()) poll.forget();
  }

  private pollOf(path: string): Poll<unknown> {
    const { isHidden, after } = this.world;
    const isClosed = () =>
      connectionOf(this.server.store.value, this.api.session.admission.value).kind !== 'well';
    return new Poll<unknown>(
      (etag, signal) => this.ask(path, etag, signal),
      { isHidden, after, isClosed },
      this.times,
    );
  }

  private async ask(path: string, etag: string | null, signal: AbortSignal): Promise<Answer<unknown>> {
    try {
      return await this.api.get(path, etag, signal);
    } catch (error) {
      // The banner says what is wrong, from what the server itself says.
      if (!signal.aborted) this.server.wake();
      throw error;
    }
  }
}
