import { SmoothcertError } from '../../shared/errors.js';
import type { Random } from './random.js';

/** Faults of processes, messages and stores that every run may meet, and how likely each is at each opportunity. */
const SHARED_RATES = {
  // A process killed at one of its await points, before or after what it asked for took effect.
  'killed before append': 0.02,
  'killed after append': 0.02,
  'killed before acknowledge': 0.02,
  'killed after acknowledge': 0.02,
  'killed before publish': 0.02,
  'killed after publish': 0.02,
  'killed at depth': 0.01,
  'killed at next': 0.02,
  'killed at read': 0.01,
  'killed at sleep': 0.05,
  'killed at draw': 0.01,
  'killed at open': 0.01,
  'killed at start': 0.02,
  // Messages and stores.
  'message late': 0.05,
  'append refused': 0.02,
  'append refused for good': 0.01,
  'append repeated': 0.1,
  'publish refused': 0.02,
  'queue full': 0.1,
  'depth refused': 0.01,
  'acknowledgement lost': 0.1,
  'task lost': 0.1,
  'task duplicated': 0.1,
  'task out of order': 0.3,
  'task delivered while held': 0.1,
  'task exhausted': 0.15,
  'stop lost': 0.3,
  'clock jump': 0.3,
  'exchange away': 0.2,
  'artifact missing': 0.3,
  'images missing': 0.02,
  // Drawing.
  straggler: 0.05,
  'process hangs': 0.02,
  'shard returned': 0.05,
  'divergent counts': 0.5,
  'shard failed once': 0.1,
  'shard failed twice': 0.1,
  'shard failed for ever': 0.03,
  // What the nemesis does now and then, by weight.
  'coordinator killed': 1,
  'coordinator paused': 1,
  'coordinator interrupted': 1,
  'second coordinator': 2,
  'worker killed': 1,
  'worker paused': 1,
  'worker interrupted': 1,
  'pool broken': 1,
  'queue emptied': 1,
  'job cancelled': 0.5,
} as const;

/** Those of runs in which coordinators of one job share its ledger. */
const ONE_JOB_RATES = {
  'foreign worker': 1,
  'strange record': 2,
  'duplicate record': 2,
  'power failure': 0.5,
  'record removed': 1,
  'record lost': 2,
} as const;

/** Those of runs of a whole service: job store, lease, artifacts, preparations. */
const SERVICE_RATES = {
  'killed before store': 0.005,
  'killed after store': 0.005,
  'killed before exchange': 0.01,
  'killed after exchange': 0.01,
  'killed at lease': 0.002,
  'store refused': 0.02,
  'store answer lost': 0.02,
  'artifacts refused': 0.05,
  'labels unreadable': 0.05,
  'labels changed': 0.05,
  'exchange refused': 0.05,
  'exchange answer lost': 0.05,
  'ledger damaged': 0.02,
  'lease renewal lost': 0.1,
  'lease given twice': 0.3,
  'preparation slow': 0.5,
  'preparation lost': 0.2,
  'preparation refused': 0.2,
  'preparation refused for good': 0.03,
  'preparation answered twice': 0.3,
  'request repeated': 0.3,
  // What the nemesis does.
  'all coordinators killed': 1,
  'lease lost': 1,
} as const;

const RATES = { ...SHARED_RATES, ...ONE_JOB_RATES, ...SERVICE_RATES };

export type Fault = keyof typeof RATES;
/** Faults of the runs of one job. */
export const ONE_JOB_FAULTS = Object.keys({ ...SHARED_RATES, ...ONE_JOB_RATES }) as Fault[];
/** Faults of the runs of a service. */
export const SERVICE_FAULTS = Object.keys({ ...SHARED_RATES, ...SERVICE_RATES }) as Fault[];

export type Counts = Record<Fault, number>;

/** A quarter of the runs is quiet: nothing goes wrong, only the order of messages is random. */
const QUIET_SHARE = 0.25;
const ENABLED_SHARE = 0.4;

/** An error of a port that the simulation injected; any other that ends a process is a finding. */
export class InjectedError extends Error {}

/** The same, as one that the code under test knows by its code. */
export class InjectedFault extends SmoothcertError {}

export const isInjected = (error: unknown): boolean =>
  error instanceof InjectedError || error instanceof InjectedFault;

/** The faults of one run: a random mix, so that over many runs each meets the others and none hides another. */
export class Faults {
  readonly counts = Object.fromEntries(Object.keys(RATES).map((fault) => [fault, 0])) as Counts;
  private readonly enabled: ReadonlySet<Fault>;
  private over = false;

  constructor(
    private readonly random: Random,
    mixed: boolean,
    possible: readonly Fault[] = ONE_JOB_FAULTS,
  ) {
    const quiet = !mixed || random.chance(QUIET_SHARE);
    this.enabled = new Set(quiet ? [] : possible.filter(() => random.chance(ENABLED_SHARE)));
  }

  /** Returns true if this fault happens now, and counts it then. */
  happens(fault: Fault): boolean {
    if (this.over || !this.enabled.has(fault) || !this.random.chance(RATES[fault])) return false;
    this.counts[fault] += 1;
    return true;
  }

  /** For faults that are a property of the run, not of a moment. */
  isEnabled(fault: Fault): boolean {
    return this.enabled.has(fault);
  }

  rate(fault: Fault): number {
    return RATES[fault];
  }

  /** One of these, by weight, among those of this run; null if there is none or all is over. */
  choose<F extends Fault>(among: readonly F[]): F | null {
    const chosen = among.filter((fault) => this.enabled.has(fault));
    if (this.over || chosen.length === 0) return null;
    let at = this.random.between(
      0,
      chosen.reduce((sum, fault) => sum + RATES[fault], 0),
    );
    return chosen.find((fault) => (at -= RATES[fault]) <= 0) ?? null;
  }

  count(fault: Fault): void {
    this.counts[fault] += 1;
  }

  /** From now on nothing goes wrong any more. */
  end(): void {
    this.over = true;
  }
}
