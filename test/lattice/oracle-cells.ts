import type { Decision } from '../../coordinator/core/decision.js';
import { compileDecision } from '../../coordinator/core/look.js';
import {
  NOISE_KINDS,
  type BoundName,
  type Claim,
  type NoiseKind,
  type StoppingRule,
} from '../../shared/job.js';
import { BOUNDS, boundsFor } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { looksFor } from '../../statistics/schedule.js';
import { hardestPoints } from '../exact/chain.js';
import { fixedLaw, repeatedLaw } from '../exact/procedure.js';
import { ruleOf } from '../exact/rules.js';
import { errorOfStages, hardestOfStages, stagesOf } from '../exact/two-stage.js';

/** The questions to the oracle: every rule, every bound that proves, every noise; and the true radii that are hardest for each. */

const MOST_SAMPLES = 384;
const MIN_GAIN = 0.02;
const RADII = {
  gaussian: [0.25, 0.5, 1],
  laplace: [0.25, 0.5, 1.5],
  uniform: [0.2, 0.4, 0.7],
} as const satisfies Record<NoiseKind, readonly number[]>;
const RULES: readonly StoppingRule['kind'][] = ['gain', 'target', 'two-stage', 'fixed'];

/** One pair of rule and bound, with a noise and an α. */
export interface Cell {
  readonly kind: NoiseKind;
  readonly rule: StoppingRule['kind'];
  readonly bound: BoundName;
  readonly alpha: number;
}

export const CELLS: readonly Cell[] = NOISE_KINDS.flatMap((kind) =>
  RULES.flatMap((rule) =>
    boundsFor(rule)
      .filter((bound) => BOUNDS[bound].proves)
      .flatMap((bound) => [0.05, 0.25].map((alpha) => ({ kind, rule, bound, alpha }))),
  ),
);

/** Returns the claim of a cell about images whose noise has this scale. */
export function claimOf({ kind, rule, bound, alpha }: Cell, scale: number, images: number): Claim {
  const stop = stopOf(kind, rule, scale);
  const looks = looksFor(stop, bound, rule === 'fixed' ? 100 : MOST_SAMPLES);
  const claim = { alpha, bound, stop, looks, images: { start: 0, stop: images, step: 1 } };
  return bound === 'spending' ? { ...claim, matchedGain: MIN_GAIN } : claim;
}

function stopOf(kind: NoiseKind, rule: StoppingRule['kind'], scale: number): StoppingRule {
  switch (rule) {
    case 'gain':
    case 'two-stage':
      return { kind: rule, minGain: MIN_GAIN };
    case 'target':
      return { kind: rule, radii: RADII[kind].map((z) => (z * scale).toFixed(12)) };
    case 'fixed':
      return { kind: rule, selection: 20 };
    case 'budget':
    case 'predict':
      throw new Error(`${rule} has an oracle of its own`);
  }
}

/** Returns the probability of a wrong certificate where class 0 fails with probability `delta`, exactly. */
export function exactError({ rule }: Cell, decision: Decision, delta: number): number {
  if (rule === 'fixed') return fixedLaw(decision, delta).error;
  if (rule !== 'two-stage') return repeatedLaw(decision, delta).error;
  return errorOfStages(
    stagesOf(decision, (look, prefixes) => decision.at(look, prefixes, null).held),
    delta,
  );
}

/** Returns about a dozen failure probabilities just above one that can be certified, and one near ½. */
function candidatesOf(cell: Cell): number[] {
  const { kind, rule, bound, alpha } = cell;
  const noise = NOISES[kind];
  const claim = claimOf(cell, 1, 1);
  const thin = (deltas: readonly number[]) =>
    deltas.filter((_, i) => i % Math.ceil(deltas.length / 12) === 0);
  switch (rule) {
    case 'target':
      return RADII[kind].map((z) => noise.deltaOf(z));
    case 'two-stage': {
      const decision = compileDecision(claim, { kind, scale: 1 });
      return thin(
        hardestOfStages(
          stagesOf(decision, (l, p) => decision.at(l, p, null).held),
          12,
        ),
      );
    }
    case 'gain':
      return thin(hardestPoints(ruleOf(bound, alpha, claim.looks, noise, claim.matchedGain)));
    case 'fixed':
      return thin(hardestPoints(ruleOf(bound, alpha, [100], noise)));
    case 'budget':
    case 'predict':
      throw new Error(`${rule} has an oracle of its own`);
  }
}

/** Returns true radii in scales of the noise: near 0, and just below those that the cell certifies wrongly most often. */
export function radiiOf(cell: Cell): number[] {
  const noise = NOISES[cell.kind];
  const decision = compileDecision(claimOf(cell, 1, 1), { kind: cell.kind, scale: 1 });
  const worst = candidatesOf(cell)
    .filter((delta) => delta < 0.499)
    .map((delta) => ({ delta, error: exactError(cell, decision, delta * (1 + 1e-12)) }))
    .sort((a, b) => b.error - a.error)
    .slice(0, 3);
  return [0.003, ...worst.map(({ delta }) => noise.radiusOf(delta))];
}
