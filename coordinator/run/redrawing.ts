import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../shared/ports/clock.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import type { FailedShard, LedgerRecord } from '../../shared/wire/record.js';
import { NAMELESS, authorOf, shownName } from '../core/author.js';
import type { JobFold } from '../core/job-fold.js';
import { Redraws, type RedrawOptions, type Verdict } from '../core/redraws.js';

/** Ticks in a row for which a third worker is waited for where two disagree; then the job fails. */
const PATIENCE_TICKS = 30;

export interface RedrawingOptions extends RedrawOptions {
  readonly fold: JobFold;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  /** Id of the job, as the queue knows it. */
  readonly job: string;
  /** Returns the names of the workers that can draw for the job now. */
  readonly workers: () => readonly string[];
  /** Called with each verdict, as it is reached. */
  readonly onVerdict: (verdict: Verdict) => void;
}

/** The part of a record that a coordinator is to write because redrawing has found something. */
export type Finding = Pick<LedgerRecord, 'distrusted'> | Pick<LedgerRecord, 'failed'>;

/** Has shards drawn a second time by other workers, as `Redraws` says, and tells what came of it. */
export class Redrawing {
  private readonly redraws: Redraws;
  private readonly findings: Finding[] = [];
  private lonelyTicks = 0;

  constructor(private readonly options: RedrawingOptions) {
    this.redraws = new Redraws(options);
  }

  /** True if nothing that was chosen waits for a second worker, and nothing that was found waits to be recorded. */
  get isSettled(): boolean {
    return this.redraws.pending === 0 && this.findings.length === 0;
  }

  /** True if shards are to be drawn again and nobody is there who has not drawn them. */
  get lacksWorker(): boolean {
    return this.redraws.pending > 0 && this.lonelyTicks > 0;
  }

  /** Folds a record, and takes note of what it counted or answers. Returns what `JobFold.apply` returns. */
  apply(record: LedgerRecord, sequence: number): ReturnType<JobFold['apply']> {
    const { fold, onVerdict } = this.options;
    const effects = fold.apply(record, sequence);
    this.redraws.counted(authorOf(record) ?? NAMELESS, effects.counted);
    for (const verdict of this.redraws.answered(record)) {
      onVerdict(verdict);
      const finding = findingOf(verdict);
      if (finding !== null && !this.findings.some((one) => isDeepStrictEqual(one, finding)))
        this.findings.push(finding);
    }
    return effects;
  }

  /** Puts what is to be drawn again into the queue, and returns what is to be recorded. @param ticked true once a second */
  async issue(ticked: boolean): Promise<readonly Finding[]> {
    const { queue, job, workers, clock } = this.options;
    if (ticked) this.redraws.tick(clock.now());
    const tasks = this.redraws.next(workers(), clock.now());
    const outcomes = await Promise.all(
      tasks.map(({ name, shards, notBy }) => queue.publish({ name, job, shards, notBy, insist: true })),
    );
    this.redraws.takeBack(tasks.filter((_, at) => outcomes[at] === 'full').map(({ name }) => name));
    if (ticked) this.noticeLoneliness();
    return [...this.findings];
  }

  /** Takes note that the first of the findings is recorded. */
  recorded(): void {
    this.findings.shift();
  }

  /** Gives up where two workers disagree and there is no third one for long. */
  private noticeLoneliness(): void {
    const { disputed, pending } = this.redraws;
    const workers = new Set(this.options.workers());
    for (const worker of disputed?.workers ?? []) workers.delete(worker);
    const isLonely = pending > 0 && (disputed === null ? workers.size < 2 : workers.size === 0);
    this.lonelyTicks = isLonely ? this.lonelyTicks + 1 : 0;
    if (disputed === null || this.lonelyTicks < PATIENCE_TICKS) return;
    this.lonelyTicks = 0;
    this.findings.push(findingOf({ kind: 'unclear', ...disputed })!);
  }
}

/** Returns what is to be recorded of a verdict; null if nothing is. */
function findingOf(verdict: Verdict): Finding | null {
  switch (verdict.kind) {
    case 'equal':
      return null;
    case 'divergent':
      return { distrusted: [verdict.worker] };
    case 'unclear':
      return { failed: [differenceOf(verdict)] };
  }
}

function differenceOf({ shard, workers }: Extract<Verdict, { kind: 'unclear' }>): FailedShard {
  const { image, begin, end } = shard;
  const who = `The workers ${workers.map(shownName).join(' and ')}`;
  const detail = `${who} counted different votes for samples ${begin} to ${end - 1} of image ${image}, and no other worker could say which of them is right.`;
  return { shard, code: 'COUNTS_DIFFER', detail };
}
