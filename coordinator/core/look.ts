import type { Claim, NoiseSpec } from '../../shared/job.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { requireProvable } from '../../statistics/claim.js';
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
 * @throws ImpossibleClaim if no number of votes would fulfil the claim; INTERNAL if no theorem covers it
 */
export function compileDecision(claim: Claim, { kind, scale }: Pick<NoiseSpec, 'kind' | 'scale'>): Decision {
  return compileFor(claim, NOISES[kind], scale);
}

/** Does the same for a noise that has no kind of its own. @param scale the noise's, in pixels scaled to [0, 1] */
export function compileFor(claim: Claim, noise: Noise, scale: number): Decision {
  requireProvable(claim);
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
