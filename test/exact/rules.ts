import type { BoundName } from '../../shared/job.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { cltDelta } from '../../statistics/bounds/clt.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import type { Noise } from '../../statistics/noises/noise.js';
import { looksFor } from '../../statistics/schedule.js';
import { buildSpendingTable, evenShares, theoremLevel } from '../../statistics/spending-table.js';
import { upperTail } from '../../statistics/normal.js';
import { mostAccepted, targetDelta } from '../../statistics/target.js';
import type { Rule } from './chain.js';

/**
 * Everything that a bound can certify at the looks, through the same door that the coordinator uses. `spending` has even shares unless
 * `matchedGain` is given.
 */
export function ruleOf(
  bound: BoundName,
  alpha: number,
  looks: readonly number[],
  noise: Noise = gaussian,
  matchedGain?: number,
): Rule {
  const parts = { bound, alpha, looks };
  const compiled = compileBound(matchedGain === undefined ? parts : { ...parts, matchedGain }, noise);
  return tabulate(looks, (look, failures, n) => compiled.certify(look, failures, n)?.deltaUpper ?? Infinity);
}

/** The rule with the schedule and the shares that it ships with. */
export function shippedRule(
  bound: 'spending' | 'anytime',
  alpha: number,
  maxSamples: number,
  noise: Noise = gaussian,
  minGain = 0.02,
): Rule {
  const looks = looksFor({ kind: 'gain', minGain }, bound, maxSamples);
  return bound === 'spending'
    ? ruleOf(bound, alpha, looks, noise, minGain)
    : ruleOf(bound, alpha, looks, noise);
}

/** `spending` as the jobs of version 0.1.0 replay it: even shares. */
export function evenRule(alpha: number, maxSamples: number, noise: Noise = gaussian): Rule {
  return ruleOf('spending', alpha, looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', maxSamples), noise);
}

/**
 * Everything that `gain` with the runner-up certifies of two classes: the votes of the other class are the failures. As a failure probability: that of which
 * one count would give the same radius.
 */
export function twoClassesRunnerUp(alpha: number, looks: readonly number[], matchedGain: number): Rule {
  const compiled = compileBound({ bound: 'spending', alpha, looks, matchedGain, runnerUp: true }, gaussian);
  return tabulate(looks, (look, failures, n) => {
    const certified = compiled.certify(look, failures, n, failures);
    return certified === null ? Infinity : upperTail(certified.z);
  });
}

/** Planted error: the bound for one look, at the full level, at every look; for one look, selection by the same votes. */
export function peekingRule(alpha: number, looks: readonly number[]): Rule {
  return tabulate(looks, (_, failures, n) => clopperPearsonDelta(failures, n, alpha));
}

/** Planted error: `spending` with the level α for every null, as if the class had been chosen beforehand. */
export function unpaidSpendingRule(alpha: number, looks: readonly number[]): Rule {
  const table = buildSpendingTable({ looks, level: () => alpha, shares: evenShares(looks), noise: gaussian });
  return tabulate(looks, (look, failures) => {
    const z = table.certifiedZ(look, failures);
    return z === null ? Infinity : upperTail(z);
  });
}

/** Planted error: the whole level of a null at every look, not once. */
export function unsharedSpendingRule(alpha: number, looks: readonly number[]): Rule {
  const shares = looks.map(() => 1);
  const table = buildSpendingTable({
    looks,
    level: theoremLevel(alpha),
    shares: () => shares,
    noise: gaussian,
  });
  return tabulate(looks, (look, failures) => {
    const z = table.certifiedZ(look, failures);
    return z === null ? Infinity : upperTail(z);
  });
}

function tabulate(
  looks: readonly number[],
  bound: (look: number, failures: number, n: number) => number,
): Rule {
  const bounds = looks.map((n, look) =>
    Float64Array.from({ length: n + 1 }, (_, failures) => {
      const delta = 2 * failures >= n ? Infinity : bound(look, failures, n);
      return delta < 0.5 ? delta : Infinity;
    }),
  );
  return { looks, bounds };
}

/** All that `target` can accept at its looks, for every radius by itself: the smallest null of those accepted. */
export function targetRuleOf(
  radii: readonly string[],
  alpha: number,
  looks: readonly number[],
  noise: Noise = gaussian,
): Rule {
  const deltas = radii.map((radius) => targetDelta(noise, Number(radius), 0));
  return acceptances(looks, deltas, (delta) => (1 - delta) * alpha);
}

/** Planted error: each radius of a list at the full level, as if the class had been chosen beforehand. */
export function unpaidTargetRule(radii: readonly string[], alpha: number, looks: readonly number[]): Rule {
  const deltas = radii.map((radius) => targetDelta(gaussian, Number(radius), 0));
  return acceptances(looks, deltas, () => alpha);
}

function acceptances(
  looks: readonly number[],
  deltas: readonly number[],
  level: (delta: number) => number,
): Rule {
  const most = looks.map((n) => deltas.map((delta) => mostAccepted(n, delta, level(delta))));
  return tabulate(looks, (look, failures) =>
    Math.min(...deltas.filter((_, j) => failures <= most[look]![j]!), Infinity),
  );
}

/** Planted error: the normal approximation taken for a bound; with `unanimous`, also where no sample failed. */
export function cltRule(alpha: number, n: number, unanimous: boolean): Rule {
  return tabulate([n], (_, failures) => cltDelta(failures, n, alpha) ?? (unanimous ? 0 : Infinity));
}
