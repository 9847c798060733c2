import { describe, expect, it } from 'vitest';
import type { Job, Layout, NoiseKind } from '../../shared/job.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { makeJob } from '../../test/support/jobs.js';
import { stepsOf } from '../../test/support/noise-reference.js';
import { noisyCopies } from './noisy-copies.js';
import { pictureShape } from './picture-shape.js';

const PIXELS = { numerator: 1, denominator: 255 };
const SEED = 77n;
const SCALE = 0.25;

/** A job whose noise this version draws, on inputs of so many values. */
function jobOf(kind: NoiseKind, layout: Layout, dimension: number): Job {
  const { lattice } = latticeOf(PIXELS, kind, SCALE, dimension);
  const noise = { kind, scale: SCALE, generator: 'philox4x32-10/lattice', version: 1, lattice };
  return makeJob({ draw: { noise, layout, seed: `${SEED}` } });
}

/** Shapes of images, layouts of the model, and where the value at [channel, y, x] stands in the image and in the model's row. */
const CASES: readonly [
  name: string,
  shape: number[],
  layout: Layout,
  inImage: (c: number, y: number, x: number) => number,
  inRow: (c: number, y: number, x: number) => number,
][] = [
  ['[3, 5, 6] as NCHW', [3, 5, 6], 'nchw', (c, y, x) => 30 * c + 6 * y + x, (c, y, x) => 30 * c + 6 * y + x],
  ['[3, 5, 6] as NHWC', [3, 5, 6], 'nhwc', (c, y, x) => 30 * c + 6 * y + x, (c, y, x) => 18 * y + 3 * x + c],
  ['[5, 6, 3] as NCHW', [5, 6, 3], 'nchw', (c, y, x) => 18 * y + 3 * x + c, (c, y, x) => 30 * c + 6 * y + x],
  ['[5, 6, 3] as flat', [5, 6, 3], 'flat', (c, y, x) => 18 * y + 3 * x + c, (c, y, x) => 18 * y + 3 * x + c],
  ['[4, 5] as NCHW', [4, 5], 'nchw', (_c, y, x) => 5 * y + x, (_c, y, x) => 5 * y + x],
];

describe('a noisy copy', () => {
  it.each(CASES)(
    'is sample 0 of the job in the pixels of the image: %s',
    async (_, shape, layout, inImage, inRow) => {
      const shown = pictureShape(shape, 1)!;
      const dimension = shape.reduce((a, b) => a * b);
      const job = jobOf('gaussian', layout, dimension);
      const { ratio, step } = job.draw.noise.lattice!;
      const { values: thresholds } = thresholdsOf('gaussian', ratio);
      const levels = Int32Array.from({ length: dimension }, (_one, at) => (37 * at) % 256);
      const copies = await noisyCopies(job, PIXELS, shape, shown);
      const copy = copies!.copyOf(9, levels);
      const refinement = Number(step.split('/')[1]) / 255;
      for (let c = 0; c < shown.channels; c++)
        for (let y = 0; y < shown.height; y++)
          for (let x = 0; x < shown.width; x++) {
            const place = {
              kind: 'gaussian',
              seed: SEED,
              image: 9,
              sample: 0,
              element: inRow(c, y, x),
            } as const;
            const steps = stepsOf(place, thresholds);
            expect(copy[inImage(c, y, x)]).toBeCloseTo(levels[inImage(c, y, x)]! + steps / refinement, 3);
          }
    },
  );

  it('is of the noise that the job names', async () => {
    const shape = [4, 5];
    const copyOf = async (kind: NoiseKind) => [
      ...(await noisyCopies(jobOf(kind, 'nchw', 20), PIXELS, shape, pictureShape(shape, 1)!))!.copyOf(
        0,
        new Int32Array(20),
      ),
    ];
    const [gaussian, laplace] = [await copyOf('gaussian'), await copyOf('laplace')];
    expect(laplace).not.toEqual(gaussian);
  });

  it('is not made of noise that another version drew, or on another lattice', async () => {
    const shape = [4, 5];
    const shown = pictureShape(shape, 1)!;
    const job = jobOf('gaussian', 'nchw', 20);
    const { noise } = job.draw;
    const drawnBy = (change: Partial<typeof noise>): Job => ({
      ...job,
      draw: { ...job.draw, noise: { ...noise, ...change } },
    });
    expect(
      await noisyCopies(drawnBy({ generator: 'philox4x32-10/box-muller-f32' }), PIXELS, shape, shown),
    ).toBeNull();
    expect(await noisyCopies(drawnBy({ version: 2 }), PIXELS, shape, shown)).toBeNull();
    expect(await noisyCopies(job, { numerator: 1, denominator: 4080 }, shape, shown)).toBeNull();
    expect(await noisyCopies(makeJob(), PIXELS, shape, shown)).toBeNull();
  });
});
