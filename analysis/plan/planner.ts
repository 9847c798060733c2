import type { BoundName } from '../../shared/job.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { fixedMeans, type FixedPlan } from './fixed-means.js';
import { fixedRadii } from './fixed-radii.js';
import { deltaGroups } from './delta-groups.js';
import { FINE_STEP, lawMeans, type CheckedMeans } from './law-means.js';
import type { DeltaGroup } from './means.js';
import { twoStageLaw } from '../laws/fresh-laws.js';
import { repeatedLaw } from '../laws/repeated-law.js';
import { RepeatedRule, type RepeatedClaim } from '../laws/repeated-rule.js';
import type { Law } from '../laws/expectation.js';
import type { Population } from '../populations/population.js';

/** A rule with its numbers, as `certify` would be asked for it. */
export type Planned =
  | ({ readonly rule: 'fixed' } & FixedPlan)
  | {
      readonly rule: 'gain';
      readonly bound: 'spending' | 'anytime';
      readonly alpha: number;
      /** --max-samples. */
      readonly n: number;
      /** --min-gain. */
      readonly minGain: number;
    }
  | { readonly rule: 'two-stage'; readonly alpha: number; readonly n: number; readonly minGain: number }
  /** Radii as they are typed, ascending, above 0. */
  | {
      readonly rule: 'target';
      readonly alpha: number;
      readonly n: number;
      readonly targets: readonly string[];
    };

/** The answer of a plan. */
export interface PlannedMeans extends CheckedMeans {
  /** The largest radius that it can prove: that of an image whose votes are all the same. */
  readonly farthest: number;
  /** Of `fixed`: the accuracy at the planner's `compared` radii; empty for the other rules. */
  readonly compared: readonly number[];
}

/** Returns the bound that a plan is made with. */
export function boundOf(planned: Planned): BoundName {
  switch (planned.rule) {
    case 'gain':
      return planned.bound;
    case 'target':
      return 'anytime';
    case 'fixed':
    case 'two-stage':
      return 'clopper-pearson';
  }
}

/** Computes what plans give for one population. Answers are kept: the same plan is asked for by tables and by questions about the least. */
export class Planner {
  readonly groups: readonly DeltaGroup[];
  readonly #known = new Map<string, PlannedMeans>();

  /**
   * @param population at least one image. @param radii wanted radii, ascending, in the units of the noise's scale. @param compared further ones,
   * asked of `fixed` alone
   */
  constructor(
    readonly population: Population,
    readonly radii: readonly number[],
    readonly compared: readonly number[] = [],
  ) {
    this.groups = deltaGroups(population);
  }

  /**
   * Returns what a plan gives.
   *
   * @throws ImpossibleClaim where no votes could fulfil it; for `fixed` never: then nothing is certified
   */
  means(planned: Planned): PlannedMeans {
    const key = JSON.stringify(planned);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const means = planned.rule === 'fixed' ? this.#fixed(planned) : this.#lawful(planned);
    this.#known.set(key, means);
    return means;
  }

  /** Returns the certified accuracy at a radius that no number of samples exceeds: the share of the images whose true radius is larger. */
  mostAccuracy(radius: number): number {
    const { kind, scale } = this.population.noise;
    const law = NOISES[kind];
    if (radius / scale >= law.farthest) return 0;
    const limit = law.deltaOf(radius / scale);
    return this.groups.reduce((sum, { delta, right }) => sum + (delta < limit ? right : 0), 0);
  }

  #fixed(plan: FixedPlan): PlannedMeans {
    const { noise } = this.population;
    const wanted = [...new Set([...this.radii, ...this.compared])].sort((a, b) => a - b);
    const means = fixedMeans(this.groups, plan, noise, wanted);
    const at = (radius: number) => means.accuracy[wanted.indexOf(radius)]!;
    const farthest = fixedRadii(plan.n, plan.alpha, noise)[0] ?? 0;
    const [accuracy, compared] = [this.radii.map(at), this.compared.map(at)];
    return { ...means, accuracy, compared, radiusError: 0, farthest };
  }

  #lawful(planned: Exclude<Planned, { readonly rule: 'fixed' }>): PlannedMeans {
    const law = this.#lawOf(planned);
    const step = planned.rule === 'target' ? FINE_STEP : undefined;
    return { ...lawMeans(this.groups, law, step), farthest: law(0).radius, compared: [] };
  }

  #lawOf(planned: Exclude<Planned, { readonly rule: 'fixed' }>): Law {
    const { noise } = this.population;
    const { alpha, n: maxSamples } = planned;
    switch (planned.rule) {
      case 'two-stage':
        return twoStageLaw({ alpha, minGain: planned.minGain, maxSamples }, noise, this.radii);
      case 'target':
        return this.#repeated({
          alpha,
          bound: 'anytime',
          stop: { kind: 'target', radii: planned.targets },
          maxSamples,
        });
      case 'gain': {
        const { bound, minGain } = planned;
        const matched = bound === 'spending' ? { matchedGain: minGain } : {};
        return this.#repeated({ alpha, bound, stop: { kind: 'gain', minGain }, maxSamples, ...matched });
      }
    }
  }

  #repeated(claim: RepeatedClaim): Law {
    const rule = new RepeatedRule(claim, this.population.noise);
    return (delta) => repeatedLaw(rule, delta, this.radii);
  }
}
