import type { Counts } from '../../shared/counts.js';
import type { Job } from '../../shared/job.js';

/** Results of jobs as they are shown, wherever they come from: a folder, a server, a drawing that goes on. This room knows their figures; not files, and not pictures. */

/** The result of one image that has ended. */
export interface ImageResult {
  readonly image: number;
  readonly label: number | null;
  readonly outcome: 'certified' | 'approximate' | 'abstained' | 'failed' | 'predicted';
  /** Null without a certificate or a prediction. */
  readonly class: number | null;
  readonly correct: boolean | null;
  /** Certified radius, rounded down; 0 without a certificate. */
  readonly radius: number;
  readonly samples: number;
  /** The reason why no more was drawn; of a failed image the code of its error. */
  readonly stop: string;
  /** Of a failed image: its error in a sentence. */
  readonly detail: string | null;
  /** Lower bound on the class's probability; null without a certificate. */
  readonly pLower: number | null;
  /** Those that prove the certificate; without one, those of all samples. */
  readonly counts: Counts;
}

/** The results of one job. */
export interface ResultSet {
  /** Its name in a key: what sets it apart from the others that it is shown with. */
  readonly label: string;
  readonly job: Job;
  /** Images of the job, decided or not. */
  readonly images: number;
  /** Samples drawn, work ahead of decisions included; null: not known. */
  readonly drawn: number | null;
  /** Of the images that have ended, in image order. */
  readonly results: readonly ImageResult[];
}
