import { expect, it } from 'vitest';

import { checkJob, type JobChoices } from '../../coordinator/core/check-job.js';
import { faultError } from './fault-words.js';

const UNREACHABLE: JobChoices = {
  images: null,
  noise: 'uniform',
  sigma: 0.5,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  bound: 'anytime',
  stop: { kind: 'target', radii: ['0.25', '0.9'] },
  maxSamples: 1000,
  runnerUp: false,
  simultaneous: false,
};

it('the runner-up is refused with the pair and noise that it does not go with', () => {
  const [fault] = checkJob({ ...UNREACHABLE, stop: { kind: 'gain', minGain: 0.02 }, runnerUp: true });
  expect(faultError(fault!, 'certify', { runnerUp: true })).toMatchObject({
    code: 'PAIR_NOT_OFFERED',
    message:
      '--runner-up is not offered with --stop gain, --bound anytime and --noise uniform: the sequence of "anytime" bounds no probability below one half.',
    remedy:
      'Use it with Gaussian noise, and --stop gain --bound spending or --stop fixed --bound clopper-pearson; or leave it out.',
  });
});

it.each([
  ['certify', 'smoothcert predict'],
  ['submit', '--stop predict'],
])('%s sends whoever names a bound for classes to %s', (command, where) => {
  const [fault] = checkJob({ ...UNREACHABLE, bound: 'two-sided' });
  expect(faultError(fault!, command, { bound: 'two-sided' })).toMatchObject({
    code: 'PAIR_NOT_OFFERED',
    remedy: `With --stop target use --bound anytime; for classes without radii use ${where}.`,
  });
});

it.each([
  ['gain', false, 'certificate that you accept per image'],
  ['gain', true, 'certificate that you accept for all images together'],
  ['predict', false, 'class that you accept per image'],
  ['predict', true, 'class that you accept for all images together'],
] as const)('α of %s is asked for in words that fit --simultaneous: %s', (stop, simultaneous, words) => {
  const [fault] = checkJob({ ...UNREACHABLE, alpha: 0.3 });
  expect(faultError(fault!, 'submit', { alpha: '0.3', stop, simultaneous })).toMatchObject({
    code: 'OPTION_INVALID',
    message: '--alpha 0.3 is outside [1e-12, 0.25], where the bounds are proved and checked.',
    remedy: `Give the probability of a wrong ${words}, for example --alpha 0.001.`,
  });
});

it('a list of σ is refused with the commands that take several', () => {
  const [fault] = checkJob({ ...UNREACHABLE, sigma: NaN });
  expect(faultError(fault!, 'certify', { sigma: '.25,.5' })).toMatchObject({
    code: 'OPTION_INVALID',
    message: '--sigma .25,.5 names several, and smoothcert certify takes one.',
    remedy:
      'Run it once for each σ, with another --out each time; smoothcert report shows several folders together, and smoothcert study --sigma .25,.5 compares rules.',
  });
  expect(faultError(fault!, 'check', { sigma: '.25,.5' }).remedy).not.toContain('--out');
});

it('a radius that the noise cannot reach is refused with what to do', () => {
  const [fault] = checkJob(UNREACHABLE);
  expect(faultError(fault!, 'certify', { radii: '0.25,0.9' })).toMatchObject({
    code: 'OPTION_INVALID',
    message:
      'With uniform noise of σ = 0.5 (λ = 0.866), no votes certify a radius of 0.9: all radii are below 0.8660254037844385.',
    remedy: 'Leave the larger --radii out, or add more noise.',
  });
});
