import type { Outlook } from '../shared/outlook.js';

/**
 * The news of a run of `certify` or `predict`, in the order in which they come: what `--json-lines` prints, an object a line, and what the
 * library hands out. `begun`, then `note`s; `image`s of earlier runs of the folder; `progress`, `image`s and `note`s; `ended`.
 */
export type RunNews<Row = unknown, Summary = unknown> =
  BegunNews | NoteNews | ProgressNews | ImageNews<Row> | EndedNews<Summary>;

/** The input is checked and the job is begun or found again. */
export interface BegunNews {
  readonly news: 'begun';
  /** The folder, as it was given. */
  readonly out: string;
  /** Digest of the job, 64 hex digits. */
  readonly job: string;
  /** 0 to 2^64 − 1, in decimals. */
  readonly seed: string;
  /** Images of the job. */
  readonly images: number;
  /** True if the folder had this job already. */
  readonly resumed: boolean;
}

/** A remark for a person, a sentence or two. */
export interface NoteNews {
  readonly news: 'note';
  readonly text: string;
}

/** How far the job is; about twice a second while it draws, and once at the end of that. */
export interface ProgressNews {
  readonly news: 'progress';
  /** Images that are decided, of so many. */
  readonly decided: number;
  readonly images: number;
  /** Samples that are counted, those of earlier runs included. */
  readonly samples: number;
  /** Null while nothing is known of it. */
  readonly outlook: Outlook | null;
}

/** An image is decided. Each is told once; those of earlier runs of the folder first. */
export interface ImageNews<Row = unknown> {
  readonly news: 'image';
  /** The object of its line in results.jsonl. It is void if the run ends with an error that says that the job is refuted. */
  readonly row: Row;
}

/** The run has ended without an error, and its results are written. */
export interface EndedNews<Summary = unknown> {
  readonly news: 'ended';
  /** False if it was interrupted: the same command resumes. */
  readonly done: boolean;
  /** The object that `--json` prints; null if the run was interrupted before its job had begun. */
  readonly summary: Summary | null;
}
