import { describe, expect, it } from 'vitest';

import { countsOf, makeDrawing } from '../../test/support/drawings.js';
import { drawingOf, populationOf } from './drawing.js';

const GAUSSIAN = { kind: 'gaussian', scale: 0.5 } as const;
const CLAIM = { alpha: 0.01, looks: [10, 20, 60] };

describe('a drawing', () => {
  it('has the votes behind the selection, for the class that the selection chose', () => {
    const looks = [countsOf(10, 4), countsOf(20, 5), countsOf(60, 12)];
    const drawing = drawingOf('one', GAUSSIAN, CLAIM, [{ image: 7, label: 5, looks }]);
    expect(drawing).toEqual({
      name: 'one',
      noise: GAUSSIAN,
      alpha: 0.01,
      selection: 10,
      sizes: [10, 50],
      failed: 0,
      images: [
        {
          image: 7,
          label: 5,
          classIndex: 3,
          right: false,
          failures: [1, 8],
          kept: [countsOf(10, 1), countsOf(50, 8)],
        },
      ],
    });
    expect(populationOf(drawing)).toEqual({
      name: 'one',
      noise: GAUSSIAN,
      images: [{ delta: 8 / 50, right: false }],
    });
  });

  it('counts every sample as a failure where the selection chose no class, and knows nothing of right without labels', () => {
    const none = { classes: [], votes: [], invalid: 10 };
    const later = { classes: [3], votes: [10], invalid: 10 };
    const last = { classes: [3], votes: [50], invalid: 10 };
    const { images } = drawingOf('none', GAUSSIAN, CLAIM, [
      { image: 0, label: null, looks: [none, later, last] },
    ]);
    expect(images[0]).toMatchObject({ classIndex: null, right: null, failures: [10, 50] });
  });

  it('leaves out images without a result, and says how many', () => {
    const whole = { image: 1, label: 3, looks: [countsOf(10, 0), countsOf(20, 0), countsOf(60, 0)] };
    const { images, failed } = drawingOf('failed', GAUSSIAN, CLAIM, [
      { image: 0, label: 3, looks: [] },
      whole,
    ]);
    expect(images.map(({ image }) => image)).toEqual([1]);
    expect(failed).toBe(1);
  });

  it('is right where its class is the label', () => {
    expect(
      makeDrawing([10], [{ failures: [0] }, { failures: [0], label: 5 }]).images.map(({ right }) => right),
    ).toEqual([true, false]);
  });
});
