import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../coordinator/results/certificates.js';
import { mostExpected } from '../harness/binomial.js';
import { runCommand } from '../harness/command.js';
import { certifyArgs, rowsOf, writeUint8Npy } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import {
  DIMENSION,
  hashScore,
  LEVELS,
  parityScore,
  residueScore,
  roundingModel,
  roundingScore,
  SIGMA,
} from './attacks.js';
import { attack, floatSampler, latticeSampler, type Trial } from './certify-anchor.js';

/**
 * A classifier that reads rounding off its input is certified wrongly where noise is added in floating point, and not where it is drawn
 * on a lattice; nor are classifiers that read the lattice points themselves.
 */

const ALPHA = 0.001;
const TRIALS = 100;
/** Levels whose last bit in float32, counted in the last place of the noisy value, is another one than that of the level below. */
const ODD_ONES = [32, 64];
/** Distance of an input of 64 pixels from the one whose pixels are all a level darker. */
const ONE_LEVEL = Math.sqrt(DIMENSION) / LEVELS;

const certifiedOf = (trials: readonly Trial[]) => trials.filter(({ certified }) => certified !== null);
const wrongOf = (trials: readonly Trial[]) => trials.filter(({ refuting }) => refuting.length > 0);

describe('a classifier that reads rounding', () => {
  it.each(ODD_ONES)(
    'is certified wrongly with noise added in float32: one level below %i it answers otherwise',
    (level) => {
      const sampler = floatSampler(level);
      for (let trial = 0; trial < 8; trial++) {
        const { certified, refuting } = attack(roundingScore, level, sampler);
        expect(certified!.classIndex).toBe(0);
        expect(certified!.radius).toBeGreaterThan(16 * ONE_LEVEL);
        expect(refuting).toContain(ONE_LEVEL);
      }
    },
  );

  it.each(ODD_ONES)(
    'gets certificates that agree with each other from the command, at and around %i',
    async (level) => {
      const levels = Array.from({ length: 8 }, (_, i) => level - 4 + i);
      const rows = await certifyLevels(roundingModel(level), levels);
      expect(rows.map(({ outcome }) => outcome)).toEqual(levels.map(() => 'certified'));
      rows.forEach((a, i) =>
        rows.forEach((b, j) => {
          // Two balls with different classes have no point in common.
          if (a.class !== b.class)
            expect(a.radius + b.radius).toBeLessThanOrEqual(ONE_LEVEL * Math.abs(i - j));
        }),
      );
    },
  );
});

/** Certifies inputs of 64 pixels of one level each. */
async function certifyLevels(model: Uint8Array, levels: readonly number[]): Promise<Certificate[]> {
  using folder = new TemporaryFolder();
  const [file, data, out] = ['model.onnx', 'levels.npy', 'out'].map((name) => folder.file(name)) as [string, string, string]; // prettier-ignore
  await writeFile(file, model);
  const pixels = levels.flatMap((level) => Array<number>(DIMENSION).fill(level));
  await writeUint8Npy(data, [levels.length, DIMENSION], Uint8Array.from(pixels));
  const fixed = { stop: 'fixed', n0: 100, 'max-samples': 1000, sigma: SIGMA, seed: 1 } as const;
  const { code, stderr } = await runCommand(certifyArgs({ model: file, data, ...fixed, out }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return await rowsOf(out);
}

describe('with noise on the lattice no certificate is wrong more often than α allows:', () => {
  it.each([
    ['rounding', roundingScore, (trial: number) => ODD_ONES[trial % ODD_ONES.length]!],
    ['parity', parityScore, levelOf],
    ['residues mod 255', residueScore, levelOf],
    ['a hash', hashScore, levelOf],
  ])('a classifier that reads %s', async (name, scoreOf, level) => {
    const sampler = await latticeSampler(2023n);
    const trials = Array.from({ length: TRIALS }, (_, trial) => attack(scoreOf, level(trial), sampler));
    const [certified, wrong] = [certifiedOf(trials).length, wrongOf(trials).length];
    console.log(`${name}: of ${TRIALS} anchors ${certified} certified, ${wrong} wrongly`);
    expect(wrong).toBeLessThanOrEqual(mostExpected(TRIALS, ALPHA, 1e-9));
    // The scores are such that an anchor's own samples are mostly of one class.
    expect(certified).toBeGreaterThan(0.9 * TRIALS);
  });
});

/** Returns the levels of all kinds, dark and bright, even and odd. */
function levelOf(trial: number): number {
  return 16 + ((37 * trial) % 224);
}
