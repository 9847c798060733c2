import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import { NOISE_KINDS, type NoiseKind } from '../../shared/job.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { ROOT, runCommand } from '../harness/command.js';
import { DIGITS, certifyArgs, jobOf, rowsOf } from '../harness/results.js';
import { elementOf, stepsOf } from '../support/noise-reference.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Data that are no images, and all votes again from nothing but a job's description. */

const folder = folderOfAllTests();
const TUMOURS = { model: 'examples/tumours/tumours.onnx', data: 'examples/tumours/tumours.npz' };
const DRAWN = 64;

interface Case {
  readonly files: typeof TUMOURS;
  readonly noise: NoiseKind;
  readonly sigma: number;
  readonly features: boolean;
}

/** Certifies a few images with one look, and returns where the results are. */
async function certify({ files, noise, sigma, features }: Case): Promise<string> {
  const out = folder.file(`${noise}-${sigma}-${features}`);
  const flags = { sigma, noise, seed: 7, images: '::50', 'max-samples': DRAWN, out };
  const { code, stderr } = await runCommand(
    certifyArgs({ ...files, ...flags, ...(features ? { features } : {}), quiet: true }),
  );
  expect([code, stderr]).toEqual([0, '']);
  return out;
}

/** Counts the votes for each class of one image, drawn by the plain reference as the job describes its noise. */
async function votesAgain(out: string, model: InferenceSession, points: Int32Array, image: number) {
  const { noise, seed, classes } = (await jobOf(out)).draw;
  const { ratio, step, dimension } = noise.lattice!;
  const [above, below = 1] = step.split('/').map(Number) as [number, number?];
  const { values } = thresholdsOf(noise.kind, ratio);
  const gain = Math.fround(above / below);
  const rows = Float32Array.from({ length: DRAWN * dimension }, (_, at) => {
    const [sample, element] = [Math.floor(at / dimension), at % dimension];
    const steps = stepsOf({ kind: noise.kind, seed: BigInt(seed), image, sample, element }, values);
    return elementOf(points[element]!, steps, gain, 0);
  });
  const shape = dimension === 64 ? [DRAWN, 1, 8, 8] : [DRAWN, dimension];
  const outputs = await model.run({ [model.inputNames[0]!]: new Tensor('float32', rows, shape) });
  const scores = outputs[model.outputNames[0]!]!.data as Float32Array;
  const votes = Array.from({ length: classes }, () => 0);
  for (let row = 0; row < DRAWN; row += 1) {
    const here = [...scores.subarray(row * classes, (row + 1) * classes)];
    votes[here.indexOf(Math.max(...here))]! += 1;
  }
  return votes;
}

const CASES: readonly Case[] = [
  ...NOISE_KINDS.map((noise) => ({ files: TUMOURS, noise, sigma: 0.5, features: true })),
  { files: DIGITS, noise: 'gaussian', sigma: 0.25, features: false },
  { files: DIGITS, noise: 'laplace', sigma: 0.1, features: false },
];

describe.each(CASES)('$noise noise of σ = $sigma on $files.data', (given) => {
  it('is drawn again from job.json alone, vote for vote', async () => {
    const out = await certify(given);
    const { lattice } = (await jobOf(out)).draw.noise;
    const { features } = given;
    const { file } = await importDataSet({
      data: ROOT + given.files.data,
      into: folder.file('canonical'),
      lattice: { features, noiseScale: (await jobOf(out)).draw.noise.scale },
    });
    const reader = await DataSetReader.open(file);
    const model = await InferenceSession.create(ROOT + given.files.model);
    const [, below = 1] = lattice!.step.split('/').map(Number) as [number, number?];
    const refinement = below / reader.step.denominator;
    for (const { image, counts } of await rowsOf(out)) {
      const points = (await reader.readValues(image)).map((value) => value * refinement);
      const again = await votesAgain(out, model, points, image);
      const counted = again.map(() => 0);
      counts.classes.forEach((c, at) => (counted[c] = counts.votes[at]!));
      expect(counted).toEqual(again);
    }
    await reader.close();
  });
});

describe('features', () => {
  it('are rounded to a lattice, which the command and job.json say', async () => {
    const out = folder.file('noted');
    const { code, stdout, stderr } = await runCommand(
      certifyArgs({ ...TUMOURS, features: true, sigma: 0.5, seed: 7, 'max-samples': 512, out }),
    );
    expect(code).toBe(0);
    const note =
      'The values of the data were rounded to multiples of 1/128, by at most 0.00391 and by 0.00197 on average; the certificates are for the rounded values.';
    expect(stderr).toBe(`Note: ${note}\n`);
    expect((JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as { notes: string[] }).notes).toEqual([
      note,
    ]);
    expect(stdout).toContain(`\nNote: ${note}\n`);
    expect(stdout).toContain('a radius R in L2 is one of R in L1 and of R/√30 in L∞, too');
    const rows = await rowsOf(out);
    const right = rows.filter(({ outcome, correct }) => outcome === 'certified' && correct === true);
    expect([rows.length, right.length > 130]).toEqual([150, true]);
  });

  it('are refused without the flag, and images with it', async () => {
    const refused = async (flags: Parameters<typeof certifyArgs>[0]) => {
      const { code, stderr } = await runCommand(
        certifyArgs({ sigma: 0.5, out: folder.file('none'), ...flags }),
      );
      return [code, stderr.split('\n')[0]];
    };
    expect(await refused(TUMOURS)).toEqual([
      2,
      `Error DATA_RANGE: The pixel at index [0, 0] of x in ${TUMOURS.data} is -0.6473525166511536, and pixels must be in [0, 1].`,
    ]);
    expect(await refused({ ...TUMOURS, data: 'test/fixtures/images', features: true })).toEqual([
      2,
      'Error OPTION_INVALID: --features is for arrays of numbers, and test/fixtures/images is none that is read.',
    ]);
  });
});
