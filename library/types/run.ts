import type { Certificate, Prediction } from './rows.js';
import type { CertifySummary, PredictSummary } from './summary.js';

/** A forecast: likely between `low` and `high`. */
export interface Forecast {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** How much of a job is still to come. */
export interface Outlook {
  /** Samples of the whole job, those that are drawn included. */
  readonly samples: Forecast;
  readonly samplesPerSecond: number | null;
  readonly secondsLeft: Forecast | null;
}

/** News of a run, as `--json-lines` prints it: first `begun`, then notes, images of earlier runs, progress and images, last `ended`. */
export type RunNews<Row, Summary> =
  | {
      readonly news: 'begun';
      readonly out: string;
      /** Digest of the job. */
      readonly job: string;
      readonly seed: string;
      readonly images: number;
      /** True if the folder had this job already. */
      readonly resumed: boolean;
    }
  | { readonly news: 'note'; readonly text: string }
  | {
      readonly news: 'progress';
      /** Images that are decided, of so many. */
      readonly decided: number;
      readonly images: number;
      readonly samples: number;
      readonly outlook: Outlook | null;
    }
  | { readonly news: 'image'; readonly row: Row }
  | { readonly news: 'ended'; readonly done: boolean; readonly summary: Summary | null };

export type CertifyNews = RunNews<Certificate, CertifySummary>;
export type PredictNews = RunNews<Prediction, PredictSummary>;

/** How a run has ended. */
export type RunResult<Row, Summary> = {
  /** The folder, as it was given. */
  readonly out: string;
  /** Returns the rows of the images that are decided, in image order. */
  readonly rows: () => Row[];
} & (
  | { readonly done: true; readonly summary: Summary }
  /** It was stopped: the same call resumes. `summary` is null if it was stopped before its job had begun. */
  | { readonly done: false; readonly summary: Summary | null }
);

/**
 * A run, which has begun. Iterating over it gives each row as its image is decided, those of earlier runs of the folder first; leaving the
 * loop stops the run. An error of the run is thrown in the loop, and `result` rejects with it.
 */
export interface Run<Row, Summary> extends AsyncIterable<Row> {
  readonly result: Promise<RunResult<Row, Summary>>;
}

export type CertifyRun = Run<Certificate, CertifySummary>;
export type PredictRun = Run<Prediction, PredictSummary>;
