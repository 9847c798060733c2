import type { Shard } from '../../shared/shards.js';
import type { Drawn } from '../../worker/draw/pool.js';
import { counted, hash, voterOf } from '../support/jobs.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import { nameOf, type SimulatedJob } from './simulated-jobs.js';

const FAILURES = [
  ['shard failed once', 1],
  ['shard failed twice', 2],
  ['shard failed for ever', Infinity],
] as const;

const liar = voterOf(12, () => 0.999);

/** The outcomes of drawing the shards of one job: the votes of its model, or a failure. */
export class Outcomes {
  /** Counts were told that differ from those in the ledger. */
  lied = false;
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly simulated: SimulatedJob,
    private readonly random: Random,
    private readonly faults: Faults,
    /** Returns true if the ledger has counts of the shard. */
    private readonly isCounted: (shard: Shard) => boolean,
  ) {}

  /** @param foreign on a device that computes other bits */
  of(shard: Shard, foreign = false): Drawn {
    const { job, voter } = this.simulated;
    if (this.fails(shard)) return { kind: 'failed', code: 'INFERENCE_FAILED', detail: 'injected' };
    const lies = foreign ? job.draw.numeric === 'same' : this.mayLie(shard);
    const { counts, micros } = counted(lies ? liar : voter, shard);
    return { kind: 'counted', counts, micros };
  }

  /** Counts that differ from those that the ledger holds already: they may be told, and must not be believed. */
  private mayLie(shard: Shard): boolean {
    if (!this.faults.isEnabled('divergent counts') || !this.isCounted(shard)) return false;
    if (!this.faults.happens('divergent counts')) return false;
    this.lied = true;
    return true;
  }

  /** Returns true if the machinery fails on this shard this time: once, twice or always, as its hash says. */
  private fails(shard: Shard): boolean {
    const attempt = (this.attempts.get(nameOf(shard)) ?? 0) + 1;
    this.attempts.set(nameOf(shard), attempt);
    const fate = hash(this.random.seed, shard.image, shard.begin) / 2 ** 32;
    let from = 0;
    for (const [fault, failures] of FAILURES) {
      const share = this.faults.isEnabled(fault) ? this.faults.rate(fault) : 0;
      if (fate >= from && fate < from + share && attempt <= failures) {
        this.faults.count(fault);
        return true;
      }
      from += share;
    }
    return false;
  }
}
