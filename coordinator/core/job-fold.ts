import { refutesJob, type ErrorCode } from '../../shared/errors.js';
import { Allocation } from './allocation.js';
import { authorOf } from './author.js';
import { Grid, type Place } from './grid.js';
import { imagesOf, jobDigest, type Job } from '../../shared/job.js';
import type { Shard } from '../../shared/shards.js';
import type { CountedShard, FailedImage, FailedShard, LedgerRecord } from '../../shared/wire/record.js';
import type { Decision } from './decision.js';
import { ImageState } from './image-state.js';
import { compileDecision } from './look.js';
import { LostShards } from './lost-shards.js';
import { noTally, type Tally, type Wasted } from './tally.js';

/** Everything that one record changed. */
export interface Effects {
  /** Counts that are the first ones of their shards, so that they count. */
  readonly counted: readonly CountedShard[];
  /** Images that ended. */
  readonly decided: readonly number[];
  /** Images that took a look and go on. */
  readonly advanced: readonly number[];
  /** Images of which more samples may be drawn than before, of a rule that shares samples out among them. */
  readonly allotted: readonly number[];
  /** Shards that are still to be counted, although a task that held them is answered. */
  readonly open: readonly Shard[];
  /** Shards that were dropped because their image counts as decided, and that are wanted: what decided it is lost. */
  readonly insist: readonly Shard[];
  /** Shards whose counts were other ones than the first. */
  readonly divergent: readonly Shard[];
}

/**
 * State = fold(job, ledger): no clock, network or randomness. Replaying the same records gives the same state,
 * and the certificates depend on nothing but the job and the first counts of each shard.
 */
export class JobFold {
  readonly digest: string;
  readonly grid: Grid;
  readonly decision: Decision;
  readonly images: ReadonlyMap<number, ImageState>;
  readonly tally: Tally = noTally();
  /** Sequence number of the last record folded; 0 before there was one. */
  sequence = 0;
  /** The job was cancelled before it was done: images that were undecided then stay so. */
  cancelled = false;
  /**
   * The first difference that an audit has found: votes are not independent. The job then has no certificates, and nothing more
   * is counted, whatever was decided before. Null as long as no record says so.
   */
  refuted: FailedShard | null = null;
  private undecided: number;
  private readonly lost = new LostShards();
  /** Shares the samples of the job out among its images; null where each image is decided by itself. */
  private readonly allocation: Allocation | null;

  /**
   * @param fingerprint that of the job's preparation; without it the first record that counted says which it is. Only
   * children of this fingerprint draw for the job.
   * @param distrusted workers whose records do not count: all that records of this ledger name, from whose first one on `apply` throws
   */
  constructor(
    readonly job: Job,
    public fingerprint: string | null = null,
    readonly distrusted: ReadonlySet<string> = new Set(),
  ) {
    this.digest = jobDigest(job);
    this.grid = new Grid(job.draw.segments);
    this.decision = compileDecision(job.claim, job.draw.noise);
    this.images = new Map(imagesOf(job.claim).map((i) => [i, new ImageState(this.grid, this.decision)]));
    this.undecided = this.images.size;
    this.allocation = Allocation.of(job.claim, this.decision, this.grid, this.images);
    this.allot(noEffects());
  }

  /** Returns true if every image is decided, or none of those that are left is wanted. */
  isDone(): boolean {
    return this.isOver || this.undecided === 0;
  }

  /** True if nothing more is counted, although images may be undecided. */
  get isOver(): boolean {
    return this.cancelled || this.refuted !== null;
  }

  get decidedImages(): number {
    return this.images.size - this.undecided;
  }

  /**
   * Folds the next record of the ledger; it may leave out sequence numbers, where the store lost records.
   * @throws WorkersDistrusted if it names workers that this fold has believed: the ledger is to be folded anew, without them
   */
  apply(record: LedgerRecord, sequence = this.sequence + 1): Effects {
    this.sequence = sequence;
    const effects = noEffects();
    if (record.cancelled && record.jobDigest === this.digest) this.cancel();
    const ours = record.jobDigest === this.digest;
    const author = authorOf(record);
    const isTrusted = author === null || !this.distrusted.has(author);
    if (ours) this.distrustBy(record);
    if (ours && isTrusted) this.refuteBy(record);
    const counted = ours ? record.counted.map((one) => ({ one, place: this.placeOf(one) })) : [];
    const someOnGrid = counted.some(({ place }) => place !== null);
    if (!ours || !isTrusted || (someOnGrid && !this.admits(record.fingerprint))) {
      this.tally.rejected += record.failed.length;
      for (const { shard } of record.counted) {
        this.waste(shard, 'rejected');
        this.keepOpen(shard, effects);
      }
      for (const shard of isTrusted ? [] : unanswered(record)) this.keepOpen(shard, effects);
      return effects;
    }
    for (const { one, place } of counted) this.applyCounted(one, place, effects);
    for (const failed of record.failed) this.applyFailed(failed, effects);
    for (const shard of record.returned) this.keepOpen(shard, effects);
    for (const shard of record.dropped) if (this.wants(shard)) effects.insist.push(shard);
    for (const { image, code, detail } of record.failedImages)
      this.applyGivenUp(image, code, detail, effects);
    return effects;
  }

  /** Images to give up: a coordinator records it, and the fold acts on that record, so that a replay agrees. */
  get toGiveUp(): ReadonlyMap<number, FailedImage> {
    return this.lost.toGiveUp;
  }

  /** Returns the shards of one segment of an image that may be drawn and are not counted yet. */
  missing(image: number, segment: number): Shard[] {
    const state = this.images.get(image)!;
    const allowed = this.grid.segments[segment]!.slice(0, state.allowed(segment));
    return allowed
      .filter((_, index) => !state.isCounted({ segment, index }))
      .map((range) => ({ image, ...range }));
  }

  /** Returns true if the shard's counts are still wanted: its image undecided, the shard on the grid, allowed and not counted. */
  wants(shard: Shard): boolean {
    return this.wantedPlace(shard) !== null;
  }

  private wantedPlace(shard: Shard): Place | null {
    const state = this.images.get(shard.image);
    if (this.isOver || state?.ending !== null) return null;
    const place = this.grid.locate(shard);
    if (place === null || place.index >= state.allowed(place.segment)) return null;
    return state.isCounted(place) ? null : place;
  }

  /** Takes the fingerprint of the first record that counted; refuses others unless the job allows any. */
  private admits(fingerprint: string): boolean {
    this.fingerprint ??= fingerprint;
    return this.job.draw.numeric === 'any' || fingerprint === this.fingerprint;
  }

  /** Returns where the counts belong; null if the job has no such image, shard or class. */
  private placeOf({ shard, counts }: CountedShard): Place | null {
    const known = counts.classes.every((c) => c < this.job.draw.classes);
    return known && this.images.has(shard.image) ? this.grid.locate(shard) : null;
  }

  private applyCounted(one: CountedShard, place: Place | null, effects: MutableEffects): void {
    const { shard, counts, micros } = one;
    if (!place || this.isOver) {
      this.waste(shard, place ? 'late' : 'rejected');
      return;
    }
    const state = this.images.get(shard.image)!;
    const before = { look: state.look, looks: state.looks };
    const folded = state.fold(place, counts, micros);
    if (folded !== 'counted') {
      this.waste(shard, folded);
      if (folded === 'divergent') effects.divergent.push(shard);
      return;
    }
    effects.counted.push(one);
    this.tally.counted += 1;
    this.tally.samples += shard.end - shard.begin;
    this.tally.micros += micros;
    this.lost.forgive(shard);
    this.looked(shard.image, before, effects);
    this.allot(effects);
  }

  private applyFailed(failed: FailedShard, effects: MutableEffects): void {
    this.tally.failed += 1;
    const { shard } = failed;
    const place = this.wantedPlace(shard);
    if (place === null) return;
    const { due } = this.images.get(shard.image)!;
    if (this.lost.failed(failed, place.segment, due)) effects.open.push(shard);
  }

  /** Takes note of the looks that an image took. @param before what it had taken */
  private looked(image: number, before: Pick<ImageState, 'look' | 'looks'>, effects: MutableEffects): void {
    const state = this.images.get(image)!;
    this.tally.looks += state.looks - before.looks;
    if (state.ending) this.ended(image, effects);
    else if (state.look > before.look) {
      effects.advanced.push(image);
      this.lost.reached(image, state.due);
      this.allocation?.settled(image);
    }
  }

  /** Lets further samples be drawn once all that were allotted are there, and ends all images when no more can be allotted. */
  private allot(effects: MutableEffects): void {
    const { allocation, images } = this;
    while (allocation !== null && !this.isDone() && allocation.isSettled) {
      const round = allocation.nextRound();
      for (const { image, allotment } of round) {
        const state = images.get(image)!;
        const { look, looks } = state;
        effects.allotted.push(image);
        state.allot(allotment);
        this.looked(image, { look, looks }, effects);
      }
      if (round.length > 0) continue;
      for (const [image, state] of images) {
        if (state.ending) continue;
        state.finish('budget');
        this.ended(image, effects);
      }
    }
  }

  private applyGivenUp(image: number, code: ErrorCode, detail: string, effects: MutableEffects): void {
    const state = this.images.get(image);
    if (state?.ending !== null || this.isOver) return;
    state.fail(code, detail);
    this.ended(image, effects);
    this.allot(effects);
  }

  private distrustBy({ distrusted = [] }: LedgerRecord): void {
    const news = distrusted.filter((worker) => !this.distrusted.has(worker));
    if (news.length > 0) throw new WorkersDistrusted(news);
  }

  /** A difference between two runs of one sample holds whoever found it, and whenever: also behind the last decision. */
  private refuteBy(record: LedgerRecord): void {
    this.refuted ??= differenceIn(record);
    if (this.refuted !== null) this.lost.clear();
  }

  /** Ends the job for the images that are undecided. After the last decision it changes nothing: the job was done. */
  private cancel(): void {
    if (this.isDone()) return;
    this.cancelled = true;
    this.lost.clear();
  }

  private ended(image: number, effects: MutableEffects): void {
    this.undecided -= 1;
    this.lost.ended(image);
    this.allocation?.settled(image);
    effects.decided.push(image);
  }

  private waste({ begin, end }: Shard, fate: Wasted): void {
    this.tally[fate] += 1;
    this.tally.wasted[fate] += end - begin;
  }

  private keepOpen(shard: Shard, effects: MutableEffects): void {
    if (this.wants(shard)) effects.open.push(shard);
  }
}

/** Thrown by a fold that has believed workers whose counts do not count. */
export class WorkersDistrusted extends Error {
  override readonly name = 'WorkersDistrusted';
  constructor(readonly workers: readonly string[]) {
    super(`Counts of ${workers.join(', ')} do not count.`);
  }
}

/** Returns the shards that a record names and does not count. */
const unanswered = ({ failed, returned, dropped }: LedgerRecord): Shard[] => [
  ...failed.map(({ shard }) => shard),
  ...returned,
  ...dropped,
];

type MutableEffects = {
  -readonly [Key in keyof Effects]: Effects[Key] extends readonly (infer One)[] ? One[] : never;
};

const noEffects = (): MutableEffects => ({
  counted: [],
  decided: [],
  advanced: [],
  allotted: [],
  open: [],
  insist: [],
  divergent: [],
});

/** Returns the first difference that a record says an audit, or redrawing, has found; null if it says of none. */
export function differenceIn({ failed }: Pick<LedgerRecord, 'failed'>): FailedShard | null {
  return failed.find(({ code }) => refutesJob(code)) ?? null;
}
