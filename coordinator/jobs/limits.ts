import type { RunLimits } from '../run/run-ports.js';

/** The limits of a service, and its times in milliseconds. */
export interface ServiceLimits extends RunLimits {
  /** Jobs that have not ended. */
  readonly activeJobs: number;
  /** Of these, jobs that wait for a device that no worker has. The others of `activeJobs` stay free for jobs that can be drawn. */
  readonly unattendedJobs: number;
  /** Images of one job: the coordinator keeps some hundred bytes of each. */
  readonly images: number;
  /** Watches that are open at one time. */
  readonly watchers: number;
  /** How long the ledger of a job that has ended is kept. */
  readonly retainMs: number;
  /** How many jobs that have ended keep their ledger. */
  readonly retainLedgers: number;
  /** How many jobs that have ended are kept, with their results; if it is less than `retainLedgers`, that many. */
  readonly retainJobs: number;
  /** Time between two sweeps: each reads the job store, takes over what others left there, and removes what is too old. */
  readonly sweepMs: number;
  /** How long a coordinator that takes over reads ledgers at most before it answers calls. */
  readonly settleMs: number;
  /** How long a coordinator that loses the lease or ends waits at most for its jobs to stop. */
  readonly closeMs: number;
  /** Least time between two messages of a watch, and most time until it looks for changes that no event announces. */
  readonly watchMs: { readonly least: number; readonly most: number };
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
  redrawShare: 0,
};

/** Largest page of a list, and its size where none is asked for. */
export const PAGE = { most: 1_000, usual: 100 } as const;
/** Most decisions in a message of a watch. */
export const MOST_DECISIONS = 1_000;
/** Bytes of a spec as a message: with it a job's entry, its work order and the question to a worker stay below what NATS takes. */
export const LARGEST_SPEC = 192 * 1024;
/** Bytes on the disk of the store that a job must find free for each of its images: rows, and records where the ledger lies there, too. */
export const ROOM_OF_AN_IMAGE = 4 * 1024;
