import { imageCount } from '../../shared/job-spec.js';
import type { Job } from '../../shared/job.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { JobFold, type Effects } from '../core/job-fold.js';
import { DecisionLog } from '../observe/decision-log.js';
import { decisionViewOf } from '../results/decision-view-of.js';
import { resultRowOf, type ResultRow } from '../results/result-rows.js';

/** A fold that tells what each record did, whoever applies it. */
class ReportingFold extends JobFold {
  constructor(
    job: Job,
    fingerprint: string | null,
    distrusted: ReadonlySet<string>,
    private readonly onFolded: (effects: Effects, sequence: number) => void,
  ) {
    super(job, fingerprint, distrusted);
  }

  override apply(record: LedgerRecord, sequence?: number): Effects {
    const effects = super.apply(record, sequence);
    this.onFolded(effects, this.sequence);
    return effects;
  }
}

/** A job's fold with the log of its decisions, which grows with each record that is folded. */
export class LiveJob {
  readonly fold: JobFold;
  readonly log: DecisionLog;

  /**
   * @param onFolded called after each record, with its place in the ledger and the rows of the images that it decided
   * @param distrusted as of `JobFold`
   */
  constructor(
    job: Job,
    fingerprint: string | null,
    onFolded: (live: LiveJob, sequence: number, decided: readonly ResultRow[]) => void,
    distrusted: ReadonlySet<string> = new Set(),
  ) {
    this.fold = new ReportingFold(job, fingerprint, distrusted, ({ decided }, sequence) => {
      const rows = decided.map((image) => resultRowOf(this.fold, image, null)!);
      for (const row of rows) this.log.add(sequence, decisionViewOf(row));
      this.log.sequence = sequence;
      if (this.fold.refuted !== null) this.log.clear();
      onFolded(this, sequence, rows);
    });
    this.log = new DecisionLog(this.fold.images.size);
  }

  progress(): Progress {
    const { tally, images } = this.fold;
    return {
      images: images.size,
      ...this.log.totals,
      samples: tally.samples,
      shardsCounted: tally.counted,
      shardsDuplicate: tally.duplicate,
      shardsDivergent: tally.divergent,
      shardsLate: tally.late,
      shardsRejected: tally.rejected,
      shardsFailed: tally.failed,
      micros: tally.micros,
      sequence: this.log.sequence,
    };
  }
}

/** Returns the progress of a job of which nothing is folded. */
export const noProgressOf = ({ spec: { images } }: Pick<JobEntry, 'spec'>): Progress =>
  noProgress(images ? imageCount(images) : 0);

/** Returns the progress of a job of so many images of which nothing is folded. */
export function noProgress(images: number): Progress {
  return {
    images,
    certified: 0,
    abstained: 0,
    failed: 0,
    approximate: 0,
    predicted: 0,
    samples: 0,
    micros: 0,
    sequence: 0,
    shardsCounted: 0,
    shardsDuplicate: 0,
    shardsDivergent: 0,
    shardsLate: 0,
    shardsRejected: 0,
    shardsFailed: 0,
  };
}
