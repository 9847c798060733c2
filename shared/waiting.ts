/** Reasons for which a job does not get on, by code. */
export const WAIT_CODES = [
  /** No worker of its device has announced itself, to look at the model. */
  'no-worker',
  /** It was prepared, and no worker of its numeric class is there. */
  'no-worker-of-class',
  /** Workers are there, and all refuse it. */
  'all-refuse',
  /** A worker looks at the model. */
  'preparing',
  /** Its ledger is read, so that its counters begin where they were. */
  'reading',
  /** A store has no room left. */
  'store-full',
  /** NATS cannot be reached. */
  'nats-away',
  /** Another coordinator holds the lease, or none does yet. */
  'standby',
  /** It met an error, and is begun again in a moment. */
  'restarting',
  /** Workers are there, and are busy with other jobs. */
  'busy',
] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

export const isWaitCode = (text: string): text is WaitCode => WAIT_CODES.some((code) => code === text);

/** The reason for which a job, or a whole server, waits. */
export interface Waiting {
  readonly code: WaitCode;
  /** One sentence. */
  readonly message: string;
  /** The remedy for its reader, a sentence; empty: nothing is to be done, it goes on by itself. */
  readonly remedy: string;
}
