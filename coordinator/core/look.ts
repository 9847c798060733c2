import type { Claim } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { requireCheckedLevel, requireProvable, requireRunnerUp } from '../../statistics/claim.js';
import { lawError } from '../../statistics/law-error.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { certifiedRadius } from '../../statistics/radius.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import type { Decision, Rule } from './decision.js';
import { fixedRule, twoStageRule } from './fresh-samples.js';
import { earlyPredictRule, fixedPredictRule } from './predict-rules.js';
import { budgetRule, gainRule, targetRule, type DrawnNoise } from './repeated-looks.js';

/**
 * Makes a claim ready to decide, for votes under this noise. Guarantee, but for the bound `clt`, which never holds a
 * certificate: for every image, P(its held certificate, or its prediction, is ever wrong) ≤ imageAlpha(claim).
 *
 * @throws ImpossibleClaim if no number of votes would fulfil the claim; INTERNAL if no theorem covers it
 */
export function compileDecision(claim: Claim, drawn: DrawnNoise): Decision {
  const noise = NOISES[drawn.kind];
  requireCheckedLevel(claim);
  requireProvable(claim);
  requireRunnerUp(claim, noise);
  const bound = compileBound({ ...claim, alpha: imageAlpha(claim) }, noise);
  const error = lawError(drawn.lattice);
  return {
    looks: claim.looks,
    bound,
    norm: noise.norm,
    lawError: error,
    radiusOf: (deltaUpper, runnerUpUpper) =>
      certifiedRadius(deltaUpper, error, noise, drawn.scale, runnerUpUpper),
    ...ruleOf(claim, drawn, bound),
  };
}

function ruleOf(claim: Claim, noise: DrawnNoise, bound: CompiledBound): Rule {
  const { stop } = claim;
  switch (stop.kind) {
    case 'gain':
      return gainRule(claim, stop.minGain, bound);
    case 'target':
      return targetRule(claim, stop.radii, noise);
    case 'two-stage':
      return twoStageRule(claim, stop.minGain, bound);
    case 'fixed':
      return fixedRule(claim, bound);
    case 'budget':
      return budgetRule(claim, stop.totalSamples, bound);
    case 'predict':
      return claim.bound === 'two-sided' ? fixedPredictRule(claim) : earlyPredictRule(claim);
  }
}
