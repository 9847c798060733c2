import { newsOfRun, endingOf, type LateNews, type RunSummary } from '../cli/certify/news-of-run.js';
import type { RunTeller } from '../cli/certify/run-teller.js';
import { knownError } from '../cli/command/known-error.js';
import type { ResultRow } from '../coordinator/results/result-row.js';
import { signalOf } from './signal-of.js';
import type { Run, RunResult } from './types/run.js';

/** Starts a run, which tells what happens and ends early if `signal` aborts. */
export type Start = (teller: RunTeller, signal: AbortSignal) => Promise<unknown>;

/** The options of a run that say how it is followed. */
export interface Following {
  readonly out: string;
  readonly verbose: boolean;
  /** The options of the call: their signal stops it. */
  readonly options: object;
  /** Takes news as `RunNews` has them. */
  readonly onNews: ((news: never) => void) | undefined;
}

/**
 * A run as its caller sees it. Of each image that is decided it keeps how to compute the row, and no row: a slow reader, or none, costs little,
 * and each loop over it begins with the first row. Rows of a job that is refuted are not given any more.
 */
export class ToldRun<Row extends ResultRow, Summary extends RunSummary> implements Run<Row, Summary> {
  readonly result: Promise<RunResult<Row, Summary>>;
  private readonly decided: (() => ResultRow | null)[] = [];
  private readonly stopping = new AbortController();
  private ending: Pick<RunResult<Row, Summary>, 'done' | 'summary'> = { done: false, summary: null };
  private fault: { readonly error: unknown } | null = null;
  private over = false;
  private waiting: (() => void)[] = [];

  constructor(
    start: Start,
    private readonly following: Following,
  ) {
    this.result = this.run(start).finally(() => {
      this.over = true;
      this.wake();
    });
    // Whoever only iterates gets the error there.
    this.result.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    let left = true;
    try {
      let at = 0;
      for (;;) {
        for (; at < this.decided.length; at++) {
          const row = this.decided[at]!();
          if (row !== null) yield row as Row;
        }
        if (this.over) break;
        await this.changed();
      }
      left = false;
      await this.result;
    } finally {
      if (left) {
        this.stopping.abort();
        // Waited for, so that the same call may follow at once.
        await this.result.catch(() => undefined);
      }
    }
  }

  private async run(start: Start): Promise<RunResult<Row, Summary>> {
    const { out, options } = this.following;
    const { stopping } = this;
    try {
      const signal = signalOf(options);
      const until = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
      await start(this.teller(), until);
    } catch (error) {
      throw this.fault === null ? knownError(error) : this.fault.error;
    }
    if (this.fault !== null) throw this.fault.error;
    return { out, rows: () => this.rows(), ...this.ending } as RunResult<Row, Summary>;
  }

  private teller(): RunTeller {
    const { out, verbose } = this.following;
    const news = newsOfRun({ out, verbose, tell: (late) => this.tell(late), exit: null });
    return {
      ...news,
      image: (row) => {
        this.decided.push(row);
        news.image(row);
        this.wake();
      },
      ended: (conclusion) => {
        const { done, summary } = endingOf(out, conclusion);
        this.ending = { done, summary: summary as Summary };
        news.ended(conclusion);
      },
    };
  }

  /** Hands news on. An error of the caller stops the run. */
  private tell(late: LateNews): void {
    const { onNews } = this.following;
    if (onNews === undefined || this.fault !== null) return;
    try {
      const news = late();
      if (news !== null) onNews(news as never);
    } catch (error) {
      this.fault = { error };
      this.stopping.abort();
    }
  }

  private rows(): Row[] {
    const rows = this.decided.map((row) => row()).filter((row) => row !== null);
    return rows.sort((a, b) => a.image - b.image) as Row[];
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
