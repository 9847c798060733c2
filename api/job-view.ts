import type { Job } from '../shared/job.js';
import type { JobSpec } from '../shared/job-spec.js';
import type { FinalState, Refusal } from '../shared/ports/job-store.js';
import type { Progress } from '../shared/job-progress.js';
import type { Outlook } from '../shared/outlook.js';
import type { Waiting } from '../shared/waiting.js';

/**
 * Messages of the API, whatever carries them: what clients are told of jobs. This room has the types, api/wire their bytes, and those of stored
 * jobs. It is known to coordinator, adapters and command line; workers do not need it. It does not know how jobs are run.
 */

/** The state of a job. */
export type JobState = 'pending' | 'running' | 'cancelling' | FinalState;

/** A job as clients see it. */
export interface JobView {
  /** Empty if the request was only checked. */
  readonly id: string;
  readonly requestId: string;
  readonly spec: JobSpec;
  readonly state: JobState;
  /** Why it waits, in a sentence; null if it does not. */
  readonly waitingFor: string | null;
  /** The same with its code and what to do; null if it does not wait, or a server of version 0.1.0 gives the sentence alone. */
  readonly waiting: Waiting | null;
  /** Milliseconds since 1970. */
  readonly createMs: number;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly error: Refusal | null;
  readonly progress: Progress;
  readonly refusals: readonly Refusal[];
  readonly job: Job | null;
  readonly batchNote: string | null;
  readonly roundingNote: string | null;
  /** Null before it draws, and after its end. */
  readonly outlook: Outlook | null;
}

export type Outcome = 'certified' | 'abstained' | 'failed' | 'approximate' | 'predicted';

/** How an image ended. */
export interface DecisionView {
  readonly image: number;
  readonly outcome: Outcome;
  /** Null without a certificate or a prediction. */
  readonly class: number | null;
  /** 0 without a certificate. */
  readonly radius: number;
}

/** A message of a watch. */
export interface JobUpdate {
  readonly job: JobView;
  readonly decided: readonly DecisionView[];
  readonly sequence: number;
  readonly snapshot: boolean;
}

/** A row of the results. */
export interface CertificateRow extends DecisionView {
  readonly label: number | null;
  readonly correct: boolean | null;
  readonly samples: number;
  /** Lines of results.jsonl and results.tsv, without their ends. */
  readonly json: string;
  readonly tsv: string;
}
