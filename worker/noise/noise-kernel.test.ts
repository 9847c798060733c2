import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { GENERATORS, NoiseKernel } from './noise-kernel.js';
import { loadGenerator } from './generator-module.js';
import { normal, philox4x32, type Words } from '../../test/support/noise-reference.js';

const MAX_SEED = 2n ** 64n - 1n;
const MAX_WORD = 0xffffffff;
const PI_COUNTER: Words = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
const PI_KEY: readonly [number, number] = [0xa4093822, 0x299f31d0];
const seeds = fc.bigInt({ min: 0n, max: MAX_SEED });
const u32 = fc.nat({ max: MAX_WORD });
const samples = fc.oneof(
  fc.nat({ max: 100_000 }),
  fc.integer({ min: 2 ** 32 - 8, max: 2 ** 32 + 8 }),
  fc.maxSafeNat().map((value) => Math.min(value, 2 ** 53 - 16)),
);
const dimensions = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(1008, 1023, 1024, 1025, 1041, 2050),
);

/** Element values with no pattern that noise could hide in. */
function ramp(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, j) => scale * (1 + ((j * 7919) % 101) / 101));
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(Buffer.from(bits(a).buffer), Buffer.from(bits(b).buffer)) === 0;
}

async function kernelOf(dimension: number, batch: number, seed: bigint): Promise<NoiseKernel> {
  const kernel = await NoiseKernel.create({
    dimension,
    batch,
    seed,
    gain: new Float32Array(dimension).fill(1),
  });
  kernel.setImage(new Float32Array(dimension));
  return kernel;
}

describe('the WebAssembly module', () => {
  it.each<readonly [Words, readonly [number, number], string]>([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[MAX_WORD, MAX_WORD, MAX_WORD, MAX_WORD], [MAX_WORD, MAX_WORD], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [PI_COUNTER, PI_KEY, 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])(
    'gives Philox words as published (Random123, kat_vectors): counter %j, key %j',
    async (c, key, answer) => {
      const module = await loadGenerator();
      module.setKey(...key);
      const out = module.heapBase();
      module.philox(...c, 1, out);
      const words = new Uint32Array(module.memory.buffer, out, 16);
      const first = [0, 4, 8, 12].map((i) => words[i]!.toString(16).padStart(8, '0'));
      expect(first.join(' ')).toBe(answer);
    },
  );

  it('gives the words of the reference for any counter and key', async () => {
    const module = await loadGenerator();
    const out = module.heapBase();
    const words = new Uint32Array(module.memory.buffer, out, 32);
    fc.assert(
      fc.property(fc.nat({ max: 0xfffffff8 }), u32, u32, u32, u32, u32, (c0, c1, c2, c3, k0, k1) => {
        module.setKey(k0, k1);
        module.philox(c0, c1, c2, c3, 2, out);
        for (let block = 0; block < 8; block++) {
          const place = (block >> 2) * 16 + (block % 4);
          const got = [0, 4, 8, 12].map((i) => words[place + i]);
          expect(got).toEqual(philox4x32([c0 + block, c1, c2, c3], [k0, k1]));
        }
      }),
    );
  });
});

describe('NoiseKernel', () => {
  it('gives the bits of the reference for any seed, image, sample and dimension', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, u32, samples, dimensions, async (seed, image, sample, dimension) => {
        const gain = ramp(dimension, 0.3);
        const base = ramp(dimension, -0.9);
        const kernel = await NoiseKernel.create({ dimension, batch: 3, seed, gain });
        kernel.setImage(base);
        kernel.draw(1, image, sample, 2);
        const expected = new Float32Array(3 * dimension);
        for (let row = 1; row < 3; row++) {
          for (let j = 0; j < dimension; j++) {
            const scaled = Math.fround(gain[j]! * normal(seed, image, sample + row - 1, j));
            expected[row * dimension + j] = base[j]! + scaled;
          }
        }
        expect(bits(kernel.input)).toEqual(bits(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the bits that this version of the generator always gave', async () => {
    expect(GENERATORS.gaussian).toEqual({ name: 'philox4x32-10/box-muller-f32', version: 1 });
    const kernel = await kernelOf(20, 1, 0x0123456789abcdefn);
    kernel.draw(0, 41, 2 ** 32 + 1, 1);
    const got = Array.from(bits(kernel.input), (word) => word.toString(16).padStart(8, '0'));
    expect(got.join(' ')).toBe(
      '3f7cddd1 bfa9eb8f bef89825 bf29de1b bef56468 3faa612c 3dfd1198 bfb67053 3f587ad0 bf90113d ' +
        'bf6c3c0f beadadc8 bef3b977 3f07aac9 3f3fdd8c 3f4c292a 4006aed3 3fee8429 be1522b9 bf3fd676',
    );
  });

  it('gives a sample the same noise in any row, order, batch and dimension', async () => {
    const order = [5, 2, 7, 0, 3, 6, 1, 4];
    const one = await kernelOf(50, 1, 77n);
    const many = await kernelOf(50, 8, 77n);
    const wide = await kernelOf(1111, 8, 77n);
    many.draw(0, 3, 100, 8);
    for (const row of order) wide.draw(row, 3, 100 + row, 1);
    for (const sample of order) {
      one.draw(0, 3, 100 + sample, 1);
      expect(many.input.slice(sample * 50, (sample + 1) * 50)).toEqual(one.input);
      expect(wide.input.slice(sample * 1111, sample * 1111 + 50)).toEqual(one.input);
    }
  });

  it('leaves the other rows as they were, whatever the dimension', async () => {
    for (const dimension of [1, 7, 15, 16, 17, 100]) {
      const kernel = await kernelOf(dimension, 4, 1n);
      kernel.input.fill(9);
      kernel.draw(1, 0, 0, 2);
      expect(kernel.input.subarray(0, dimension).every((x) => x === 9)).toBe(true);
      expect(kernel.input.subarray(3 * dimension).every((x) => x === 9)).toBe(true);
      expect(kernel.input.subarray(dimension, 3 * dimension).some((x) => x === 9)).toBe(false);
      kernel.draw(0, 0, 0, 0);
      expect(kernel.input.subarray(0, dimension).every((x) => x === 9)).toBe(true);
    }
  });

  it('draws the next image on the next image, with its own noise', async () => {
    const kernel = await kernelOf(40, 2, 5n);
    const base = ramp(40, 3);
    kernel.draw(0, 8, 0, 1);
    const zero = kernel.input.slice(0, 40);
    kernel.setImage(base);
    kernel.draw(1, 8, 0, 1);
    expect(kernel.input.subarray(40)).toEqual(zero.map((z, j) => z + base[j]!));
  });

  it('keeps its input where it is, and two kernels apart', async () => {
    const first = await kernelOf(300_000, 2, 5n);
    const { buffer } = first.input;
    first.draw(0, 0, 0, 2);
    const before = first.input.slice();
    const second = await kernelOf(300_000, 2, 6n);
    second.draw(0, 0, 0, 2);
    expect(first.input.buffer).toBe(buffer);
    expect(isSame(first.input, before)).toBe(true);
    expect(isSame(second.input, before)).toBe(false);
  });

  it('refuses a batch of more than 4 GiB in one sentence', async () => {
    const gain = new Float32Array(1_000_000).fill(1);
    const refused = NoiseKernel.create({ dimension: 1_000_000, batch: 1_080, seed: 0n, gain });
    await expect(refused).rejects.toThrow(SmoothcertError);
    await expect(refused).rejects.toMatchObject({
      code: 'MODEL_INPUT_UNSUPPORTED',
      message: expect.stringMatching(
        /^A batch of 1080 inputs of 1000000 numbers needs 4\.03 GiB, more than/,
      ) as string,
    });
  });

  it.each([
    [{ dimension: 0, batch: 1, seed: 0n, gain: new Float32Array(0) }, 'dimension 0'],
    [{ dimension: 2, batch: 1.5, seed: 0n, gain: new Float32Array(2) }, 'batch 1.5'],
    [{ dimension: 1, batch: 1, seed: -1n, gain: new Float32Array(1) }, 'seed -1'],
    [{ dimension: 1, batch: 1, seed: MAX_SEED + 1n, gain: new Float32Array(1) }, 'seed 18446744073709551616'],
    [{ dimension: 2, batch: 1, seed: 0n, gain: Float32Array.of(1) }, 'gain has 1 elements, not 2'],
    [{ dimension: 2, batch: 1, seed: 0n, gain: Float32Array.of(1, 0) }, 'gain is not finite and above 0'],
    [{ dimension: 2, batch: 1, seed: 0n, gain: Float32Array.of(1, NaN) }, 'gain is not finite and above 0'],
    [
      { dimension: 2, batch: 1, seed: 0n, gain: Float32Array.of(Infinity, 1) },
      'gain is not finite and above 0',
    ],
  ])('refuses options out of range: %s', async (options, message) => {
    await expect(NoiseKernel.create(options)).rejects.toThrow(message);
  });

  it('refuses draws out of range, and writes nothing then', async () => {
    const kernel = await kernelOf(4, 3, 0n);
    expect(() => kernel.draw(-1, 0, 0, 1)).toThrow('row -1');
    expect(() => kernel.draw(2, 0, 0, 2)).toThrow('row 2');
    expect(() => kernel.draw(0, 0, 0, 4)).toThrow('count 4');
    expect(() => kernel.draw(0, 2 ** 32, 0, 1)).toThrow('image 4294967296');
    expect(() => kernel.draw(0, 0, 0.5, 1)).toThrow('firstSample 0.5');
    expect(() => kernel.draw(0, 0, 2 ** 53 - 1, 3)).toThrow('firstSample 9007199254740991');
    expect(() => kernel.setImage(new Float32Array(5))).toThrow('5 elements, not 4');
    expect(kernel.input).toEqual(new Float32Array(12));
    kernel.draw(0, 2 ** 32 - 1, 2 ** 53 - 3, 3);
    expect(kernel.input.every((x) => x !== 0)).toBe(true);
  });
});
