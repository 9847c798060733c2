import { expect, it } from 'vitest';

import { checkJob } from '../../coordinator/core/check-job.js';
import { uniform } from '../../test/support/l1-noises.js';
import { faultError } from './fault-words.js';

it('a radius that the noise cannot reach is refused with what to do', () => {
  const [fault] = checkJob(
    {
      images: null,
      sigma: 0.5,
      seed: '1',
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      layout: 'auto',
      output: null,
      batch: null,
      device: 'cpu',
      alpha: 0.001,
      bound: 'anytime',
      stop: { kind: 'target', radii: ['0.25', '0.5'] },
      maxSamples: 1000,
    },
    uniform,
  );
  expect(faultError(fault!, 'certify', { radii: '0.25,0.5' })).toMatchObject({
    code: 'OPTION_INVALID',
    message: 'With uniform noise of λ = 0.5, no votes certify a radius of 0.5: all radii are below 0.5.',
    remedy: 'Leave the larger --radii out, or add more noise.',
  });
});
