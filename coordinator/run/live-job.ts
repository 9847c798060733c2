import type { Job } from '../../shared/job.js';
import type { DecisionView } from '../../api/job-view.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import type { Progress } from '../../shared/progress.js';
import { certificateOf, type Certificate } from '../results/certificates.js';
import { JobFold, type Effects } from '../core/job-fold.js';
import { DecisionLog } from '../observe/decision-log.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { countOf } from './ledger-bytes.js';

/** What a certificate says in short. */
export function decisionOf({ image, outcome, class: certified, radius }: Certificate): DecisionView {
  return { image, outcome, class: certified, radius };
}

/** Tells what each record did, whoever has it folded. */
class ToldFold extends JobFold {
  constructor(
    job: Job,
    fingerprint: string | null,
    private readonly onFolded: (effects: Effects, sequence: number) => void,
  ) {
    super(job, fingerprint);
  }

  override apply(record: LedgerRecord, sequence?: number): Effects {
    const effects = super.apply(record, sequence);
    this.onFolded(effects, this.sequence);
    return effects;
  }
}

/** A job's fold and what clients are shown of it, kept up record by record. */
export class LiveJob {
  readonly fold: JobFold;
  readonly log: DecisionLog;

  /** @param onFolded called after each record, with its place in the ledger and the certificates of the images that it decided */
  constructor(
    job: Job,
    fingerprint: string | null,
    onFolded: (live: LiveJob, sequence: number, decided: readonly Certificate[]) => void,
  ) {
    this.fold = new ToldFold(job, fingerprint, ({ decided }, sequence) => {
      const certificates = decided.map((image) => certificateOf(this.fold, image, null)!);
      for (const certificate of certificates) this.log.add(sequence, decisionOf(certificate));
      this.log.sequence = sequence;
      onFolded(this, sequence, certificates);
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
export const noProgressOf = ({ spec: { images } }: JobEntry): Progress =>
  noProgress(images ? countOf(images) : 0);

/** The same, of so many images. */
export function noProgress(images: number): Progress {
  return {
    images,
    certified: 0,
    abstained: 0,
    failed: 0,
    approximate: 0,
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
