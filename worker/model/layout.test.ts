import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../shared/job.js';
import { resolveLayout } from './layout.js';

type Sizes = (number | null)[];

/** Model row, data image, layout, model shape, channels, whether the image is transposed. */
const accepted: [Sizes, number[], Layout, number[], number, boolean][] = [
  [[3, 32, 32], [3, 32, 32], 'nchw', [3, 32, 32], 3, false],
  [[3, 32, 32], [32, 32, 3], 'nchw', [3, 32, 32], 3, true],
  [[32, 32, 3], [3, 32, 32], 'nhwc', [32, 32, 3], 3, true],
  [[32, 32, 3], [32, 32, 3], 'nhwc', [32, 32, 3], 3, false],
  [[4, 4, 3], [3, 4, 4], 'nhwc', [4, 4, 3], 3, true],
  [[13, 64, 64], [64, 64, 13], 'nchw', [13, 64, 64], 13, true],
  [[3, null, null], [32, 48, 3], 'nchw', [3, 32, 48], 3, true],
  [[null, null, 3], [3, 32, 48], 'nhwc', [32, 48, 3], 3, true],
  [[1, 28, 28], [28, 28], 'nchw', [1, 28, 28], 1, false],
  [[1, 28, 28], [28, 28, 1], 'nchw', [1, 28, 28], 1, false],
  [[28, 28, 1], [1, 28, 28], 'nhwc', [28, 28, 1], 1, false],
  [[1, 28, 28], [784], 'nchw', [1, 28, 28], 1, false],
  [[1, null, null], [28, 20], 'nchw', [1, 28, 20], 1, false],
  [[784], [784], 'flat', [784], 784, false],
  [[null], [1, 28, 28], 'flat', [784], 1, false],
  [[784, 1], [28, 28], 'flat', [784, 1], 1, false],
  [[1, 784, 1], [28, 28, 1], 'flat', [1, 784, 1], 1, false],
  [[1, 784, 1], [784], 'flat', [1, 784, 1], 784, false],
  [[28, 28], [28, 28], 'flat', [28, 28], 1, false],
  [[28, 28], [1, 28, 28], 'flat', [28, 28], 1, false],
  [[null, null], [28, 20, 1], 'flat', [28, 20], 1, false],
  [[3072], [3, 32, 32], 'flat', [3072], 3, false],
  [[1, 3072, 1], [32, 32, 3], 'flat', [1, 3072, 1], 3, false],
  [[784], [28, 28, 1], 'flat', [784], 1, false],
  [[28, 28], [28, 28, 1], 'flat', [28, 28], 1, false],
  [[28, 28], [784], 'flat', [28, 28], 1, false],
  [[784, 1], [784], 'flat', [784, 1], 784, false],
  [[null], [13], 'flat', [13], 13, false],
  [[3, 8, 16, 16], [3, 8, 16, 16], 'flat', [3, 8, 16, 16], 1, false],
  [[3, null, 16, 16], [3, 8, 16, 16], 'flat', [3, 8, 16, 16], 1, false],
  [[2, 1, 1, 1, 5], [2, 1, 1, 1, 5], 'flat', [2, 1, 1, 1, 5], 1, false],
  [[null, 1], [28, 28], 'flat', [784, 1], 1, false],
  [[1, null, 1], [28, 20], 'flat', [1, 560, 1], 1, false],
  [[28, 28, 1], [28, 28], 'nhwc', [28, 28, 1], 1, false],
  [[28, 28, 1], [784], 'nhwc', [28, 28, 1], 1, false],
  [[null, null, 1], [28, 20], 'nhwc', [28, 20, 1], 1, false],
  [[null, null, 1], [1, 28, 20], 'nhwc', [28, 20, 1], 1, false],
  [[null, null, 3], [32, 48, 3], 'nhwc', [32, 48, 3], 3, false],
  [[null, 48, 3], [3, 32, 48], 'nhwc', [32, 48, 3], 3, true],
  [[3, null, null], [3, 40, 56], 'nchw', [3, 40, 56], 3, false],
  [[3, 32, null], [32, 48, 3], 'nchw', [3, 32, 48], 3, true],
  [[null, 28, 28], [28, 28], 'nchw', [1, 28, 28], 1, false],
  [[null, 28, 28], [28, 28, 3], 'nchw', [3, 28, 28], 3, true],
  [[28, 28, null], [28, 28], 'nhwc', [28, 28, 1], 1, false],
];

describe('resolveLayout', () => {
  it.each(accepted)(
    'model %j takes data %j as %s',
    (row, image, layout, modelShape, channels, transposed) => {
      const plan = resolveLayout(row, image);
      expect(plan).toMatchObject({ layout, modelShape, channels, dimension: image.reduce((a, b) => a * b) });
      expect(plan.order !== null).toBe(transposed);
      expect(resolveLayout(row, image, layout)).toMatchObject({
        layout,
        modelShape,
        channels,
        order: plan.order,
      });
    },
  );

  it('moves every pixel to its place and knows its channel', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (c, h, w, modelFirst, dataFirst) => {
        const model = modelFirst ? [c, h, w] : [h, w, c];
        const data = dataFirst ? [c, h, w] : [h, w, c];
        const at = (first: boolean, i: number, y: number, x: number) =>
          first ? (i * h + y) * w + x : (y * w + x) * c + i;
        // A cube of equal sides fits both orders: it is taken in the model's own.
        fc.pre(modelFirst === dataFirst || c !== h || h !== w);
        const plan = resolveLayout(model, data, modelFirst ? 'nchw' : 'nhwc');
        for (let i = 0; i < c; i += 1)
          for (let y = 0; y < h; y += 1)
            for (let x = 0; x < w; x += 1) {
              const element = at(modelFirst, i, y, x);
              expect(plan.order?.[element] ?? element).toBe(at(dataFirst, i, y, x));
              expect(plan.channelOf(element)).toBe(i);
            }
      }),
    );
  });

  it('knows the channels of flat data in either order', () => {
    expect([0, 1, 2, 3].map(resolveLayout([12], [3, 2, 2]).channelOf)).toEqual([0, 0, 0, 0]);
    expect([0, 1, 2, 3].map(resolveLayout([12], [2, 2, 3]).channelOf)).toEqual([0, 1, 2, 0]);
  });

  it('takes what it is told where the shape does not tell', () => {
    expect(resolveLayout([null, null, null], [3, 32, 48], 'nchw').modelShape).toEqual([3, 32, 48]);
    expect(resolveLayout([null, null, null], [32, 48, 3], 'nchw').modelShape).toEqual([3, 32, 48]);
    expect(resolveLayout([3, 32, 32], [3, 32, 32], 'flat')).toMatchObject({ layout: 'flat', order: null });
    expect(() => resolveLayout([null, null, null], [3, 32, 32])).toThrow(
      "The model's input [?, ?, ?] does not tell which axis has the channels.",
    );
    expect(() => resolveLayout([4, 4, 4], [4, 4, 4])).toThrow(
      "The model's input [4, 4, 4] does not tell which axis has the channels.",
    );
  });

  const NOT_RESIZED =
    'Resize or transpose the images, or give the model that belongs to them: nothing is resized silently.';
  it.each<[Sizes, number[], string]>([
    [[3, 32, 32], [3, 28, 28], NOT_RESIZED],
    [[3, 32, 32], [1, 32, 32], NOT_RESIZED],
    [[3, 32, 32], [32, 32], 'Give images with 3 channels: nothing is repeated silently.'],
    [[3, 32, 32], [3072], "Save the images in the model's shape: x.reshape(len(x), 3, 32, 32)."],
    [[1, 28, 28], [700], NOT_RESIZED],
    [[784], [28, 27], NOT_RESIZED],
    [[28, 28], [14, 56], NOT_RESIZED],
    [[1, 28, 28], [14, 56], NOT_RESIZED],
    [[32, 32, 3], [32, 32], 'Give images with 3 channels: nothing is repeated silently.'],
    [[28, 28, 1], [3, 28, 28], NOT_RESIZED],
    [[28, 28], [28, 28, 3], NOT_RESIZED],
    [[1, 784, 1], [3, 28, 28], NOT_RESIZED],
    [[3, 8, 16, 16], [8, 3, 16, 16], NOT_RESIZED],
    [[3, 8, 16, 16], [24, 16, 16], NOT_RESIZED],
    [[2, 2, 2, 2], [2, 2, 2, 2, 1], NOT_RESIZED],
  ])('refuses for model %j data %j', (row, image, remedy) => {
    expect(() => resolveLayout(row, image)).toThrow(
      expect.objectContaining({
        code: 'MODEL_DATA_MISMATCH',
        message: `The model takes images of shape [${row.join(', ')}] and the data has images of shape [${image.join(', ')}].`,
        remedy,
      }),
    );
  });

  it('refuses a channel order for a model without channels', () => {
    expect(() => resolveLayout([784], [784], 'nchw')).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message:
          'The model takes images of shape [784], which have no channel axis, so --layout nchw does not apply.',
        remedy: 'Leave --layout out.',
      }),
    );
  });
});
