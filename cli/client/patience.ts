import { setTimeout } from 'node:timers/promises';
import { SmoothcertError } from '../../shared/errors.js';

/** Pause between two tries: the first one, and the longest. */
const BACKOFF_MS = { least: 100, most: 5_000 } as const;
/** A server that never answered is more likely misspelt than away. */
const FIRST_CONTACT_MS = 5_000;

/**
 * Decides if a server that does not answer is asked again. Once it has answered, it is asked for as long as the user said:
 * a coordinator that restarts, or another one that takes over, ends nobody's command.
 */
export class Patience {
  private contacted = false;
  private deadline: number | null = null;
  private backoff: number = BACKOFF_MS.least;

  /** @param onWait is told once for each time that there is something to wait for */
  constructor(
    private readonly waitMs: number,
    private readonly onWait: (error: SmoothcertError) => void,
  ) {}

  /** Returns one for another request to the same server: with the same limits, its time not begun. */
  again(): Patience {
    const other = new Patience(this.waitMs, this.onWait);
    other.contacted = this.contacted;
    return other;
  }

  /** The server has answered something. */
  answered(): void {
    this.contacted = true;
    this.deadline = null;
    this.backoff = BACKOFF_MS.least;
  }

  /** Resolves when another try is due. Rejects with the error itself if it says no such thing, or if it has been too long. */
  async orThrow(error: unknown, signal?: AbortSignal): Promise<void> {
    if (!(error instanceof SmoothcertError) || !isPassing(error)) throw error;
    if (error.code !== 'SERVER_UNREACHABLE') this.contacted = true;
    const now = performance.now();
    if (this.deadline === null) {
      this.deadline = now + (this.contacted ? this.waitMs : Math.min(this.waitMs, FIRST_CONTACT_MS));
      if (this.contacted) this.onWait(error);
    }
    if (now >= this.deadline) throw error;
    const wait = Math.ceil(Math.min(this.backoff, this.deadline - now));
    this.backoff = Math.min(2 * this.backoff, BACKOFF_MS.most);
    await setTimeout(wait, undefined, signal ? { signal } : {});
  }
}

const isPassing = ({ code }: SmoothcertError): boolean =>
  code === 'SERVER_UNREACHABLE' || code === 'NOT_SERVING' || code === 'ARTIFACT_BUSY';
