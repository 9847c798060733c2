import { NO_COUNTS, subtractCounts, totalOf, type Counts } from '../../shared/counts.js';
import type { BoundName, Claim, StoppingRule } from '../../shared/job.js';
import { Allocation } from '../../coordinator/core/allocation.js';
import type { Decision, Held } from '../../coordinator/core/decision.js';
import { Grid } from '../../coordinator/core/grid.js';
import { ImageState } from '../../coordinator/core/image-state.js';
import { compileDecision } from '../../coordinator/core/look.js';
import { budgetGain } from '../../statistics/budget-gain.js';
import { looksFor } from '../../statistics/schedule.js';
import type { Drawing, DrawnImage } from './drawing.js';
import { measuredOf } from './subsamples.js';

/** The mean radius that a rule gives and the mean samples that it takes, over the images of a drawing. */
export interface RulePoint {
  readonly rule: StoppingRule['kind'];
  readonly bound: BoundName;
  /** The flag that was chosen for it, as a person writes it: "--min-gain 0.02". */
  readonly setting: string;
  /** `measured`: the rule decided on the votes of the drawing. `exact`: computed, with the shares of all its samples as probabilities. */
  readonly source: 'measured' | 'exact';
  /** Mean samples an image, those that choose the class included. */
  readonly samples: number;
  readonly meanRadius: number;
  readonly acr: number;
  readonly certified: number;
}

/** How far an image was drawn, and what it then held. */
interface Outcome {
  readonly samples: number;
  readonly held: Held | null;
}

/**
 * Returns what `gain` does with the votes of a drawing: the decisions of the coordinator, look by look, on the samples behind the selection. Null if
 * the counts at one of its looks were not kept.
 */
export function replayedGain(
  drawing: Drawing,
  bound: 'spending' | 'anytime',
  minGain: number,
): RulePoint | null {
  const stop = { kind: 'gain', minGain } as const;
  const { decision, places } = prepared(drawing, bound, stop, bound === 'spending' ? minGain : null);
  if (places === null) return null;
  const outcomes = drawing.images.map(({ kept }) => decided(decision, keptAt(kept, places)));
  return pointOf(drawing, decision, outcomes, { rule: 'gain', bound, setting: `--min-gain ${minGain}` });
}

/** Decides one image look by look. `gain` stops at the last look at the latest. */
function decided(decision: Decision, counts: readonly Counts[]): Outcome {
  let held: Held | null = null;
  for (let look = 0; ; look++) {
    const outcome = decision.at(look, counts.slice(0, look + 1), held);
    held = outcome.held;
    if (outcome.stop !== null) return { samples: decision.looks[look]!, held };
  }
}

/**
 * Returns what `budget` with `spending` does with the votes of a drawing when its images share a total: the allocation of the coordinator. Of its
 * last round, which may share out parts of looks whose counts were not kept, only whole looks are taken. Null if the counts at one of its
 * looks were not kept.
 */
export function replayedBudget(drawing: Drawing, totalSamples: number): RulePoint | null {
  const bound = 'spending';
  const stop = { kind: 'budget', totalSamples } as const;
  const gain = budgetGain(drawing.images.length, totalSamples);
  const { decision, places } = prepared(drawing, bound, stop, gain);
  if (places === null) return null;
  const grid = new Grid(decision.looks);
  const states = new Map(drawing.images.map((_, i) => [i, new ImageState(grid, decision)]));
  const allocation = new Allocation(totalSamples, decision.bound, decision.looks, grid, states);
  for (let round = allocation.nextRound(); round.length > 0; round = allocation.nextRound()) {
    for (const { image, allotment } of round) {
      if (allotment.shards === Infinity) {
        const state = states.get(image)!;
        state.allot(allotment);
        foldLook(state, grid, allotment.look, keptAt(drawing.images[image]!.kept, places));
      }
      allocation.settled(image);
    }
  }
  const outcomes = [...states.values()].map(({ prefixes, held }) => ({
    samples: totalOf(prefixes.at(-1) ?? NO_COUNTS),
    held,
  }));
  return pointOf(drawing, decision, outcomes, {
    rule: 'budget',
    bound,
    setting: `--total-samples ${totalSamples}`,
  });
}

/** Folds all samples of one look. Only their sum was kept, and only it decides: it goes in with the first shard. */
function foldLook(state: ImageState, grid: Grid, look: number, counts: readonly Counts[]): void {
  const step = subtractCounts(counts[look]!, counts[look - 1] ?? NO_COUNTS);
  grid.segments[look]!.forEach((_, index) =>
    state.fold({ segment: look, index }, index === 0 ? step : NO_COUNTS, 0),
  );
}

/** Returns the decision of a claim about the images of a drawing, and where in the kept sizes its looks are; null if they are not all there. */
function prepared(
  { alpha, noise, sizes, images }: Drawing,
  bound: BoundName,
  stop: Claim['stop'],
  matchedGain: number | null,
): { decision: Decision; places: number[] | null } {
  const looks = looksFor(stop, bound, sizes.at(-1)!);
  const matched = matchedGain === null ? {} : { matchedGain };
  const range = { start: 0, stop: images.length, step: 1 };
  const decision = compileDecision({ alpha, bound, stop, looks, images: range, ...matched }, noise);
  const places = looks.map((n) => sizes.indexOf(n));
  return { decision, places: places.includes(-1) ? null : places };
}

const keptAt = (kept: DrawnImage['kept'], places: readonly number[]): Counts[] =>
  places.map((at) => kept[at]!);

function pointOf(
  { images }: Drawing,
  decision: Decision,
  outcomes: readonly Outcome[],
  named: Pick<RulePoint, 'rule' | 'bound' | 'setting'>,
): RulePoint {
  const right = outcomes.map(({ held }, i) => {
    const { label } = images[i]!;
    return { right: label === null ? null : held?.classIndex === label };
  });
  // What is held is of a z of at least 1e-6: rounding leaves a radius of it.
  const radii = outcomes.map(({ held }) => (held === null ? 0 : decision.radiusOf(held.deltaUpper)!));
  const { meanRadius, acr, certified } = measuredOf(right, radii, []);
  const samples = outcomes.reduce((sum, one) => sum + one.samples, 0) / outcomes.length;
  return { ...named, source: 'measured', samples, meanRadius, acr, certified };
}
