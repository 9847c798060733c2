import { expect, it } from 'vitest';

import { claimSentence, claimWords } from './claim-words.js';

const claim = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  images: { start: 0, stop: 3000, step: 2 },
} as const;
const noise = { kind: 'gaussian', scale: 0.25 } as const;

it('certificates are said to hold under their noise, α, rule and bound', () => {
  expect(claimWords(noise, claim)).toBe('σ = 0.25, α = 0.001, gain with spending');
  expect(claimWords({ kind: 'laplace', scale: 0.25 / Math.SQRT2 }, claim)).toBe(
    'laplace noise of σ = 0.25 (λ = 0.1768), radii in L1, α = 0.001, gain with spending',
  );
});

it('a claim about all images together says so, with their number once it is known', () => {
  const together = { ...claim, simultaneous: true } as const;
  expect(claimWords(noise, together)).toBe(
    'σ = 0.25, α = 0.001 for all 1,500 images together, gain with spending',
  );
  expect(claimWords(noise, { ...together, images: null })).toBe(
    'σ = 0.25, α = 0.001 for all images together, gain with spending',
  );
  expect(claimWords(noise, { ...together, images: { start: 4, stop: 5, step: 1 } })).toBe(
    "σ = 0.25, α = 0.001 for the job's one image, gain with spending",
  );
});

it('a claim says what its budget is, and that it uses the runner-up', () => {
  const stop = { kind: 'budget', totalSamples: 1_000_000 } as const;
  expect(claimWords(noise, { ...claim, stop })).toBe(
    'σ = 0.25, α = 0.001, budget of 1,000,000 samples with spending',
  );
  expect(claimWords(noise, { ...claim, runnerUp: true })).toBe(
    'σ = 0.25, α = 0.001, gain with spending and the runner-up',
  );
});

it('a job says in a sentence what it claims and with which probability', () => {
  expect(claimSentence(claim)).toBe(
    'An image gets a certificate that is wrong about the smoothed classifier with probability at most 0.001.',
  );
  const together = { ...claim, simultaneous: true } as const;
  expect(claimSentence(together)).toBe(
    'With probability at least 1 − 0.001 every certificate of these 1,500 images is right about the smoothed classifier.',
  );
  expect(claimSentence({ ...together, images: null })).toBe(
    'With probability at least 1 − 0.001 every certificate of the job is right about the smoothed classifier.',
  );
  expect(claimSentence({ ...claim, bound: 'anytime', stop: { kind: 'predict' } })).toBe(
    "An image gets a class that is not the smoothed classifier's with probability at most 0.001.",
  );
  expect(claimSentence({ ...claim, bound: 'clt' })).toMatch(/^Nothing is proved\. /);
});
