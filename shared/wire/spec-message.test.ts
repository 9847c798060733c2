import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged, spec, throwsOnly } from '../../test/support/wire-messages.js';
import { RequestError } from '../errors.js';
import { decodeMessage } from './codec.js';
import { DEFAULT_BOUNDS } from '../job-spec.js';
import { NOISE_NUMBERS } from './enums.js';
import { smoothcert } from './generated.js';
import { isExtended, specOfWire, specToWire } from './spec-message.js';

const Wire = smoothcert.v1.JobSpec;
type WireSpec = smoothcert.v1.JobSpec.$Properties;
const D = 'ab'.repeat(32);
const least: WireSpec = { model: { digest: D }, data: { digest: D }, sigma: 0.5 };

const received = (wire: object) => decodeMessage('a job spec', Wire, Wire.encode(wire).finish());

/** Returns the faults of a spec, as field → description. */
function faultsOf(wire: object | null): Record<string, string> {
  try {
    specOfWire(wire === null ? null : received(wire));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return Object.fromEntries(error.faults.map(({ field, description }) => [field, description]));
  }
  return {};
}

describe('a spec', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(spec, (one) => {
        const wire = specToWire(one);
        expect(specOfWire(wire)).toEqual(one);
        expect(specOfWire(received(wire))).toEqual(one);
      }),
    );
  });

  it('has every default filled in', () => {
    expect(specOfWire(least)).toEqual({
      model: { digest: D, fileDigest: D, weights: [], uri: null },
      data: { digest: D, uri: null },
      images: null,
      noise: 'gaussian',
      sigma: 0.5,
      seed: null,
      layout: 'auto',
      output: null,
      batch: null,
      device: 'cpu',
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      alpha: 0.001,
      bound: 'spending',
      stop: { kind: 'gain', minGain: 0.02 },
      maxSamples: 100_000,
      runnerUp: false,
      simultaneous: false,
    });
    expect(
      specOfWire({ ...least, alpha: 0, maxSamples: 0, batch: 0, normalisation: { inputScale: 0 } }),
    ).toEqual(specOfWire(least));
    expect(specOfWire({ ...least, images: { start: 2, stop: 5, step: 0 } }).images).toEqual({
      start: 2,
      stop: 5,
      step: 1,
    });
  });

  it('names every noise but Gaussian, whose bytes are those of a spec that knows no other', () => {
    for (const [noise, number] of Object.entries(NOISE_NUMBERS)) {
      expect(specOfWire({ ...least, noise: number }).noise).toBe(noise);
      const wire = specToWire(specOfWire({ ...least, noise: number }));
      expect(wire.noise).toBe(noise === 'gaussian' ? undefined : number);
    }
    expect(faultsOf({ ...least, noise: 4 })).toEqual({
      'spec.noise': 'has the value 4, which this version does not know',
    });
  });

  it('has the usual bound of its rule', () => {
    const rules: WireSpec[] = [{ gain: {} }, { target: { radii: ['0.5'] } }, { twoStage: {} }, { fixed: {} }];
    const found = rules.map((rule) => specOfWire({ ...least, ...rule }));
    expect(found.map(({ stop }) => stop)).toEqual([
      { kind: 'gain', minGain: 0.02 },
      { kind: 'target', radii: ['0.5'] },
      { kind: 'two-stage', minGain: 0.02 },
      { kind: 'fixed', selection: 100 },
    ]);
    for (const { stop, bound } of found) expect(bound).toBe(DEFAULT_BOUNDS[stop.kind]);
  });

  it('keeps counts only where it says so, and is then no spec that version 0.1.0 reads', () => {
    const [plain, kept] = [{ selection: 7 }, { selection: 7, keepCounts: true }].map((fixed) =>
      specOfWire({ ...least, fixed }),
    );
    expect(plain!.stop).toEqual({ kind: 'fixed', selection: 7 });
    expect(kept!.stop).toEqual({ kind: 'fixed', selection: 7, keepCounts: true });
    expect([plain!, kept!].map(isExtended)).toEqual([false, true]);
  });

  it('tells a price of 0 from none', () => {
    expect(specOfWire({ ...least, gain: { minGain: 0 } }).stop).toEqual({ kind: 'gain', minGain: 0 });
  });

  it('takes the last rule of several on the wire', () => {
    const both = Buffer.concat(
      [{ fixed: { selection: 7 } }, { twoStage: {} }].map((w) => Wire.encode(w).finish()),
    );
    const bytes = Buffer.concat([Wire.encode(least).finish(), both]);
    expect(specOfWire(Wire.decode(bytes)).stop).toEqual({ kind: 'two-stage', minGain: 0.02 });
  });

  it('has equal seeds written equally', () => {
    expect(specOfWire({ ...least, seed: '007' }).seed).toBe('7');
  });

  it('may have fields of a later version', () => {
    const later = Buffer.concat([Wire.encode(least).finish(), Buffer.from([0xfa, 0x3f, 3, 1, 2, 3])]);
    expect(specOfWire(Wire.decode(later))).toEqual(specOfWire(least));
  });
});

const weights = (path: string, file = D): WireSpec => ({
  model: { digest: D, fileDigest: 'cd'.repeat(32), weights: [{ path, digest: file }] },
});
const outside = "is not a path below the model's own folder";

const FAULTS: [string, object, string, string][] = [
  ['no model', { model: null }, 'spec.model.digest', 'is missing'],
  ['no data', { data: null }, 'spec.data.digest', 'is missing'],
  [
    'a short digest',
    { model: { digest: 'ab' } },
    'spec.model.digest',
    'is not a sha256: 64 hex digits in lower case',
  ],
  [
    'capitals',
    { data: { digest: 'AB'.repeat(32) } },
    'spec.data.digest',
    'is not a sha256: 64 hex digits in lower case',
  ],
  [
    'a file digest that contradicts',
    { model: { digest: D, fileDigest: 'cd'.repeat(32) } },
    'spec.model.file_digest',
    'is another digest than that of the model, which has no weight files',
  ],
  [
    'no file digest',
    { model: { digest: D, weights: [{ path: 'w', digest: D }] } },
    'spec.model.file_digest',
    'is missing',
  ],
  ['an empty path', weights(''), 'spec.model.weights[0].path', outside],
  ['an absolute path', weights('/etc/w'), 'spec.model.weights[0].path', outside],
  ['a path upwards', weights('a/../../w'), 'spec.model.weights[0].path', outside],
  ['a path with backslashes', weights('a\\w'), 'spec.model.weights[0].path', outside],
  ['a path with a drive', weights('C:w'), 'spec.model.weights[0].path', outside],
  ['a path with a zero', weights('a\0'), 'spec.model.weights[0].path', outside],
  ['a long path', weights('a'.repeat(1025)), 'spec.model.weights[0].path', 'is longer than 1024 characters'],
  ['a weight file without digest', weights('w', ''), 'spec.model.weights[0].digest', 'is missing'],
  [
    'a weight file twice',
    { model: { digest: D, fileDigest: D, weights: [0, 1].map(() => ({ path: 'w', digest: D })) } },
    'spec.model.weights',
    'names a file twice',
  ],
  [
    'images that end where they begin',
    { images: { start: 3, stop: 3 } },
    'spec.images.stop',
    'is not above start',
  ],
  ['no sigma', { sigma: 0 }, 'spec.sigma', 'is not a number above 0 and of at most 1000000'],
  ['a negative sigma', { sigma: -1 }, 'spec.sigma', 'is not a number above 0 and of at most 1000000'],
  ['a sigma of −0', { sigma: -0 }, 'spec.sigma', 'is not a number above 0 and of at most 1000000'],
  ['a sigma that is none', { sigma: NaN }, 'spec.sigma', 'is not a number above 0 and of at most 1000000'],
  ['an endless sigma', { sigma: Infinity }, 'spec.sigma', 'is not a number above 0 and of at most 1000000'],
  ['an alpha that is none', { alpha: NaN }, 'spec.alpha', 'is not a number above 0 and of at most 1'],
  ['a negative alpha', { alpha: -0.1 }, 'spec.alpha', 'is not a number above 0 and of at most 1'],
  ['an alpha above 1', { alpha: 1.5 }, 'spec.alpha', 'is not a number above 0 and of at most 1'],
  ['a seed in hex', { seed: '0x10' }, 'spec.seed', 'is not a whole number from 0 to 2^64 − 1'],
  ['a seed of 2^64', { seed: String(2n ** 64n) }, 'spec.seed', 'is not a whole number from 0 to 2^64 − 1'],
  [
    'a scale that is none',
    { normalisation: { inputScale: NaN } },
    'spec.normalisation.input_scale',
    'is not a number above 0 and of at most 1000000000',
  ],
  [
    'a std of 0',
    { normalisation: { std: [1, 0] } },
    'spec.normalisation.std[1]',
    'is not a number above 0 and of at most 1000000000',
  ],
  [
    'an endless mean',
    { normalisation: { mean: [-Infinity] } },
    'spec.normalisation.mean[0]',
    'is not a number of at least -1000000000 and of at most 1000000000',
  ],
  ['a layout', { layout: 99 }, 'spec.layout', 'has the value 99, which this version does not know'],
  ['a device', { device: -1 }, 'spec.device', 'has the value -1, which this version does not know'],
  ['a bound', { bound: 99 }, 'spec.bound', 'has the value 99, which this version does not know'],
  ['a large batch', { batch: 4097 }, 'spec.batch', 'is not a whole number of at least 1 and of at most 4096'],
  [
    'too many samples',
    { maxSamples: 1e9 + 1 },
    'spec.max_samples',
    'is not a whole number of at least 1 and of at most 1000000000',
  ],
  [
    'a selection too large',
    { fixed: { selection: 1e9 + 1 } },
    'spec.fixed.selection',
    'is not a whole number of at least 1 and of at most 1000000000',
  ],
  ['a price that is none', { gain: { minGain: NaN } }, 'spec.gain.min_gain', 'is not a number of at least 0'],
  [
    'a negative price',
    { twoStage: { minGain: -1 } },
    'spec.two_stage.min_gain',
    'is not a number of at least 0',
  ],
  ['no radii', { target: {} }, 'spec.target.radii', 'is empty'],
  [
    'a radius that is none',
    { target: { radii: ['0.5', '1e3'] } },
    'spec.target.radii[1]',
    'is not a plain decimal of at least 0',
  ],
  ['a long output', { output: 'a'.repeat(4097) }, 'spec.output', 'is longer than 4096 characters'],
  [
    'a long place',
    { data: { digest: D, uri: 'a'.repeat(4097) } },
    'spec.data.uri',
    'is longer than 4096 characters',
  ],
];

describe('a spec that cannot be', () => {
  it.each(FAULTS)('names the field: %s', (_, part, field, description) => {
    expect(faultsOf({ ...least, ...part })).toHaveProperty([field], description);
  });

  it('tells all that is wrong at once', () => {
    const found = faultsOf({ sigma: -1, alpha: 7, seed: 'x', device: 9 });
    expect(Object.keys(found).sort()).toEqual([
      'spec.alpha',
      'spec.data.digest',
      'spec.device',
      'spec.model.digest',
      'spec.seed',
      'spec.sigma',
    ]);
    expect(Object.keys(faultsOf(null))).toEqual(['spec.model.digest', 'spec.data.digest', 'spec.sigma']);
  });

  it('tells no more than a person reads', () => {
    const radii = Array.from({ length: 1000 }, () => 'x');
    expect(() => specOfWire({ ...least, target: { radii } })).toThrow(
      expect.objectContaining({ faults: expect.objectContaining({ length: 64 }) as unknown }) as Error,
    );
  });

  it('is refused for that, however it was damaged', () => {
    fc.assert(
      fc.property(spec, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (one, cut, at, flip) => {
        for (const bytes of damaged(Wire.encode(specToWire(one)).finish(), cut, at, flip)) {
          const wire = decoded(bytes);
          if (wire) throwsOnly(['REQUEST_INVALID'], () => specOfWire(wire));
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Null where protobuf itself refuses the bytes. */
function decoded(bytes: Uint8Array): WireSpec | null {
  try {
    return Wire.decode(bytes);
  } catch {
    return null;
  }
}
