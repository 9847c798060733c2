import { expect, it } from 'vitest';

import { claimWords } from './claim-words.js';

const claim = { alpha: 0.001, bound: 'spending', stop: { kind: 'gain', minGain: 0.02 } } as const;

it('certificates are said to hold under their noise, α, rule and bound', () => {
  expect(claimWords({ kind: 'gaussian', scale: 0.25 }, claim)).toBe(
    'σ = 0.25, α = 0.001, gain with spending',
  );
  expect(claimWords({ kind: 'laplace', scale: 0.25 / Math.SQRT2 }, claim)).toBe(
    'laplace noise of σ = 0.25 (λ = 0.1768), radii in L1, α = 0.001, gain with spending',
  );
});
