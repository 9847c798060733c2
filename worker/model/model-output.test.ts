import { describe, expect, it } from 'vitest';
import { chooseOutput, classesOfShape, isRowsOf, type OutputInfo } from './model-output.js';

const output = (name: string, shape: OutputInfo['shape'], type: string | null = 'float32'): OutputInfo => ({
  name,
  type,
  shape,
});
const fault = (message: string): unknown =>
  expect.objectContaining({ code: 'MODEL_OUTPUT_UNSUPPORTED', message });

describe('chooseOutput', () => {
  it.each<[OutputInfo['shape'], number | null]>([
    [[null, 10], 10],
    [[1, 10], 10],
    [[4, 10, 1, 1], 10],
    [[null, 1, 10], 10],
    [[null, 1, 10, 1], 10],
    [[null, null], null],
    [[null, 1, null], null],
    [[null, 10, null], null],
    [[null, null, null], null],
    [[], null],
  ])('reads from %j that there are %s classes', (shape, classes) => {
    expect(chooseOutput([output('y', shape)])).toEqual({ name: 'y', type: 'float32', classes });
  });

  it.each([[[null, 2, 10]], [[null, 10, 2, null]], [[null]], [[10]], [[null, 3, 1, 3]]])(
    'refuses %j',
    (shape) => {
      expect(() => chooseOutput([output('y', shape)])).toThrow(
        fault(
          `Output y has shape [${shape.map((size) => size ?? '?').join(', ')}], not [N, K] with one score a class.`,
        ),
      );
    },
  );

  it.each([[[null, 1]], [[4, 1]], [[null, 1, 1]]])('refuses the single score of %j', (shape) => {
    expect(() => chooseOutput([output('y', shape)])).toThrow(
      fault('Output y has a single score an image, and votes need at least two classes.'),
    );
  });

  it('takes the only output of several that fits, of any type of floats', () => {
    const label = output('label', [null], 'int64');
    for (const type of ['float32', 'float16', 'float64']) {
      expect(chooseOutput([label, output('scores', [null, 3], type)])).toEqual({
        name: 'scores',
        type,
        classes: 3,
      });
    }
    expect(() => chooseOutput([label, output('map', [], null)])).toThrow(
      fault("None of the model's outputs (label, map) is a tensor of floats [N, K] with one score a class."),
    );
    expect(() => chooseOutput([output('y', [null, 3], 'string')])).toThrow(
      fault('Output y holds string values.'),
    );
  });
});

describe('what a run gave', () => {
  it('is one row of scores an image; axes of 1 do not matter', () => {
    for (const shape of [
      [4, 3],
      [4, 3, 1],
      [4, 1, 3],
      [4, 1, 3, 1],
    ]) {
      expect(classesOfShape('y', shape, 4)).toBe(3);
      expect(isRowsOf(shape, 4, 3)).toBe(true);
    }
    for (const shape of [[3, 4], [4], [], [1, 12], [4, 4], [4, 3, 3], [4, 0], [12]]) {
      expect(isRowsOf(shape, 4, 3)).toBe(false);
    }
    // The product alone does not make it a row of 6 classes.
    expect(isRowsOf([4, 2, 3], 4, 6)).toBe(false);
  });

  it('is refused where it is not', () => {
    expect(() => classesOfShape('y', [1, 3], 4)).toThrow(fault('Output y has shape [1, 3] for 4 images.'));
    expect(() => classesOfShape('y', [], 1)).toThrow(fault('Output y has shape [] for one image.'));
    expect(() => classesOfShape('y', [4, 1], 4)).toThrow(
      fault('Output y has a single score an image, and votes need at least two classes.'),
    );
  });
});
