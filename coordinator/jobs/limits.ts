/** What bounds a service, and its times in milliseconds. Everything has a bound. */
export interface ServiceLimits {
  /** Jobs that have not ended. */
  readonly activeJobs: number;
  /** Of these, jobs that wait for a device which no worker has: however many there are, others find a place. */
  readonly unattendedJobs: number;
  /** Images of one job: the coordinator keeps some hundred bytes of each. */
  readonly images: number;
  /** Watches at one time. */
  readonly watchers: number;
  /** How long the ledger of a job that has ended is kept. */
  readonly retainMs: number;
  /** Of how many jobs that have ended the ledger is kept. */
  readonly retainLedgers: number;
  /** How many jobs that have ended are kept at all, with their results; never fewer than `retainLedgers`. */
  readonly retainJobs: number;
  /** Between two looks into the job store for what another coordinator left there. */
  readonly sweepMs: number;
  /** Before a job is begun again after a port failed: the first time, and at most. */
  readonly backoffMs: { readonly least: number; readonly most: number };
  /** How long a coordinator that takes over reads ledgers before it answers all the same. */
  readonly settleMs: number;
  /** How long the end of a term waits for its jobs to let go. */
  readonly closeMs: number;
  /** Least time between two messages of a watch, and most time without a look at what has no event. */
  readonly watchMs: { readonly least: number; readonly most: number };
  /** How much work a task should hold, in microseconds of noise and inference. */
  readonly taskMicros: number;
}

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

export const DEFAULT_LIMITS: ServiceLimits = {
  activeJobs: 64,
  unattendedJobs: 32,
  images: 250_000,
  watchers: 256,
  retainMs: 7 * DAY,
  retainLedgers: 200,
  retainJobs: 1_000,
  sweepMs: 10 * SECOND,
  backoffMs: { least: SECOND, most: 30 * SECOND },
  settleMs: 5 * SECOND,
  closeMs: 5 * SECOND,
  watchMs: { least: 100, most: 5 * SECOND },
  taskMicros: 1e6,
};

/** Largest page of a list, and its size where none is asked for. */
export const PAGE = { most: 1_000, usual: 100 } as const;
/** Most decisions in a message of a watch. */
export const MOST_DECISIONS = 1_000;
/** Refusals of workers that clients are shown of one job: with texts as long as they may be they fit into a message. */
export const MOST_REFUSALS_SHOWN = 100;
/** Bytes of a spec as a message: with it a job's entry, its work order and the question to a worker stay below what NATS takes. */
export const LARGEST_SPEC = 192 * 1024;
/** Bytes on the disk of the store that a job must find free for each of its images: rows, and records where the ledger lies there, too. */
export const ROOM_OF_AN_IMAGE = 4 * 1024;
