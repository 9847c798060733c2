import type { Claim, NoiseSpec } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { checkClaim } from '../../statistics/claim.js';
import type { Noise } from '../../statistics/noises/noise.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { certifiedRadius } from '../../statistics/radius.js';
import type { Decision, Rule } from './decision.js';
import { fixedRule, twoStageRule } from './fresh-samples.js';
import { gainRule, targetRule } from './repeated-looks.js';

/**
 * Makes a claim ready to decide, for votes under this noise. Guarantee, but for the bound `clt`, which never holds a
 * certificate: for every image, P(its held certificate is ever wrong) ≤ claim.alpha.
 *
 * @throws PAIR_NOT_OFFERED, OPTION_INVALID, SCHEDULE_TOO_LONG or BUDGET_TOO_SMALL for a claim that cannot be made
 */
export function compileDecision(claim: Claim, { kind, scale }: Pick<NoiseSpec, 'kind' | 'scale'>): Decision {
  checkClaim(claim);
  const noise = NOISES[kind];
  const bound = compileBound(claim, noise);
  return {
    looks: claim.looks,
    bound,
    norm: noise.norm,
    radiusOf: (deltaUpper) => certifiedRadius(deltaUpper, noise, scale),
    ...ruleOf(claim, noise, scale, bound),
  };
}

function ruleOf(claim: Claim, noise: Noise, scale: number, bound: CompiledBound): Rule {
  const { stop } = claim;
  switch (stop.kind) {
    case 'gain':
      return gainRule(claim, stop.minGain, bound);
    case 'target':
      return targetRule(claim, stop.radii, noise, scale);
    case 'two-stage':
      return twoStageRule(claim, stop.minGain, bound);
    case 'fixed':
      return fixedRule(claim, bound);
  }
}
