import { MAX_ALPHA, MAX_SAMPLES, MIN_ALPHA, isPlainDecimal } from '../shared/job-limits.js';
import type { Claim } from '../shared/job.js';
import { pairReason } from './bounds/bounds.js';
import { runnerUpReason } from './bounds/runner-up.js';
import { ImpossibleClaim } from './impossible-claim.js';
import type { Noise } from './noises/noise.js';
import { requireCovered } from './precondition.js';
import { imageAlpha, togetherOf } from './simultaneous.js';
import { PILOT } from './two-stage.js';

/** Throws if each image of a claim about all together has less than the bounds are checked for. @throws ImpossibleClaim */
export function requireCheckedLevel(claim: Claim): void {
  const together = togetherOf(claim);
  const level = imageAlpha(claim);
  if (together === null || level >= MIN_ALPHA) return;
  throw new ImpossibleClaim({ reason: 'level-too-small', together, level, least: MIN_ALPHA });
}

/** Throws unless the theorems cover the claim: its pair, α, the numbers of its rule, its looks. @throws INTERNAL */
export function requireProvable(claim: Claim): void {
  const { bound, stop, looks, matchedGain } = claim;
  const alpha = imageAlpha(claim);
  requireCovered(pairReason(stop.kind, bound) === null, `${stop.kind} is not offered with ${bound}`);
  requireCovered(alpha >= MIN_ALPHA && alpha <= MAX_ALPHA, `α = ${alpha}`);
  if ('minGain' in stop)
    requireCovered(stop.minGain >= 0 && stop.minGain < Infinity, `a price of ${stop.minGain}`);
  if (matchedGain !== undefined)
    requireCovered(
      bound === 'spending' && matchedGain >= 0 && matchedGain < Infinity,
      `a matched gain of ${matchedGain} with ${bound}`,
    );
  if ('radii' in stop) requireCovered(areRadii(stop.radii), `the radii ${stop.radii.join(', ')}`);
  requireCovered(areLooks(claim), `the looks ${looks.join(', ')} with ${stop.kind}`);
}

/** Throws unless a claim with the runner-up is covered under this noise. @throws INTERNAL */
export function requireRunnerUp({ runnerUp, stop, bound }: Claim, noise: Noise): void {
  const covered = runnerUp === undefined || runnerUpReason(stop.kind, bound, noise) === null;
  requireCovered(covered, `${stop.kind} with ${bound}, ${noise.name} noise and the runner-up`);
}

/** Returns true if these are plain decimals, ascending: what is reported is what was written. */
export function areRadii(radii: readonly string[]): boolean {
  const ascending = radii.every((radius, j) => j === 0 || Number(radius) > Number(radii[j - 1]));
  return radii.length > 0 && ascending && radii.every(isPlainDecimal);
}

/** Returns true if these numbers of samples ascend and are a schedule of the rule. */
function areLooks(claim: Pick<Claim, 'bound' | 'stop' | 'looks'>): boolean {
  const { looks } = claim;
  const ascending = looks.every((n, k) => Number.isInteger(n) && n > (looks[k - 1] ?? 0));
  return ascending && fits(claim);
}

/**
 * The numerics were compared with references up to MAX_SAMPLES; `fixed` bounds the samples between its first and its last look. Looks between
 * those decide nothing, so any will do where the claim says that counts are kept there.
 */
function fits({ bound, stop, looks }: Pick<Claim, 'bound' | 'stop' | 'looks'>): boolean {
  const [first = 0, last = 0] = [looks[0], looks.at(-1)];
  if (stop.kind === 'fixed')
    return (
      (looks.length === 2 || (stop.keepCounts === true && looks.length > 2)) &&
      first === stop.selection &&
      last - first <= MAX_SAMPLES
    );
  if (bound === 'two-sided') return looks.length === 1 && last <= MAX_SAMPLES;
  const hasPilot = stop.kind === 'two-stage' || stop.kind === 'predict';
  if (hasPilot && (looks.length < 2 || first !== PILOT)) return false;
  return looks.length > 0 && last <= MAX_SAMPLES;
}
