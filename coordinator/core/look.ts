import type { Claim } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { checkClaim } from '../../statistics/claim.js';
import type { Decision, Rule } from './decision.js';
import { fixedRule, twoStageRule } from './fresh-samples.js';
import { gainRule, targetRule } from './repeated-looks.js';

/**
 * Makes a claim ready to decide; `scale` is that of the noise, in the units of the radii. Guarantee, but for the bound
 * `clt`, which never holds a certificate: for every image, P(its held certificate is ever wrong) ≤ claim.alpha.
 * Throws PAIR_NOT_OFFERED, OPTION_INVALID, SCHEDULE_TOO_LONG or BUDGET_TOO_SMALL for a claim that cannot be made.
 */
export function compileDecision(claim: Claim, scale: number): Decision {
  checkClaim(claim);
  const bound = compileBound(claim);
  return { looks: claim.looks, bound, ...ruleOf(claim, scale, bound) };
}

function ruleOf(claim: Claim, scale: number, bound: CompiledBound): Rule {
  const { stop } = claim;
  switch (stop.kind) {
    case 'gain':
      return gainRule(claim, stop.minGain, bound);
    case 'target':
      return targetRule(claim, stop.radii, scale);
    case 'two-stage':
      return twoStageRule(claim, stop.minGain, bound);
    case 'fixed':
      return fixedRule(claim, bound);
  }
}
