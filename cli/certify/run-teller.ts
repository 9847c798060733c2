import type { BegunNews } from '../../api/run-news.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';
import type { ResultRow } from '../../coordinator/results/result-row.js';
import type { JobSummary } from '../results/job-summary.js';
import type { Shown } from './progress-text.js';

/** How a job begins. */
export interface Beginning {
  readonly begun: BegunNews;
  /** Remarks on flags, model, data and claim, a sentence or two each. */
  readonly notes: readonly string[];
  /** True if the seed was drawn at random just now. */
  readonly seedIsNew: boolean;
}

/** The results of a run, which are written. */
export interface Conclusion {
  readonly fold: JobFold;
  /** Remarks on model, data and claim. */
  readonly notes: readonly string[];
  readonly summary: JobSummary;
}

/** A report that was written, by its file, or why there is none. */
export type ReportOutcome = { readonly file: string } | { readonly problem: string };

/**
 * Hears of a run of `certify` or `predict`: `begun` first (only `detail` may come before it), then the other calls in any order, `results` and `report` behind them, and last
 * `ended`. A run that ends with an error is not told as ended.
 */
export interface RunTeller {
  begun(beginning: Beginning): void;
  /** Hears what only somebody who looks for a fault wants to know. */
  detail(text: string): void;
  /** Is told that drawing begins. @param read returns how far the job is, whenever it is asked. @returns what is called when drawing has ended */
  drawing(read: () => Shown): () => void;
  /** Is told that an image is decided. @param row computes its row; null if the job was refuted meanwhile */
  image(row: () => ResultRow | null): void;
  results(conclusion: Conclusion): void;
  report(outcome: ReportOutcome): void;
  ended(conclusion: Conclusion): void;
  /** Is told instead of all others that the run was interrupted before its job had begun; the folder is as it was found. */
  left(): void;
  /** Ends the process once that is told. Null in a process that is not ours: the run then ends itself, as soon as what it waits for ends. */
  readonly exit: (() => never) | null;
}
