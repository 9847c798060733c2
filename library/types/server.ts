import type { Certificate, Prediction } from './rows.js';
import type { Outlook } from './run.js';
import type { SubmitOptions } from './options.js';

/** The state of a job. The last four are final. */
export type JobState =
  'pending' | 'running' | 'cancelling' | 'succeeded' | 'partially-succeeded' | 'failed' | 'cancelled';

/** A job of a server. */
export interface ServerJob {
  readonly id: string;
  /** Name that its user gave it; null without one. */
  readonly name: string | null;
  readonly state: JobState;
  readonly sigma: number;
  readonly seed: string | null;
  readonly created: Date;
  readonly images: number;
  readonly decided: number;
  readonly certified: number;
  readonly abstained: number;
  readonly failed: number;
  readonly samples: number;
  /** Why it waits, in a sentence; null if it does not. */
  readonly waitingFor: string | null;
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
  readonly outlook: Outlook | null;
}

/** A connection to a server. Calls survive a server that restarts. Every call may reject with a `SmoothcertError`. */
export interface Server {
  /** Sends what the server lacks of model and data, and creates the job. It goes on without this process. */
  submit(options: SubmitOptions): Promise<ServerJob>;
  job(id: string): Promise<ServerJob>;
  /** Jobs, the newest first. */
  jobs(): AsyncIterable<ServerJob>;
  /** The job whenever it has changed, until it has ended: the last one says how. Leaving the loop leaves the job alone. */
  watch(id: string): AsyncIterable<ServerJob>;
  /** The rows of the images that are decided so far, in image order. */
  certificates(id: string): AsyncIterable<Certificate | Prediction>;
  /** Ends a job; images that are decided keep their certificates. */
  cancel(id: string): Promise<ServerJob>;
  /** Closes the connection. Jobs go on. */
  close(): void;
}
