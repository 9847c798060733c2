import { expect, it } from 'vitest';

import { checkJob } from '../../coordinator/core/check-job.js';
import { faultError } from './fault-words.js';

it('a radius that the noise cannot reach is refused with what to do', () => {
  const [fault] = checkJob({
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
  });
  expect(faultError(fault!, 'certify', { radii: '0.25,0.9' })).toMatchObject({
    code: 'OPTION_INVALID',
    message:
      'With uniform noise of σ = 0.5 (λ = 0.866), no votes certify a radius of 0.9: all radii are below 0.8660254037844385.',
    remedy: 'Leave the larger --radii out, or add more noise.',
  });
});
