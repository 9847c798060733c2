import type { Shard } from '../../shared/shards.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { allShards } from '../support/jobs.js';
import { ShadowFold } from './shadow-fold.js';
import { faultsOfTotal, isShared, seenAt } from './shared-total.js';
import { nameOf, rowOf, type SimulatedJob } from './simulated-jobs.js';
import type { LedgerStore } from './simulated-ledger.js';
import type { QueueWatcher } from './simulated-queue.js';

const MOST_SHARDS_IN_TASK = 64;
const LARGEST_RECORD = 64 << 10;
const FAILURES_BEFORE_GIVING_UP = 3;
const FAILED = /"stop":"(INFERENCE_FAILED|CHILD_DIED)"/;
const MOST_COORDINATORS = 2;

interface Watched {
  readonly shadow: ShadowFold;
  /** Looks whose counts have been checked, by image. */
  readonly prefixes: Map<number, number>;
  /** Images whose rows have been checked. */
  readonly ended: Set<number>;
  samples: number;
  decided: number;
}

/** The state of a coordinator, as far as anybody can see it. */
export const stateOf = (fold: JobFold): string =>
  JSON.stringify([
    fold.sequence,
    fold.cancelled,
    fold.fingerprint,
    fold.tally,
    fold.decidedImages,
    [...fold.images.keys()].map((image) => rowOf(fold, image)),
    [...fold.images.values()].map(({ prefixes, micros }) => [prefixes, micros]),
    [...fold.toGiveUp.values()],
  ]);

/**
 * Watches a run from outside, with an account of its own: the sets of Jepsen's queue checker (issued, attempted,
 * acknowledged, ledgered, folded) and the invariants I1 to I8. A run stops at the first finding.
 */
export class Checker implements QueueWatcher {
  readonly findings: string[] = [];
  readonly sets = { issued: new Set<string>(), attempted: new Set<string>(), acked: new Set<string>() };
  /** Names of records that no worker wrote: the nemesis's, and those of images given up. */
  readonly others = new Set<string>();
  /** Names of records that were in the ledger and that the nemesis took. */
  private readonly failures = new Map<string, number>();
  private readonly taken = new Set<string>();
  private readonly watched = new WeakMap<JobFold, Watched>();
  private readonly finalRows = new Map<number, string>();
  readonly shards: readonly Shard[];
  /** Tasks that held shards of a look beyond the next one. */
  workedAhead = 0;
  /** Tasks that are to be drawn although workers believe an image to be decided. */
  insisted = 0;
  /** Records were removed or written by the nemesis: shards far ahead may be handed back, and are issued again. */
  disturbed = false;
  /** Shards counted first by a copy while an earlier task that holds them was in somebody's hands. */
  overtaken = 0;
  private readonly holders = new Map<string, string[]>();
  private readonly ends: ReadonlyMap<string, number>;
  private shadow: ShadowFold;

  constructor(
    private readonly simulated: SimulatedJob,
    private readonly ledger: LedgerStore,
    private readonly fingerprint: string | null,
    private readonly window: number,
    readonly exhausted: (task: Task) => void,
  ) {
    this.shards = allShards(new JobFold(simulated.job));
    this.ends = new Map(this.shards.map((shard) => [nameOf(shard), shard.end]));
    this.shadow = new ShadowFold(simulated.job, fingerprint);
  }

  require(invariant: string, holds: boolean, message: string | (() => string)): void {
    if (!holds) this.findings.push(`${invariant}: ${typeof message === 'string' ? message : message()}`);
  }

  issued({ name, shards, insist }: Task): void {
    this.require('I6', !this.sets.issued.has(name), `two tasks are called ${name}`);
    this.require('I7', shards.length <= MOST_SHARDS_IN_TASK, `task ${name} has ${shards.length} shards`);
    const fits = shards.length > 0 && shards.every((s) => this.ends.get(nameOf(s)) === s.end);
    this.require('I4', fits, `task ${name} is empty or off the grid`);
    const ahead = Math.max(...shards.map((shard) => this.looksAhead(shard)));
    const mayBeFar = this.simulated.job.claim.stop.kind !== 'gain' || this.disturbed;
    this.require('I7', ahead <= 1 || mayBeFar, `task ${name} is ${ahead} looks ahead`);
    if (ahead > 0) this.workedAhead += 1;
    if (insist) this.insisted += 1;
    this.require('I4', !insist || this.disturbed, `task ${name} insists, and no record was lost`);
    this.sets.issued.add(name);
    for (const shard of shards)
      this.holders.set(nameOf(shard), [...(this.holders.get(nameOf(shard)) ?? []), name]);
  }

  attempted({ name }: Task): void {
    this.sets.attempted.add(name);
  }

  acknowledged({ name }: Task): void {
    this.sets.acked.add(name);
    const kept = this.ledger.holds(name) || this.taken.has(name);
    this.require('lost', kept, `task ${name} is acknowledged and not recorded`);
  }

  waits(waiting: number, extra: number): void {
    const bound = MOST_COORDINATORS * this.window + extra;
    this.require('I7', waiting <= bound, `${waiting} tasks wait, and there may be ${bound}`);
  }

  appended(record: LedgerRecord): void {
    const { length } = encodeRecord(record);
    this.require('I7', length <= LARGEST_RECORD, `the record of ${record.task} has ${length} bytes`);
    const own = record.failedImages.length > 0 || record.cancelled || record.task.endsWith('.exhausted');
    if (own) this.others.add(record.task);
    const known = this.sets.attempted.has(record.task) || this.others.has(record.task);
    this.require('phantom', known, `nobody was handed task ${record.task}, and it is recorded`);
    for (const { shard } of record.counted) if (this.overtakes(record.task, shard)) this.overtaken += 1;
    this.shadow.apply(record);
    for (const { shard } of record.failed) {
      this.failures.set(nameOf(shard), (this.failures.get(nameOf(shard)) ?? 0) + 1);
    }
  }

  /** These records are gone from the ledger by the nemesis's doing: what rested on them need not hold any more. */
  excuse(records: readonly LedgerRecord[]): void {
    this.disturbed = true;
    this.shadow = new ShadowFold(this.simulated.job, this.fingerprint);
    for (const record of this.ledger.records) this.shadow.apply(record);
    for (const { task } of records) this.taken.add(task);
    this.finalRows.clear();
  }

  /** Checks a coordinator's state against the ledger that it has folded so far. */
  folded(fold: JobFold): void {
    const watched = this.watchedOf(fold);
    const { shadow } = watched;
    const entries = this.ledger.entries(shadow.sequence, fold.sequence);
    for (const { record } of entries) shadow.apply(record);
    shadow.sequence = fold.sequence;
    this.checkTally(fold, shadow);
    this.checkImages(fold, watched);
    const { samples } = fold.tally;
    const grows = samples >= watched.samples && fold.decidedImages >= watched.decided;
    this.require('I5', grows, 'samples or decided images became fewer');
    Object.assign(watched, { samples, decided: fold.decidedImages });
  }

  /** Every decided image has the row that it had when it was decided. */
  rows(fold: JobFold): void {
    for (const [image, { ending }] of fold.images) if (ending) this.checkRow(fold, image);
  }

  /** Folding the same records from zero gives the same state, byte for byte. */
  replayed(fold: JobFold): void {
    const again = new JobFold(fold.job, this.fingerprint);
    for (const { record, sequence } of this.ledger.entries(0, fold.sequence)) again.apply(record, sequence);
    const same = stateOf(again) === stateOf(fold);
    this.require(
      'I6',
      same,
      () => `replay gives ${stateOf(again)}, and the coordinator had ${stateOf(fold)}`,
    );
  }

  /** Nothing acknowledged is lost at the end, and every image is accounted for. */
  finished(fold: JobFold): void {
    this.folded(fold);
    this.replayed(fold);
    this.rows(fold);
    const open = [...fold.images.values()].filter(({ ending }) => ending === null).length;
    const done = fold.isDone() && (open === 0 || fold.cancelled);
    this.require('I3', done, `the job is done, and ${open} images are open`);
    this.cancelledRows(fold);
    const lost = [...this.sets.acked].filter((task) => !this.ledger.holds(task) && !this.taken.has(task));
    this.require('lost', lost.length === 0, `acknowledged and gone: ${lost.join(' ')}`);
    const unknown = this.ledger.records.filter(
      ({ task }) => !this.sets.issued.has(task) && !this.others.has(task),
    );
    this.require('phantom', unknown.length === 0, () => unknown.map(({ task }) => task).join(' '));
  }

  /** A cancelled job has the rows that were decided before the cancellation in ledger order, and no others. */
  private cancelledRows(fold: JobFold): void {
    const before = new JobFold(fold.job, this.fingerprint);
    for (const { record, sequence } of this.ledger.entries(0)) {
      if (record.cancelled || before.isDone()) break;
      before.apply(record, sequence);
    }
    this.require('I3', fold.cancelled !== before.isDone(), `cancelled: ${fold.cancelled}, which is not so`);
    for (const image of fold.images.keys()) {
      const [row, expected] = [rowOf(fold, image), rowOf(before, image)];
      this.require(
        'I5',
        row === expected,
        () => `image ${image} was ${expected} at the cancellation and is ${row}`,
      );
    }
  }

  /** Returns true if the task counts this shard first, and an earlier one that holds it is taken and not recorded. */
  private overtakes(task: string, shard: Shard): boolean {
    const holders = this.holders.get(nameOf(shard)) ?? [];
    const earlier = holders.slice(0, Math.max(0, holders.indexOf(task)));
    const inUse = (name: string) => this.sets.attempted.has(name) && !this.ledger.holds(name);
    return !this.shadow.holds(shard) && earlier.some(inUse);
  }

  /** The ledger as it stands, by the checker's own account. */
  get account(): ShadowFold {
    return this.shadow;
  }

  /** How many looks lie between a shard and the first look that misses samples in the ledger. */
  private looksAhead({ image, begin }: Shard): number {
    const { looks } = this.simulated.job.claim;
    const missing = this.shards.filter((shard) => shard.image === image && !this.shadow.holds(shard));
    const from = missing[0]?.begin ?? begin;
    return looks.filter((n) => n > from && n <= begin).length;
  }

  private watchedOf(fold: JobFold): Watched {
    const known = this.watched.get(fold) ?? {
      shadow: new ShadowFold(this.simulated.job, this.fingerprint),
      prefixes: new Map<number, number>(),
      ended: new Set<number>(),
      samples: 0,
      decided: 0,
    };
    this.watched.set(fold, known);
    return known;
  }

  /** Every counted entry of the ledger met one fate, and the first counts of a shard were folded once. */
  private checkTally({ tally }: JobFold, shadow: ShadowFold): void {
    const { counted, duplicate, divergent, late, rejected, samples } = tally;
    const entries = counted + duplicate + divergent + late + rejected;
    this.require('I1', entries === shadow.entries, `${entries} fates of ${shadow.entries} entries`);
    this.require('I4', rejected === shadow.rejected, `${rejected} rejected, not ${shadow.rejected}`);
    const missed = shadow.first.size - counted;
    this.require('I1', missed >= 0 && missed <= late, `${counted} of ${shadow.first.size} shards folded`);
    const whole = samples === shadow.samples || (missed > 0 && samples < shadow.samples);
    this.require('I1', whole, `${samples} samples folded of ${shadow.samples}`);
  }

  private checkImages(fold: JobFold, { shadow, prefixes, ended }: Watched): void {
    const { looks } = fold.job.claim;
    const shared = isShared(fold);
    for (const fault of faultsOfTotal(fold, this.shards)) this.require('I8', false, fault);
    const shards = fold.grid.segments.flat();
    for (const [image, state] of fold.images) {
      for (let look = prefixes.get(image) ?? 0; look < state.prefixes.length; look++) {
        const n = seenAt(fold, image, look);
        const before = shards.filter(({ end }) => end <= n);
        const complete = before.every((range) => shadow.holds({ image, ...range }));
        this.require('I2', complete, `image ${image} took look ${look} with samples missing`);
        const exact = JSON.stringify(state.prefixes[look]) === this.simulated.truth(image, n);
        this.require('I2', exact, `image ${image} took look ${look} with other counts than [0, ${n})`);
      }
      prefixes.set(image, state.prefixes.length);
      if (state.ending) {
        if (!ended.has(image)) this.checkRow(fold, image);
        ended.add(image);
        continue;
      }
      if (fold.cancelled) continue;
      for (const range of shards) {
        const held = shadow.holds({ image, ...range });
        const what = held ? 'ledgered and not folded' : 'folded and not ledgered';
        // Of a shared total only what is allotted is wanted.
        const wanted = fold.wants({ image, ...range }) || (shared && !held);
        this.require('I4', wanted !== held, `${image}:${range.begin} is ${what}`);
      }
      if (shared) continue;
      const next = shards.filter(({ end }) => end <= looks[state.look]!);
      const waits = next.some((range) => !shadow.holds({ image, ...range }));
      this.require('I2', waits, `image ${image} has all of look ${state.look} and did not take it`);
    }
  }

  /** The row of a decided image is that of the run without faults, or of an image whose failure was injected. */
  private checkRow(fold: JobFold, image: number): void {
    const row = rowOf(fold, image);
    const before = this.finalRows.get(image) ?? row;
    this.require('I5', row === before, () => `image ${image} was ${before} and is ${row}`);
    this.finalRows.set(image, row);
    const expected = this.simulated.rows.get(image);
    if (row === expected) return;
    const worst = [...this.failures].some(
      ([name, failures]) => name.startsWith(`${image}:`) && failures >= FAILURES_BEFORE_GIVING_UP,
    );
    const failed = FAILED.test(row) ? worst : this.mayShareWithFailed(fold);
    this.require('I2', failed, () => `image ${image} is ${row}, not ${String(expected)}`);
  }

  /** An image that failed keeps its part of a shared total: other images then get other parts. */
  private mayShareWithFailed(fold: JobFold): boolean {
    const most = Math.max(0, ...this.failures.values());
    return isShared(fold) && most >= FAILURES_BEFORE_GIVING_UP;
  }
}
