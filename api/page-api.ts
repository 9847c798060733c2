import type { Outcome, JobState } from './job-view.js';
import type { WorkerView } from './worker-view.js';
import type { Refusal } from '../shared/ports/job-store.js';
import type { Progress } from '../shared/job-progress.js';
import type { Outlook } from '../shared/outlook.js';
import type { Waiting } from '../shared/waiting.js';

/**
 * The answers of the JSON API over HTTP, below /api/v1: for the web page, and for scripts. It has the same service behind it as gRPC. Times are
 * milliseconds since 1970. Every error is an `ErrorAnswer`.
 */

/** `GET /api/v1/server`: needs no token, and says whether the others do. */
export interface ServerAnswer {
  readonly version: string;
  /** Name of the process that answers. */
  readonly name: string;
  /** True: every other path wants `authorization: Bearer <token>`. */
  readonly needsToken: boolean;
  /** False: this process answers nothing about jobs now; `waiting` says why. */
  readonly serving: boolean;
  readonly waiting: Waiting | null;
}

/** A job, in the words that a list of jobs shows. */
export interface JobAnswer {
  readonly id: string;
  /** Name that its user gave it; null without one. */
  readonly name: string | null;
  /** File name of the model, else its digest. */
  readonly model: string;
  /** File or folder name of the data, else their digest. */
  readonly data: string;
  /** Noise in words: its law and its standard deviation. */
  readonly noise: string;
  readonly sigma: number;
  /** Stopping rule and bound in words. */
  readonly rule: string;
  /** Input scale, mean and standard deviation in words; null: pixels go to the model as they are. */
  readonly normalisation: string | null;
  readonly alpha: number;
  /** The claim of the job in a sentence: what holds with which probability. */
  readonly claim: string;
  readonly seed: string;
  /** Digest of the job (hex); null before a worker has looked at the model. */
  readonly digest: string | null;
  readonly state: JobState;
  readonly createMs: number;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly progress: Progress;
  /** Images that have ended. */
  readonly decided: number;
  /** Null before it draws, and after its end. */
  readonly outlook: Outlook | null;
  readonly waiting: Waiting | null;
  readonly error: Refusal | null;
  readonly refusals: readonly Refusal[];
  /** Remarks on batch, rounding and the like, a sentence each. */
  readonly notes: readonly string[];
  /** Names of the classes by number; null if they are not known. */
  readonly classes: readonly string[] | null;
}

/** `GET /api/v1/jobs?page_size=&page_token=`: newest first. */
export interface JobsAnswer {
  readonly jobs: readonly JobAnswer[];
  /** Empty: this is the last page. */
  readonly nextPageToken: string;
}

/** The numbers of a job that its images give together. All shares and means are of ALL its images. */
export interface NumbersAnswer {
  /** Certified or predicted images whose class is their label, so far, and those whose class is another one; null without labels. */
  readonly right: number | null;
  readonly wrong: number | null;
  /** Average certified radius, where wrong certificates count as 0; null without labels, without radii, and until all images have ended. */
  readonly acr: number | null;
  /** Mean of the certified radii, right or wrong; null without radii and until all images have ended. */
  readonly meanRadius: number | null;
  /**
   * Images that are certified at a radius, by radius, ascending; with labels only those that are right. Radii that none reaches are left out. Empty without radii, and
   * until all images have ended: those that end first are not like the others.
   */
  readonly certified: readonly { readonly radius: number; readonly images: number }[];
}

/**
 * `GET /api/v1/jobs/<id>/figures`: the numbers and figures of the images decided so far, as data (report/figures). `sequence` is that of
 * `Progress`: they are the same while it is.
 */
export interface FiguresAnswer<Figure> {
  readonly sequence: number;
  /** Null before a worker has looked at the model. */
  readonly numbers: NumbersAnswer | null;
  readonly figures: readonly Figure[];
}

/** An image that has ended, for a gallery. */
export interface ImageAnswer {
  readonly image: number;
  /** File name; null if it is not known. */
  readonly file: string | null;
  readonly label: number | null;
  readonly outcome: Outcome;
  readonly class: number | null;
  readonly correct: boolean | null;
  /** 0 without a certificate. */
  readonly radius: number;
  readonly samples: number;
  /** Why no more was drawn; of a failed image the code of its error. */
  readonly stop: string;
  /** Of a failed image: its error in a sentence. */
  readonly detail: string | null;
  /** Votes of the classes that got most, descending. */
  readonly votes: readonly { readonly class: number; readonly votes: number }[];
}

/** Orders of `GET /api/v1/jobs/<id>/images?sort=&descending=&outcome=&from=&count=`: at most 200 an answer. */
export const IMAGE_ORDERS = ['image', 'radius', 'samples'] as const;
export type ImageOrder = (typeof IMAGE_ORDERS)[number];

/** Kinds of images that can be asked for. */
export const IMAGE_KINDS = [
  'all',
  'certified-right',
  'certified-wrong',
  'certified',
  'abstained',
  'failed',
] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

export interface ImagesAnswer {
  /** Of this kind, decided so far. */
  readonly total: number;
  readonly images: readonly ImageAnswer[];
}

/** A worker as it last announced itself. */
export type WorkerAnswer = WorkerView;

/** `GET /api/v1/workers?page_size=&page_token=`: by name. */
export interface WorkersAnswer {
  readonly workers: readonly WorkerAnswer[];
  /** Empty: this is the last page. */
  readonly nextPageToken: string;
}

/** An error: a code of the catalogue, a sentence, what to do. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
  /** Why this process answers nothing about jobs now; null if that is not the reason. */
  readonly waiting: Waiting | null;
}
