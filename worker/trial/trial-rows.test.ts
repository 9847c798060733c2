import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PIXEL_STEP } from '../../shared/dataset/canonical.js';
import type { TrialPreprocessing } from './messages.js';
import { NoisyCopies, RowWriter } from './trial-rows.js';

const NOISE = { kind: 'gaussian', scale: 0.25 } as const;
const AS_IT_IS: TrialPreprocessing = {
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  reversed: false,
  transposed: false,
};

/** The model's input of an image of uint8 pixels. */
async function rowOf(
  rowShape: readonly number[],
  imageShape: readonly number[],
  pixels: Int32Array,
  preprocessing: TrialPreprocessing,
): Promise<number[]> {
  const copies = await NoisyCopies.create(imageShape, PIXEL_STEP, NOISE, 1);
  const writer = new RowWriter({ rowShape, imageShape }, preprocessing, copies.lattice);
  const input = new Float32Array(2 * pixels.length);
  writer.write(copies.plain(pixels), input, 1);
  expect([...input.subarray(0, pixels.length)]).toEqual(Array<number>(pixels.length).fill(0));
  return [...input.subarray(pixels.length)];
}

describe('a row of a trial', () => {
  const image = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 12, maxLength: 12 });
  /** The pixel of a channel at a place, in an image [3, 2, 2] or [2, 2, 3]. */
  const pixelOf = (pixels: readonly number[], first: boolean, channel: number, place: number) =>
    pixels[first ? 4 * channel + place : 3 * place + channel]!;

  it('has each value where the model wants it, normalised by its own channel', async () => {
    await fc.assert(
      fc.asyncProperty(
        image,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (pixels, dataFirst, modelFirst, reversed) => {
          const [mean, std] = [
            [0.1, 0.2, 0.3],
            [0.5, 0.25, 2],
          ];
          const preprocessing = { ...AS_IT_IS, normalisation: { inputScale: 255, mean, std }, reversed };
          const [rowShape, imageShape] = [modelFirst, dataFirst].map((one) => (one ? [3, 2, 2] : [2, 2, 3]));
          const row = await rowOf(rowShape!, imageShape!, Int32Array.from(pixels), preprocessing);
          for (let channel = 0; channel < 3; channel++) {
            for (let place = 0; place < 4; place++) {
              const pixel = pixelOf(pixels, dataFirst, reversed ? 2 - channel : channel, place);
              const at = modelFirst ? 4 * channel + place : 3 * place + channel;
              expect(row[at]).toBeCloseTo((pixel - mean[channel]!) / std[channel]!, 3);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of a flat model is in the other order of the axes, if that is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(image, fc.boolean(), fc.boolean(), async (pixels, dataFirst, reversed) => {
        const imageShape = dataFirst ? [3, 2, 2] : [2, 2, 3];
        const normalisation = { inputScale: 1, mean: [0, 1, 2], std: [1] };
        const preprocessing = { ...AS_IT_IS, normalisation, reversed, transposed: true };
        const row = await rowOf([12], imageShape, Int32Array.from(pixels), preprocessing);
        for (let channel = 0; channel < 3; channel++) {
          for (let place = 0; place < 4; place++) {
            const pixel = pixelOf(pixels, dataFirst, reversed ? 2 - channel : channel, place);
            const at = dataFirst ? 3 * place + channel : 4 * channel + place;
            expect(row[at]).toBeCloseTo(pixel / 255 - channel, 5);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is refused where nothing can be reversed', async () => {
    const reversed = { ...AS_IT_IS, reversed: true };
    await expect(rowOf([1, 2, 2], [1, 2, 2], new Int32Array(4), reversed)).rejects.toMatchObject({
      code: 'MODEL_DATA_MISMATCH',
    });
  });
});

describe('noisy copies', () => {
  it('have the standard deviation of the noise around the image, and are the same every time', async () => {
    const create = () => NoisyCopies.create([1, 20, 20], PIXEL_STEP, NOISE, 4);
    const [one, other] = [await create(), await create()];
    const values = new Int32Array(400).fill(128);
    const drawn = one.noisy(3, values).slice();
    expect(drawn).toEqual(other.noisy(3, values));
    expect(drawn).not.toEqual(one.noisy(4, values));
    const moved = Array.from(drawn, (point) => point * one.lattice.stepSize - 128 / 255);
    const mean = moved.reduce((sum, by) => sum + by, 0) / moved.length;
    const deviation = Math.sqrt(moved.reduce((sum, by) => sum + by * by, 0) / moved.length);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(deviation).toBeGreaterThan(0.23);
    expect(deviation).toBeLessThan(0.27);
  });
});
