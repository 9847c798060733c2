import { ApiFailure } from './api-client.js';

/** Pictures that are fetched at one time: the API makes few at once, and refuses when many wait. */
const AT_ONCE = 4;

interface Wanted {
  readonly load: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** The status where there is none: the data of the job cannot be shown as pictures. */
const NOT_FOUND = 404;

/** Fetches pictures, few at a time and the newest wish first: who scrolls on waits for what is in sight, not for what was. */
export class PictureLoader {
  private readonly waiting: Wanted[] = [];
  /** Jobs whose data cannot be shown as pictures: no more of them is asked for. */
  private readonly withoutPictures = new Set<string>();
  private running = 0;

  /** @param fetchPicture of a path below /api/v1 */
  constructor(private readonly fetchPicture: (path: string, signal: AbortSignal) => Promise<Blob>) {}

  /** Returns a picture of a job. Rejects if it cannot be had, or once the signal aborts. */
  load(job: string, path: string, signal: AbortSignal): Promise<Blob> {
    return new Promise((resolve, reject) => {
      const load = () => this.fetchOf(job, path, signal).then(resolve, reject);
      this.waiting.push({ load, signal });
      signal.addEventListener('abort', () => reject(new Error('It is not wanted any longer.')), {
        once: true,
      });
      this.next();
    });
  }

  private async fetchOf(job: string, path: string, signal: AbortSignal): Promise<Blob> {
    if (this.withoutPictures.has(job)) throw new Error('This job has no pictures.');
    try {
      return await this.fetchPicture(path, signal);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === NOT_FOUND) this.withoutPictures.add(job);
      throw error;
    }
  }

  private next(): void {
    while (this.running < AT_ONCE) {
      const wanted = this.waiting.pop();
      if (wanted === undefined) return;
      if (wanted.signal.aborted) continue;
      this.running += 1;
      void wanted.load().finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }
}
