import { expect, it } from 'vitest';

import { RULE_NAMES } from '../../shared/job-spec.js';
import {
  OTHER_BOUNDS,
  RADIUS_BOUNDS,
  RADIUS_RULES,
  alphaHelp,
  boundHelp,
  noiseHelp,
  stopHelp,
} from './claim-help.js';

it('names every stopping rule and when it stops', () => {
  expect(stopHelp(RULE_NAMES)).toBe(
    "gain: stop an image when more samples no longer pay; target: stop it when the --radii are decided; two-stage: a first stage of 64 samples plans a second one; fixed: Cohen et al.'s CERTIFY, one number of samples for all; budget: spend --total-samples on all images together, always where they gain most; predict: no radius, stop when the class is decided (on this machine: smoothcert predict)",
  );
});

it('names the bounds that go with every stopping rule, and which one is usual', () => {
  expect(boundHelp(RULE_NAMES)).toBe(
    'with gain: spending (default) or anytime; target: anytime; two-stage: clopper-pearson; fixed: clopper-pearson (default), or clt, which is approximate and certifies nothing; budget: spending (default) or anytime; predict: anytime (default) or two-sided',
  );
});

it('names no rule without radii, and no bound of it, where there is none', () => {
  expect([...RADIUS_BOUNDS, ...OTHER_BOUNDS]).toEqual([
    'spending',
    'anytime',
    'clopper-pearson',
    'clt',
    'two-sided',
  ]);
  expect(stopHelp(RADIUS_RULES)).not.toMatch(/predict/);
  expect(boundHelp(RADIUS_RULES)).not.toMatch(/predict|two-sided/);
});

it('says whose probability α is', () => {
  expect(alphaHelp('certificate')).toBe(
    'probability of a wrong certificate, per image (with --simultaneous: of any in the job), at most 0.25',
  );
});

it('names every noise, the norm of its radii and how far they reach', () => {
  expect(noiseHelp()).toBe('gaussian: radii in L2; laplace: radii in L1; uniform: radii in L1, below 1.73 σ');
});
