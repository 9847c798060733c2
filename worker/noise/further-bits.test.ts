/**
 * Tests the bits that decide where the first 16 do not: that they are independent of those, and that steps follow from them
 * with the probabilities that the thresholds say. Checks are p-values of the true law, and pass if above FALSE_ALARM.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { chiSquare, twoSided } from '../../test/support/lattice-law.js';
import { type GeneratorModule, loadGenerator } from './generator-module.js';
import { lawTable } from './law-table.js';
import { NoiseKernel } from './noise-kernel.js';

const DIMENSION = 1024;
const SAMPLES = 1024;
const SEED = 0x66757274686572n;
const IMAGE = 3;
const FALSE_ALARM = 1e-6;
/** Gaussian noise: its further bits have the tag 1. */
const FURTHER_TAG = 2 ** 24;

let module: GeneratorModule;
beforeAll(async () => {
  module = await loadGenerator();
  module.setKey(Number(SEED % 2n ** 32n), Number(SEED >> 32n));
});

/** Returns the first 16 bits of all elements of a sample. */
function firstBits(sample: number): Uint16Array {
  const out = module.heapBase();
  module.philox(0, sample, IMAGE, 0, DIMENSION / 64, out);
  return new Uint16Array(module.memory.buffer, out, DIMENSION).slice();
}

/** Returns the upper 16 of the further bits of all elements of a sample. */
function furtherBits(sample: number): Uint16Array {
  const out = module.heapBase();
  module.philox(0, sample, IMAGE, FURTHER_TAG, DIMENSION / 8, out);
  const words = new Uint32Array(module.memory.buffer, out, 4 * DIMENSION);
  return Uint16Array.from({ length: DIMENSION }, (_, e) => words[(e >> 2) * 16 + 4 + (e & 3)]!);
}

/** p-value of a table of 64 by 64 classes of a[e] and b[e + lag] over all samples. */
function tableOf(a: readonly Uint16Array[], b: readonly Uint16Array[], lag = 0): number {
  const table = new Float64Array(64 * 64);
  let pairs = 0;
  a.forEach((first, sample) => {
    for (let e = 0; e + lag < DIMENSION; e++) {
      table[(first[e]! >> 10) * 64 + (b[sample]![e + lag]! >> 10)]! += 1;
      pairs += 1;
    }
  });
  return chiSquare(table, new Float64Array(64 * 64).fill(pairs / 64 ** 2));
}

describe('the further bits', () => {
  const samples = Array.from({ length: 512 }, (_, sample) => sample);

  it('are independent of the first ones, of the same element and of its neighbours', () => {
    const first = samples.map(firstBits);
    const further = samples.map(furtherBits);
    for (const lag of [0, 1, 2, 8, 32]) {
      expect(tableOf(first, further, lag)).toBeGreaterThan(FALSE_ALARM);
      expect(tableOf(further, first, lag)).toBeGreaterThan(FALSE_ALARM);
    }
    expect(tableOf(further, further, 1)).toBeGreaterThan(FALSE_ALARM);
    expect(tableOf(further.slice(1), further)).toBeGreaterThan(FALSE_ALARM);
  });

  it('would be seen if they were the first ones of another element', () => {
    const first = samples.map(firstBits);
    expect(tableOf(first, first)).toBeLessThan(FALSE_ALARM);
  });
});

/** An element whose first bits left two steps or more: whether the least one was drawn, and how probable that was. */
interface Open {
  readonly isLeast: boolean;
  readonly probability: number;
}

/** p-values: how often the least step is drawn, how that depends on its probability, and on the one before. */
function decisions(open: readonly Open[]): Record<string, number> {
  const rests = open.map(({ isLeast, probability }) => (isLeast ? 1 : 0) - probability);
  const variances = open.map(({ probability }) => probability * (1 - probability));
  const test = (weightOf: (index: number) => number): number => {
    let sum = 0;
    let variance = 0;
    rests.forEach((rest, index) => {
      sum += weightOf(index) * rest;
      variance += weightOf(index) ** 2 * variances[index]!;
    });
    return twoSided(sum, 0, variance);
  };
  return {
    all: test(() => 1),
    slope: test((index) => open[index]!.probability - 0.5),
    serial: test((index) => rests[index - 1] ?? 0),
  };
}

describe('steps that the first bits leave open', () => {
  const { entries, thresholds, largest } = lawTable('gaussian', '255');
  const open: Open[] = [];
  const again: Open[] = [];

  beforeAll(async () => {
    const gain = new Float32Array(DIMENSION).fill(1);
    const shift = new Float32Array(DIMENSION);
    const options = { dimension: DIMENSION, batch: SAMPLES, seed: SEED, gain, shift };
    const kernel = await NoiseKernel.create({ ...options, kind: 'gaussian', ratio: '255' });
    kernel.draw(0, IMAGE, 0, SAMPLES);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const row = kernel.input.subarray(sample * DIMENSION, (sample + 1) * DIMENSION);
      firstBits(sample).forEach((bucket, element) => {
        const entry = entries[bucket]!;
        if ((entry & 1) === 0) return;
        const least = entry >> 1;
        const inside = thresholds[least + largest]! - (BigInt(bucket) << 48n);
        const probability = Number(inside) / 2 ** 48;
        open.push({ isLeast: row[element] === least, probability });
        // As if the first bits were taken again.
        again.push({ isLeast: bucket < 65_536 * probability, probability });
      });
    }
  });

  it('are 2.6 % of them at 255', () => {
    expect(open.length / (DIMENSION * SAMPLES)).toBeCloseTo(0.026, 3);
  });

  it('are drawn with the probabilities that the thresholds say', () => {
    const found = decisions(open);
    expect(Object.keys(found).filter((name) => !(found[name]! > FALSE_ALARM))).toEqual([]);
  });

  it('would be seen if the first bits were taken again', () => {
    expect(decisions(again).slope).toBeLessThan(FALSE_ALARM);
  });
});
