import type { Job } from '../../shared/job.js';
import { imagesOf, jobDigest } from '../../shared/job.js';
import { Grid } from '../../coordinator/core/grid.js';
import type { Shard } from '../../shared/shards.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';
import { nameOf } from './simulated-jobs.js';

/**
 * The checker's own account of a ledger, kept as plainly as can be: which counts of each shard came first, how
 * many entries there were. It knows nothing of looks and decisions.
 */
export class ShadowFold {
  /** Sequence number of the last record. */
  sequence = 0;
  /** Counted entries of all records, and failed ones of those that were rejected as a whole. */
  entries = 0;
  rejected = 0;
  readonly first = new Map<string, CountedShard>();
  private readonly digest: string;
  private readonly images: ReadonlySet<number>;
  private readonly grid: ReadonlySet<string>;

  constructor(
    private readonly job: Job,
    private fingerprint: string | null,
    private readonly distrusted: ReadonlySet<string> = new Set(),
  ) {
    this.digest = jobDigest(job);
    this.images = new Set(imagesOf(job.claim));
    const ranges = new Grid(job.draw.segments).segments.flat();
    this.grid = new Set(ranges.map(({ begin, end }) => `${begin}-${end}`));
  }

  apply(record: LedgerRecord): void {
    const valid = record.counted.filter((one) => this.isOfJob(one));
    this.entries += record.counted.length;
    const ours = record.jobDigest === this.digest;
    if (ours && valid.length > 0) this.fingerprint ??= record.fingerprint;
    const admitted =
      valid.length === 0 || this.job.draw.numeric === 'any' || record.fingerprint === this.fingerprint;
    const author = record.worker ?? (record.counted.length > 0 ? '' : null);
    const isTrusted = author === null || !this.distrusted.has(author);
    if (!ours || !isTrusted || !admitted) {
      this.entries += record.failed.length;
      this.rejected += record.counted.length + record.failed.length;
      return;
    }
    this.rejected += record.counted.length - valid.length;
    for (const one of valid) if (!this.first.has(nameOf(one.shard))) this.first.set(nameOf(one.shard), one);
  }

  holds(shard: Shard): boolean {
    return this.first.has(nameOf(shard));
  }

  get samples(): number {
    return [...this.first.values()].reduce((sum, { shard }) => sum + shard.end - shard.begin, 0);
  }

  /** Counts have begun: the fingerprint of the job is settled. */
  get begun(): boolean {
    return this.fingerprint !== null;
  }

  private isOfJob({ shard, counts }: CountedShard): boolean {
    const onGrid = this.images.has(shard.image) && this.grid.has(`${shard.begin}-${shard.end}`);
    return onGrid && counts.classes.every((c) => c < this.job.draw.classes);
  }
}
