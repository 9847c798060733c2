import { SmoothcertError } from '../../shared/errors.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import type { Log, LogFields } from '../../shared/telemetry/log.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { shownName } from '../core/author.js';
import type { Effects, JobFold } from '../core/job-fold.js';
import type { Verdict } from '../core/redraws.js';

const rangeOf = ({ begin, end }: Shard): string => `${begin}-${end}`;

/** Writes the log of one job for operators. Nothing that it does changes the job. */
export class JobReports {
  private lastWaiting: string | null = null;

  constructor(
    private readonly log: Log,
    private readonly job: string,
  ) {}

  preparing(): void {
    this.log('job-preparing', 'A worker is asked to look at the model.', this.fields());
  }

  /** Logs why a job waits. A reason that is given several times in a row is logged once. */
  waiting(why: string): void {
    if (why === this.lastWaiting) return;
    this.lastWaiting = why;
    this.log('job-waiting', why, this.fields());
  }

  drawing(images: number, records: number): void {
    const behind = records === 0 ? '' : `, behind the ${records} records of its ledger`;
    this.log('job-drawing', `Tasks are issued for ${images} images${behind}.`, this.fields({ images }));
  }

  /** Logs what went wrong in a record that the ledger did not hold before. */
  folded(fold: JobFold, { task }: LedgerRecord, { decided, divergent }: Effects): void {
    for (const image of decided) {
      const ending = fold.images.get(image)?.ending;
      if (ending?.outcome !== 'failed') continue;
      const { code, detail } = ending;
      this.log('image-failed', `Image ${image} has failed: ${detail}`, this.fields({ image, code }));
    }
    for (const shard of divergent) {
      const { image } = shard;
      const sentence = `Other votes than the first ones came for samples ${rangeOf(shard)} of image ${image}.`;
      this.log('counts-divergent', sentence, this.fields({ image, shard: rangeOf(shard), task }));
    }
  }

  /** Logs that a redraw has found other votes. */
  differs(verdict: Exclude<Verdict, { kind: 'equal' }>): void {
    const { image } = verdict.shard;
    const shard = rangeOf(verdict.shard);
    const samples = `samples ${shard} of image ${image}`;
    if (verdict.kind === 'unclear') {
      const sentence = `The workers ${verdict.workers.map(shownName).join(', ')} all counted different votes for ${samples}.`;
      this.log('counts-divergent', sentence, this.fields({ image, shard }));
      return;
    }
    const { worker } = verdict;
    const sentence = `Worker ${shownName(worker)} counted other votes for ${samples} than two other workers. Nothing that it drew of this job counts.`;
    this.log('worker-divergent', sentence, this.fields({ worker, image, shard }));
  }

  reissued(count: number): void {
    const sentence = 'Its tasks had vanished from the queue; what is missing was issued again.';
    this.log('tasks-reissued', sentence, this.fields({ count }));
  }

  exhausted({ name: task, shards }: Task): void {
    const [first] = shards;
    const sentence = `The task ${task} of ${shards.length} shards was handed out too often and never answered.`;
    const about = shards.length === 1 && first ? { image: first.image, shard: rangeOf(first) } : {};
    this.log('task-exhausted', sentence, this.fields({ task, ...about }));
  }

  restarted(ms: number, cause: unknown): void {
    const full = cause instanceof SmoothcertError && cause.code === 'DISK_FULL';
    const sentence = `The job is begun again in ${ms} ms.`;
    this.log(full ? 'store-full' : 'job-restarted', sentence, this.fields({ cause }));
  }

  ended({ createMs, startMs }: JobEntry, { state, endMs, error, progress }: JobEnding): void {
    const { images, samples, failed } = progress;
    const seconds = Math.max(0, Math.round((endMs - (startMs ?? createMs)) / 100) / 10);
    const some = failed === 0 ? '' : `, ${failed} of them failed`;
    const why = error === null ? '' : ` ${error.message}`;
    const sentence = `The job has ended: ${state}. ${images} images${some}, ${samples} samples, ${seconds} s.${why}`;
    const because = error === null ? {} : { code: error.code, remedy: error.remedy };
    const fields = this.fields({ state, images, samples, seconds, ...because });
    this.log(state === 'failed' ? 'job-failed' : 'job-ended', sentence, fields);
  }

  private fields(more: LogFields = {}): LogFields {
    return { job: this.job, ...more };
  }
}
