import type { ErrorCode } from '../../shared/errors.js';
import { Grid, type Place } from './grid.js';
import { imagesOf, jobDigest, type Job } from '../../shared/job.js';
import { shardKey, type Shard } from '../../shared/shards.js';
import type { CountedShard, FailedImage, FailedShard, LedgerRecord } from '../../shared/wire/record.js';
import type { Decision } from './decision.js';
import { ImageState } from './image-state.js';
import { compileDecision } from './look.js';

/** Failures of the machinery on one shard, before any counts of it, after which its image is given up. */
const TRIES = 3;

/** Numbers of shards by what became of them. They are shown to people; no certificate depends on them. */
export interface Tally {
  counted: number;
  duplicate: number;
  divergent: number;
  late: number;
  /** Off the grid, of another job, class or fingerprint: never folded. */
  rejected: number;
  failed: number;
  /** Samples in counted shards, work ahead included, late ones not. */
  samples: number;
  /** Microseconds of noise and inference in them. */
  micros: number;
  /** Samples in shards that were not counted. */
  readonly wasted: Record<Wasted, number>;
  /** Looks at which images could have been decided. */
  looks: number;
}

type Wasted = 'duplicate' | 'divergent' | 'late' | 'rejected';

/** Everything that one record changed. */
export interface Effects {
  /** Images that ended. */
  readonly decided: readonly number[];
  /** Images that took a look and go on. */
  readonly advanced: readonly number[];
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
  readonly tally: Tally = {
    counted: 0,
    duplicate: 0,
    divergent: 0,
    late: 0,
    rejected: 0,
    failed: 0,
    samples: 0,
    micros: 0,
    looks: 0,
    wasted: { duplicate: 0, divergent: 0, late: 0, rejected: 0 },
  };
  /** Images to give up: a coordinator records it, and the fold acts on that record, so that a replay agrees. */
  readonly toGiveUp = new Map<number, FailedImage>();
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
  private readonly failures = new Map<string, number>();
  /** The shards that images are to be given up for. */
  private readonly blamed = new Map<number, string>();
  private readonly lostAhead = new Map<number, LostShard>();

  /**
   * @param fingerprint that of the job's preparation; without it the first record that counted says which it is. Only
   * children of this fingerprint draw for the job.
   */
  constructor(
    readonly job: Job,
    public fingerprint: string | null = null,
  ) {
    this.digest = jobDigest(job);
    this.grid = new Grid(job.draw.segments);
    this.decision = compileDecision(job.claim, job.draw.noise);
    this.images = new Map(imagesOf(job.claim).map((i) => [i, new ImageState(this.grid, this.decision)]));
    this.undecided = this.images.size;
  }

  /** Returns true if every image is decided, or none of those that are left is wanted. */
  isDone(): boolean {
    return this.isOver || this.undecided === 0;
  }

  /** True if nothing more is counted, although images may be undecided. */
  private get isOver(): boolean {
    return this.cancelled || this.refuted !== null;
  }

  get decidedImages(): number {
    return this.images.size - this.undecided;
  }

  /** Folds the next record of the ledger; it may leave out sequence numbers, where the store lost records. */
  apply(record: LedgerRecord, sequence = this.sequence + 1): Effects {
    this.sequence = sequence;
    const effects: MutableEffects = { decided: [], advanced: [], open: [], insist: [], divergent: [] };
    if (record.cancelled && record.jobDigest === this.digest) this.cancel();
    const ours = record.jobDigest === this.digest;
    if (ours) this.refuteBy(record);
    const counted = ours ? record.counted.map((one) => ({ one, place: this.placeOf(one) })) : [];
    const someOnGrid = counted.some(({ place }) => place !== null);
    if (!ours || (someOnGrid && !this.admits(record.fingerprint))) {
      this.tally.rejected += record.failed.length;
      for (const { shard } of record.counted) {
        this.waste(shard, 'rejected');
        this.keepOpen(shard, effects);
      }
      return effects;
    }
    for (const { one, place } of counted) this.applyCounted(one, place, effects);
    for (const { shard, code, detail } of record.failed) this.applyFailed(shard, code, detail, effects);
    for (const shard of record.returned) this.keepOpen(shard, effects);
    for (const shard of record.dropped) if (this.wants(shard)) effects.insist.push(shard);
    for (const { image, code, detail } of record.failedImages)
      this.applyGivenUp(image, code, detail, effects);
    return effects;
  }

  /** Returns the shards of one segment of an image that are not counted yet. */
  missing(image: number, segment: number): Shard[] {
    const state = this.images.get(image)!;
    return this.grid.segments[segment]!.filter((_, index) => !state.isCounted({ segment, index })).map(
      (range) => ({
        image,
        ...range,
      }),
    );
  }

  /** Returns true if the shard's counts are still wanted: its image undecided, the shard on the grid and not counted. */
  wants(shard: Shard): boolean {
    return this.wantedPlace(shard) !== null;
  }

  private wantedPlace(shard: Shard): Place | null {
    const state = this.images.get(shard.image);
    if (this.isOver || state?.ending !== null) return null;
    const place = this.grid.locate(shard);
    return place === null || state.isCounted(place) ? null : place;
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

  private applyCounted(
    { shard, counts, micros }: CountedShard,
    place: Place | null,
    effects: MutableEffects,
  ): void {
    if (!place || this.isOver) {
      this.waste(shard, place ? 'late' : 'rejected');
      return;
    }
    const state = this.images.get(shard.image)!;
    const { look, looks } = state;
    const folded = state.fold(place, counts, micros);
    if (folded !== 'counted') {
      this.waste(shard, folded);
      if (folded === 'divergent') effects.divergent.push(shard);
      return;
    }
    this.tally.counted += 1;
    this.tally.looks += state.looks - looks;
    this.tally.samples += shard.end - shard.begin;
    this.tally.micros += micros;
    this.forgive(shard);
    if (state.ending) this.ended(shard.image, effects);
    else if (state.look > look) this.advanced(shard.image, state, effects);
  }

  private applyFailed(shard: Shard, code: ErrorCode, detail: string, effects: MutableEffects): void {
    this.tally.failed += 1;
    const place = this.wantedPlace(shard);
    if (place === null) return;
    const failures = (this.failures.get(shardKey(shard)) ?? 0) + 1;
    this.failures.set(shardKey(shard), failures);
    if (failures < TRIES) {
      effects.open.push(shard);
      return;
    }
    const failed = { image: shard.image, code, detail };
    this.giveUpAt({ segment: place.segment, blamed: shardKey(shard), failed });
  }

  /**
   * An image is given up for a segment that it needs. One drawn ahead of a look waits for that look, which may decide
   * the image without it: how it ends must not depend on what was drawn when.
   */
  private giveUpAt(lost: LostShard): void {
    const { image } = lost.failed;
    if (lost.segment > this.images.get(image)!.due) {
      this.lostAhead.set(image, lost);
      return;
    }
    this.toGiveUp.set(image, lost.failed);
    this.blamed.set(image, lost.blamed);
  }

  private advanced(image: number, state: ImageState, effects: MutableEffects): void {
    effects.advanced.push(image);
    const lost = this.lostAhead.get(image);
    if (lost && lost.segment <= state.due) this.giveUpAt(lost);
  }

  private applyGivenUp(image: number, code: ErrorCode, detail: string, effects: MutableEffects): void {
    const state = this.images.get(image);
    if (state?.ending !== null || this.isOver) return;
    state.fail(code, detail);
    this.ended(image, effects);
  }

  /** A difference between two runs of one sample holds whoever found it, and whenever: also behind the last decision. */
  private refuteBy(record: LedgerRecord): void {
    this.refuted ??= differenceIn(record);
    if (this.refuted !== null) this.toGiveUp.clear();
  }

  /** Ends the job for the images that are undecided. After the last decision it changes nothing: the job was done. */
  private cancel(): void {
    if (this.isDone()) return;
    this.cancelled = true;
    this.toGiveUp.clear();
  }

  private ended(image: number, effects: MutableEffects): void {
    this.undecided -= 1;
    this.toGiveUp.delete(image);
    this.lostAhead.delete(image);
    effects.decided.push(image);
  }

  /** Takes back that an image is to be given up for this shard, which was counted after all, unless that is recorded already. */
  private forgive(shard: Shard): void {
    const { image } = shard;
    if (this.blamed.get(image) === shardKey(shard)) this.toGiveUp.delete(image);
    if (this.lostAhead.get(image)?.blamed === shardKey(shard)) this.lostAhead.delete(image);
  }

  private waste({ begin, end }: Shard, fate: Wasted): void {
    this.tally[fate] += 1;
    this.tally.wasted[fate] += end - begin;
  }

  private keepOpen(shard: Shard, effects: MutableEffects): void {
    if (this.wants(shard)) effects.open.push(shard);
  }
}

/** A shard that failed too often. */
interface LostShard {
  readonly segment: number;
  readonly blamed: string;
  readonly failed: FailedImage;
}

interface MutableEffects {
  decided: number[];
  advanced: number[];
  open: Shard[];
  insist: Shard[];
  divergent: Shard[];
}

/** Returns the first difference that a record says an audit has found; null if it says of none. */
export function differenceIn({ failed }: Pick<LedgerRecord, 'failed'>): FailedShard | null {
  return failed.find(({ code }) => code === 'MODEL_NOT_DETERMINISTIC') ?? null;
}
