import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { NOISE_KINDS, type NoiseKind } from '../../shared/job.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { elementOf, stepsOf } from '../../test/support/noise-reference.js';
import { GENERATOR, NoiseKernel } from './noise-kernel.js';
import type { NoiseKernelOptions } from './kernel-options.js';

const MAX_SEED = 2n ** 64n - 1n;
const MAX_WORD = 0xffffffff;
const seeds = fc.bigInt({ min: 0n, max: MAX_SEED });
const u32 = fc.nat({ max: MAX_WORD });
const kinds = fc.constantFrom(...NOISE_KINDS);
/** From noise of hardly any step to buckets that hold many thresholds. */
const ratios = fc.constantFrom('0.5', '0.77', '3.1', '32', '45.0779', '63.75', '255', '1020');
const samples = fc.oneof(
  fc.nat({ max: 100_000 }),
  fc.integer({ min: 2 ** 32 - 8, max: 2 ** 32 + 8 }),
  fc.maxSafeNat().map((value) => Math.min(value, 2 ** 53 - 16)),
);
/** Around the ends of groups of 32 and of chunks of 2,048. */
const dimensions = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(991, 1023, 1024, 1025, 2047, 2048, 2049, 2081, 2112),
);

/** Element values with no pattern that noise could hide in. */
function ramp(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, j) => scale * (1 + ((j * 7919) % 101) / 101));
}

/** Lattice points of both signs with no pattern either. */
function pointsOf(length: number): Int32Array {
  return Int32Array.from({ length }, (_, j) => ((j * 104_729) % 511) - 255);
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(Buffer.from(bits(a).buffer), Buffer.from(bits(b).buffer)) === 0;
}

/** Options of a kernel whose input is K itself. */
function plain(
  dimension: number,
  batch: number,
  seed: bigint,
  kind: NoiseKind = 'gaussian',
): NoiseKernelOptions {
  const gain = new Float32Array(dimension).fill(1);
  return { dimension, batch, seed, kind, ratio: '63.75', gain, shift: new Float32Array(dimension) };
}

describe('NoiseKernel', () => {
  it('gives the bits of the reference for any noise, seed, image, sample and dimension', async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds,
        ratios,
        seeds,
        u32,
        samples,
        dimensions,
        async (kind, ratio, seed, image, sample, dimension) => {
          const gain = ramp(dimension, 0.3);
          const shift = ramp(dimension, -0.9);
          const points = pointsOf(dimension);
          const kernel = await NoiseKernel.create({ dimension, batch: 3, seed, kind, ratio, gain, shift });
          kernel.setImage(points);
          kernel.draw(1, image, sample, 2);
          const { values } = thresholdsOf(kind, ratio);
          const expected = new Float32Array(3 * dimension);
          for (let row = 1; row < 3; row++) {
            for (let element = 0; element < dimension; element++) {
              const steps = stepsOf({ kind, seed, image, sample: sample + row - 1, element }, values);
              const value = elementOf(points[element]!, steps, gain[element]!, shift[element]!);
              expected[row * dimension + element] = value;
            }
          }
          expect(bits(kernel.input)).toEqual(bits(expected));
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it.each(NOISE_KINDS)(
    'gives the bits of the reference for %s noise on a lattice of 4,096 steps a scale',
    async (kind) => {
      const kernel = await NoiseKernel.create({ ...plain(300, 1, 3n, kind), ratio: '4096' });
      kernel.draw(0, 17, 5, 1);
      const { values } = thresholdsOf(kind, '4096');
      const expected = Array.from({ length: 300 }, (_, element) =>
        stepsOf({ kind, seed: 3n, image: 17, sample: 5, element }, values),
      );
      expect(Array.from(kernel.input)).toEqual(expected);
    },
  );

  it.each([
    [
      'gaussian',
      '63.75',
      '-34 8 -69 -61 174 76 -57 -35 -122 -59 -89 -20 -25 6 -15 94 48 20 -84 -6 -47 -1 80 31 -53 -61 93 11 58 18 -41 -10 19 -81 113 -82 15 106 1 17',
    ],
    [
      'laplace',
      '63.75',
      '-19 16 75 -129 -52 -81 -26 -17 -21 -22 -8 -48 -41 14 94 -246 -173 -133 -57 141 -13 -23 2 67 115 -53 -62 22 3 -5 83 -43 -39 -13 -4 -75 87 125 -30 -27',
    ],
    [
      'uniform',
      '63.75',
      '43 39 -35 35 15 60 -52 43 -10 54 -63 37 12 39 -46 21 61 57 26 -31 55 -25 -34 -36 34 29 -38 34 19 -15 -3 35 -47 22 -50 38 -37 21 -28 -59',
    ],
    // About every third of these takes further bits.
    [
      'gaussian',
      '4096',
      '-2191 487 -4404 -3895 11166 4855 -3678 -2260 -7808 -3779 -5699 -1303 -1621 408 -945 6065 3096 1300 -5389 -398 -3013 -69 5163 1995 -3397 -3934 5956 723 3735 1129 -2614 -660 1194 -5192 7240 -5240 940 6813 85 1108',
    ],
  ] as const)('gives the bits that this version always gave: %s noise at %s', async (kind, ratio, steps) => {
    expect(GENERATOR).toEqual({ name: 'philox4x32-10/lattice', version: 1 });
    const kernel = await NoiseKernel.create({ ...plain(40, 1, 0x0123456789abcdefn, kind), ratio });
    kernel.draw(0, 41, 2 ** 32 + 1, 1);
    expect(kernel.input.join(' ')).toBe(steps);
  });

  it('gives a sample the same noise in any row, order, batch and dimension', async () => {
    const order = [5, 2, 7, 0, 3, 6, 1, 4];
    const one = await NoiseKernel.create(plain(50, 1, 77n));
    const many = await NoiseKernel.create(plain(50, 8, 77n));
    const wide = await NoiseKernel.create(plain(2222, 8, 77n));
    many.draw(0, 3, 100, 8);
    for (const row of order) wide.draw(row, 3, 100 + row, 1);
    for (const sample of order) {
      one.draw(0, 3, 100 + sample, 1);
      expect(many.input.slice(sample * 50, (sample + 1) * 50)).toEqual(one.input);
      expect(wide.input.slice(sample * 2222, sample * 2222 + 50)).toEqual(one.input);
    }
  });

  it('leaves the other rows as they were, whatever the dimension', async () => {
    for (const dimension of [1, 7, 31, 32, 33, 100]) {
      const kernel = await NoiseKernel.create({ ...plain(dimension, 4, 1n), ratio: '1020' });
      kernel.input.fill(0.5);
      kernel.draw(1, 0, 0, 2);
      expect(kernel.input.subarray(0, dimension).every((x) => x === 0.5)).toBe(true);
      expect(kernel.input.subarray(3 * dimension).every((x) => x === 0.5)).toBe(true);
      expect(kernel.input.subarray(dimension, 3 * dimension).every(Number.isInteger)).toBe(true);
      kernel.draw(0, 0, 0, 0);
      expect(kernel.input.subarray(0, dimension).every((x) => x === 0.5)).toBe(true);
    }
  });

  it('draws the next image on the next image, with its own noise', async () => {
    const kernel = await NoiseKernel.create(plain(40, 2, 5n));
    const points = pointsOf(40);
    kernel.draw(0, 8, 0, 1);
    const onZero = kernel.input.slice(0, 40);
    kernel.setImage(points);
    kernel.draw(1, 8, 0, 1);
    expect(kernel.input.subarray(40)).toEqual(onZero.map((steps, j) => steps + points[j]!));
    kernel.draw(0, 9, 0, 1);
    expect(isSame(kernel.input.subarray(0, 40), kernel.input.subarray(40))).toBe(false);
  });

  it('keeps its input where it is, and two kernels apart', async () => {
    const first = await NoiseKernel.create(plain(300_000, 2, 5n));
    const { buffer } = first.input;
    first.draw(0, 0, 0, 2);
    const before = first.input.slice();
    const second = await NoiseKernel.create({ ...plain(300_000, 2, 5n), ratio: '255' });
    second.draw(0, 0, 0, 2);
    first.draw(1, 0, 1, 1);
    expect(first.input.buffer).toBe(buffer);
    expect(isSame(first.input, before)).toBe(true);
    expect(isSame(second.input, before)).toBe(false);
  });

  it('refuses a batch of more than 4 GiB in one sentence', async () => {
    const refused = NoiseKernel.create(plain(1_000_000, 1_080, 0n));
    await expect(refused).rejects.toThrow(SmoothcertError);
    await expect(refused).rejects.toMatchObject({
      code: 'MODEL_INPUT_UNSUPPORTED',
      message: expect.stringMatching(
        /^A batch of 1080 inputs of 1000000 numbers needs 4\.03 GiB, more than/,
      ) as string,
    });
  });

  it.each([
    [{ dimension: 0 }, 'dimension 0'],
    [{ batch: 1.5 }, 'batch 1.5'],
    [{ seed: -1n }, 'seed -1'],
    [{ seed: MAX_SEED + 1n }, 'seed 18446744073709551616'],
    [{ ratio: '0.4' }, 'the ratio 0.4'],
    [{ gain: Float32Array.of(1) }, 'gain has 1 elements, not 2'],
    [{ shift: Float32Array.of(1, 1, 1) }, 'shift has 3 elements, not 2'],
    [{ gain: Float32Array.of(1, 0) }, 'gain is not finite and above 0'],
    [{ gain: Float32Array.of(1, NaN) }, 'gain is not finite and above 0'],
    [{ gain: Float32Array.of(Infinity, 1) }, 'gain is not finite and above 0'],
    [{ shift: Float32Array.of(0, NaN) }, 'shift is not finite'],
    [{ shift: Float32Array.of(-Infinity, 0) }, 'shift is not finite'],
  ])('refuses options out of range: %s', async (options, message) => {
    await expect(NoiseKernel.create({ ...plain(2, 1, 0n), ...options })).rejects.toThrow(message);
  });

  it('refuses draws out of range, and writes nothing then', async () => {
    const kernel = await NoiseKernel.create(plain(4, 3, 0n));
    expect(() => kernel.draw(-1, 0, 0, 1)).toThrow('row -1');
    expect(() => kernel.draw(2, 0, 0, 2)).toThrow('row 2');
    expect(() => kernel.draw(0, 0, 0, 4)).toThrow('count 4');
    expect(() => kernel.draw(0, 2 ** 32, 0, 1)).toThrow('image 4294967296');
    expect(() => kernel.draw(0, 0, 0.5, 1)).toThrow('firstSample 0.5');
    expect(() => kernel.draw(0, 0, 2 ** 53 - 1, 3)).toThrow('firstSample 9007199254740991');
    expect(() => kernel.setImage(new Int32Array(5))).toThrow('5 elements, not 4');
    expect(kernel.input).toEqual(new Float32Array(12));
    kernel.draw(0, 2 ** 32 - 1, 2 ** 53 - 3, 3);
    expect(kernel.input.every((x) => x !== 0)).toBe(true);
  });

  it('refuses points that the largest noise could carry out of the integers', async () => {
    const kernel = await NoiseKernel.create(plain(2, 1, 0n));
    const farthest = 2 ** 31 - 1 - thresholdsOf('gaussian', '63.75').largest;
    kernel.setImage(Int32Array.of(farthest, -farthest));
    const message = `a point of the image is not within ±${farthest}`;
    expect(() => kernel.setImage(Int32Array.of(0, farthest + 1))).toThrow(message);
    expect(() => kernel.setImage(Int32Array.of(-farthest - 1, 0))).toThrow(message);
  });
});
