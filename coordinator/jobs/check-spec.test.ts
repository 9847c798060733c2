import { describe, expect, it } from 'vitest';

import { RequestError } from '../../shared/errors.js';
import type { JobSpec } from '../../shared/job-spec.js';
import { checkSpec } from './check-spec.js';

const DIGEST = 'ab'.repeat(32);

const SPEC: JobSpec = {
  model: { digest: DIGEST, fileDigest: DIGEST, weights: [], uri: null },
  data: { digest: DIGEST, uri: null },
  images: null,
  noise: 'gaussian',
  sigma: 0.5,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  maxSamples: 100_000,
  runnerUp: false,
  simultaneous: false,
};

/** Returns the faults of a spec, by field. */
function faultsOf(more: Partial<JobSpec>): Record<string, string> {
  try {
    checkSpec({ ...SPEC, ...more });
    return {};
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return Object.fromEntries(
      (error as RequestError).faults.map(({ field, description }) => [field, description]),
    );
  }
}

const model = (more: Partial<JobSpec['model']>) => ({ model: { ...SPEC.model, ...more } });
const weights = (...paths: string[]) =>
  model({ weights: paths.map((path) => ({ path, digest: DIGEST })), fileDigest: 'cd'.repeat(32) });
const normalisation = (more: Partial<JobSpec['normalisation']>) => ({
  normalisation: { ...SPEC.normalisation, ...more },
});

describe('a spec', () => {
  it.each<[string, Partial<JobSpec>]>([
    ['as it is', {}],
    [
      'with everything',
      { output: 'scores', batch: 4096, seed: '18446744073709551615', sigma: 1e6, alpha: 0.25 },
    ],
    ['of some images', { images: { start: 3, stop: 16_777_216, step: 16_777_216 } }],
    ['with weight files', weights('weights.bin', './parts/a.bin')],
    ['with places', { ...model({ uri: 'https://x.example/m' }), data: { digest: DIGEST, uri: 'file:///d' } }],
    ['with values a channel', normalisation({ inputScale: 255, mean: [0, -1e9, 1], std: [1, 1e9, 0.1] })],
    ['of target', { stop: { kind: 'target', radii: ['0', '0.5'] }, bound: 'anytime' }],
    ['of two-stage', { stop: { kind: 'two-stage', minGain: 0 }, bound: 'clopper-pearson' }],
    ['of gain with the runner-up', { runnerUp: true }],
    ['of fixed', { stop: { kind: 'fixed', selection: 1 }, bound: 'clt', maxSamples: 1000 }],
  ])('%s is right', (_, more) => expect(faultsOf(more)).toEqual({}));

  it.each<[string, Partial<JobSpec>]>([
    ['spec.model.digest', { model: { ...weights('w').model, digest: 'AB'.repeat(32) } }],
    ['spec.model.file_digest', model({ fileDigest: '' })],
    ['spec.model.file_digest', model({ fileDigest: 'cd'.repeat(32) })],
    ['spec.model.uri', model({ uri: '' })],
    ['spec.model.uri', model({ uri: 'x'.repeat(4097) })],
    ['spec.model.weights', weights(...Array.from({ length: 4097 }, (_, i) => `w${i}`))],
    ['spec.model.weights[0].digest', model({ weights: [{ path: 'w', digest: 'x' }] })],
    ['spec.model.weights[0].path', weights('../w')],
    ['spec.model.weights[0].path', weights('/w')],
    ['spec.model.weights[0].path', weights('c:w')],
    ['spec.model.weights[0].path', weights('a\\w')],
    ['spec.model.weights[0].path', weights('')],
    ['spec.model.weights[0].path', weights('x'.repeat(1025))],
    ['spec.model.weights[1].path', weights('w', 'w')],
    ['spec.data.digest', { data: { digest: DIGEST.slice(1), uri: null } }],
    ['spec.data.uri', { data: { digest: DIGEST, uri: '' } }],
    ['spec.images', { images: { start: 1, stop: 1, step: 1 } }],
    ['spec.images', { images: { start: -1, stop: 1, step: 1 } }],
    ['spec.images', { images: { start: 0, stop: 16_777_217, step: 1 } }],
    ['spec.images', { images: { start: 0, stop: 1, step: 0 } }],
    ['spec.images', { images: { start: 0, stop: 1.5, step: 1 } }],
    ['spec.sigma', { sigma: 0 }],
    ['spec.sigma', { sigma: 1e6 + 1 }],
    ['spec.sigma', { sigma: NaN }],
    ['spec.seed', { seed: '18446744073709551616' }],
    ['spec.seed', { seed: '01' }],
    ['spec.seed', { seed: '' }],
    ['spec.normalisation.input_scale', normalisation({ inputScale: 0 })],
    ['spec.normalisation.input_scale', normalisation({ inputScale: Infinity })],
    ['spec.normalisation.mean', normalisation({ mean: [] })],
    ['spec.normalisation.mean', normalisation({ mean: [NaN] })],
    ['spec.normalisation.std', normalisation({ std: [0] })],
    ['spec.normalisation.std', normalisation({ std: new Array<number>(4097).fill(1) })],
    ['spec.output', { output: '' }],
    ['spec.batch', { batch: 0 }],
    ['spec.batch', { batch: 4097 }],
    ['spec.alpha', { alpha: 0.26 }],
    ['spec.alpha', { alpha: 0 }],
    ['spec.bound', { bound: 'clopper-pearson' }],
    ['spec.gain.min_gain', { stop: { kind: 'gain', minGain: -1 } }],
    ['spec.two_stage.min_gain', { stop: { kind: 'two-stage', minGain: NaN }, bound: 'clopper-pearson' }],
    ['spec.target.radii', { stop: { kind: 'target', radii: ['0.5', '0.25'] }, bound: 'anytime' }],
    ['spec.target.radii', { stop: { kind: 'target', radii: [] }, bound: 'anytime' }],
    [
      'spec.target.radii',
      {
        stop: { kind: 'target', radii: Array.from({ length: 1025 }, (_, i) => String(i)) },
        bound: 'anytime',
      },
    ],
    ['spec.fixed.selection', { stop: { kind: 'fixed', selection: 0 }, bound: 'clopper-pearson' }],
    ['spec.runner_up', { runnerUp: true, noise: 'laplace' }],
    ['spec.max_samples', { maxSamples: 0 }],
    ['spec.max_samples', { maxSamples: 1e9 + 1 }],
    ['spec.max_samples', { maxSamples: 1 }],
    ['spec.max_samples', { maxSamples: 1e9 }],
    [
      'spec.max_samples',
      { stop: { kind: 'two-stage', minGain: 0.02 }, bound: 'clopper-pearson', maxSamples: 64 },
    ],
  ])('is refused for its %s', (field, more) => expect(Object.keys(faultsOf(more))).toEqual([field]));

  it('is refused for all its fields at once, in sentences without flags', () => {
    expect(faultsOf({ sigma: -1, alpha: 0.5, bound: 'clt', seed: 'x' })).toEqual({
      'spec.sigma': 'is -1, not a number above 0 and of at most 1000000',
      'spec.seed': 'is not a whole number from 0 to 2^64 − 1',
      'spec.alpha': '0.5 is outside [1e-12, 0.25], where the bounds are proved and checked',
      'spec.bound':
        'clt is not offered with the stopping rule gain: the normal approximation is no bound, and is there to be studied at a fixed number of samples alone',
    });
    expect(faultsOf({ maxSamples: 1 })).toEqual({
      'spec.max_samples':
        'does not fit: With 1 samples and α = 0.001, not even votes that all agree would certify an image',
    });
    expect(() => checkSpec({ ...SPEC, sigma: 0 })).toThrow('spec.sigma is 0, not a number above 0');
  });

  it('is refused for a runner-up that does not go with it, in a sentence without flags', () => {
    expect(faultsOf({ runnerUp: true, noise: 'laplace' })).toEqual({
      'spec.runner_up':
        'is not offered with the stopping rule gain, the bound spending and laplace noise: the theorem for the probabilities of two outcomes is about Gaussian noise',
    });
  });

  it('is refused for a radius that the noise cannot reach, in a sentence without flags', () => {
    const far = { stop: { kind: 'target', radii: ['0.25', '2'] }, bound: 'anytime' } as const;
    expect(faultsOf({ ...far, noise: 'uniform' })).toEqual({
      'spec.target.radii':
        'does not fit: With uniform noise of σ = 0.5 (λ = 0.866), no votes certify a radius of 2: all radii are below 0.8660254037844385',
    });
    expect(faultsOf({ ...far, noise: 'laplace' })).toEqual({});
  });

  it('does not take a fault of ours for one of the request', () => {
    const broken = { ...SPEC, stop: null } as unknown as JobSpec;
    expect(() => checkSpec(broken)).toThrow(TypeError);
  });
});
