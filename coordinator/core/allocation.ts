import type { Claim } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { gainPerSample } from '../../statistics/gain.js';
import { votesForLeader } from './class-votes.js';
import type { Decision } from './decision.js';
import type { Grid } from './grid.js';
import { NOTHING, type Allotment, type ImageState } from './image-state.js';

/** One in so many images is moved on in a round: few enough that a round follows what the one before has shown. */
const IMAGES_A_ROUND = 16;

/** The part of a round that one image gets. */
export interface Share {
  readonly image: number;
  readonly allotment: Allotment;
}

/** How an image stands that may be allotted more. */
interface Standing {
  readonly image: number;
  /** Index of its next look. */
  readonly look: number;
  /** Samples up to that look. */
  readonly cost: number;
  /** Radius in noise scales that a further sample is forecast to add; 0 or more. */
  readonly gain: number;
  /** Share of its samples that did not vote for the leader; 1 before there are any. */
  readonly failing: number;
}

/**
 * Shares `totalSamples` out among the images of a job, in rounds: the next round is made when the last is drawn, from the votes that
 * all images have by then. So it is a function of the job and of the counts, whatever the order in which they came.
 *
 * 1. First all images are moved to their first look, in their order, as far as the samples go.
 * 2. Then, in each round, a 16th of the images (at least one) is moved to the next look: those that are forecast to gain most radius a
 *    sample, of equal ones those of lower index. An image that is forecast to gain nothing, or whose next look costs more samples than are left, is passed over.
 * 3. Where this leaves samples, images that are forecast to gain nothing are moved on, too, those with the fewest failures a sample first.
 * 4. Where no whole look is affordable, whole shards of one are allotted, once.
 *
 * Guarantee: never more than `totalSamples` are allotted; in the end no further shard of any image could be, but for images that have
 * failed, whose samples are not allotted again. No certificate rests on how samples are shared out: the bound holds at all looks at once.
 */
export class Allocation {
  private left: number;
  private begun = false;
  private over = false;
  /** Images that have not drawn what they are allotted. */
  private readonly waiting = new Set<number>();
  private readonly standings = new Map<number, Standing>();
  private readonly imagesARound: number;

  constructor(
    totalSamples: number,
    private readonly bound: CompiledBound,
    private readonly looks: readonly number[],
    private readonly grid: Grid,
    private readonly images: ReadonlyMap<number, ImageState>,
  ) {
    this.left = totalSamples;
    this.imagesARound = Math.ceil(images.size / IMAGES_A_ROUND);
    for (const [image, state] of images) {
      state.allot(NOTHING);
      this.settled(image);
    }
  }

  /** Returns the allocation of a job whose rule has a total; null for the other rules. */
  static of(
    { stop, looks }: Claim,
    { bound }: Decision,
    grid: Grid,
    images: ReadonlyMap<number, ImageState>,
  ): Allocation | null {
    return stop.kind === 'budget' ? new Allocation(stop.totalSamples, bound, looks, grid, images) : null;
  }

  /** True if every image has drawn what it is allotted, or has ended. */
  get isSettled(): boolean {
    return this.waiting.size === 0;
  }

  /** Takes note of an image that has drawn what it was allotted, or that has ended. */
  settled(image: number): void {
    this.waiting.delete(image);
    const state = this.images.get(image)!;
    if (state.ending || this.over) this.standings.delete(image);
    else this.standings.set(image, this.standingOf(image, state));
  }

  /** Returns what is allotted next, none if nothing more can be. To be called when all that was allotted before is drawn. */
  nextRound(): Share[] {
    const shares = this.over ? [] : this.shares();
    for (const { image } of shares) this.waiting.add(image);
    return shares;
  }

  private shares(): Share[] {
    if (!this.begun) {
      this.begun = true;
      return this.wholeLooks([...this.standings.values()], this.images.size);
    }
    const ranked = [...this.standings.values()].sort(byWorth);
    const promising = ranked.filter(({ gain }) => gain > 0);
    const round = this.wholeLooks(promising, this.imagesARound);
    if (round.length > 0) return round;
    const others = this.wholeLooks(ranked, this.imagesARound);
    return others.length > 0 ? others : this.partsOfLooks(ranked);
  }

  /** Moves so many of these images to their next look, the first ones for which there are samples left. */
  private wholeLooks(ranked: readonly Standing[], most: number): Share[] {
    const shares: Share[] = [];
    for (const { image, look, cost } of ranked) {
      if (shares.length === most) break;
      if (cost > this.left) continue;
      this.left -= cost;
      shares.push({ image, allotment: { look, shards: Infinity } });
    }
    return shares;
  }

  /** Allots as many whole shards as fit, of the first image in rank, then of the others. It is the last round. */
  private partsOfLooks(ranked: readonly Standing[]): Share[] {
    this.over = true;
    return ranked.flatMap(({ image, look }) => {
      let shards = 0;
      for (const { begin, end } of this.grid.segments[look]!) {
        if (end - begin > this.left) break;
        this.left -= end - begin;
        shards += 1;
      }
      return shards === 0 ? [] : [{ image, allotment: { look, shards } }];
    });
  }

  private standingOf(image: number, { look, held, prefixes }: ImageState): Standing {
    const { looks } = this;
    const drawn = look === 0 ? 0 : looks[look - 1]!;
    const common = { image, look, cost: looks[look]! - drawn };
    const prefix = prefixes.at(-1);
    if (prefix === undefined) return { ...common, gain: 0, failing: 1 };
    const { failures } = votesForLeader(prefix);
    const standing = { look: look - 1, failures, heldZ: held?.z ?? 0 };
    return { ...common, gain: gainPerSample(this.bound, looks, standing), failing: failures / drawn };
  }
}

/** Orders first by the gain; images that gain nothing by their share of failures; then by index. */
function byWorth(a: Standing, b: Standing): number {
  if (a.gain !== b.gain) return b.gain - a.gain;
  return a.gain > 0 || a.failing === b.failing ? a.image - b.image : a.failing - b.failing;
}
