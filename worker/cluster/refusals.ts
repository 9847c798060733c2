import { SmoothcertError } from '../../shared/errors.js';
import type { Refusal } from '../../shared/ports/job-store.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A job that was not tried for so long after its wait has ended, or others draw it. */
const FORGOTTEN_AFTER_MS = 600_000;
/** So many fit into one presence with their sentences. */
export const MAX_REFUSALS = 64;

interface Entry {
  readonly refusal: Refusal;
  readonly times: number;
  /** Monotonic; before it the job is not tried again. */
  readonly until: number;
}

/**
 * Remembers the jobs that this worker could not draw for, and why. They are shown in its presence. Each is tried again after a wait that
 * doubles, so that a fault which passes does not keep the worker away for long, and one which lasts does not keep it busy.
 */
export class Refusals {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly worker: string,
    private readonly now: () => number,
  ) {}

  /** Returns how many milliseconds the job must not be tried; 0 if it may be tried now. */
  waitOf(job: string): number {
    return Math.max(0, (this.entries.get(job)?.until ?? 0) - this.now());
  }

  add(job: string, error: unknown): Refusal {
    this.forget();
    const times = (this.entries.get(job)?.times ?? 0) + 1;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (times - 1), LONGEST_WAIT_MS);
    const refusal = this.refusalOf(error);
    this.entries.delete(job);
    if (this.entries.size >= MAX_REFUSALS) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(job, { refusal, times, until: this.now() + waitMs });
    return refusal;
  }

  /** Forgets the job's refusal: the job can be drawn for, or has ended. */
  remove(job: string): void {
    this.entries.delete(job);
  }

  get list(): { readonly job: string; readonly refusal: Refusal }[] {
    this.forget();
    return [...this.entries].map(([job, { refusal }]) => ({ job, refusal }));
  }

  refusalOf(error: unknown): Refusal {
    const { worker } = this;
    if (error instanceof SmoothcertError) {
      return { worker, code: error.code, message: error.message, remedy: error.remedy };
    }
    const message = `Something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`;
    return {
      worker,
      code: 'INTERNAL',
      message,
      remedy: "This is our fault: report what the worker's log says.",
    };
  }

  private forget(): void {
    const oldest = this.now() - FORGOTTEN_AFTER_MS;
    for (const [job, { until }] of this.entries) if (until < oldest) this.entries.delete(job);
  }
}
