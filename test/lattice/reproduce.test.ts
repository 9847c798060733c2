import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NOISE_KINDS } from '../../shared/job.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { NoiseKernel } from '../../worker/noise/noise-kernel.js';
import { stepsOf } from '../support/noise-reference.js';

/** A program in Python, which shares nothing with the code, draws the same noise from its description alone. */

const PROGRAM = fileURLToPath(new URL('reproduce.py', import.meta.url));
/** The first Python that runs, with decimal arithmetic. */
const PYTHON = ['python3', '/usr/bin/python3'].find(hasDecimal);
if (PYTHON === undefined) console.warn('No Python runs here: what it would draw is SKIPPED.');

function hasDecimal(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import decimal'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Returns the numbers that the program prints. */
function printed(...args: readonly (string | number | bigint)[]): bigint[] {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 24 } as const;
  const text = execFileSync(PYTHON!, [PROGRAM, ...args.map(String)], options);
  return text.trim().split(' ').map(BigInt);
}

const DIMENSION = 200;
/** Laws with few steps, with decimals, and with many steps, where 1 element in 40 needs further bits. */
const LAWS = NOISE_KINDS.flatMap((kind) => ['0.5', '45.0779', '255'].map((ratio) => [kind, ratio] as const));
/** Seed, image, sample. */
const DRAWS = [
  [0n, 0, 0],
  [2n ** 64n - 1n, 2 ** 32 - 1, 2 ** 53 - 1],
  [0x0123456789abcdefn, 41, 2 ** 32 + 1],
] as const;

describe.skipIf(PYTHON === undefined)('a program in Python', () => {
  it.each(LAWS)('computes the same thresholds of %s noise at %s', (kind, ratio) => {
    const { largest, values } = thresholdsOf(kind, ratio);
    expect(printed(kind, ratio)).toEqual([BigInt(largest), ...values]);
  });

  it.each(LAWS)('draws the same steps of %s noise at %s', async (kind, ratio) => {
    const gain = new Float32Array(DIMENSION).fill(1);
    const shift = new Float32Array(DIMENSION);
    const { values } = thresholdsOf(kind, ratio);
    for (const [seed, image, sample] of DRAWS) {
      const options = { dimension: DIMENSION, batch: 1, seed, kind, ratio, gain, shift };
      const kernel = await NoiseKernel.create(options);
      kernel.draw(0, image, sample, 1);
      const steps = printed(kind, ratio, seed, image, sample, DIMENSION).map(Number);
      expect(Array.from(kernel.input)).toEqual(steps);
      const place = { kind, seed, image, sample };
      expect(steps.map((_, element) => stepsOf({ ...place, element }, values))).toEqual(steps);
    }
  });
});
