import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localJob, project } from '../harness/local-job.js';
import { onnxModel, type Graph, type Operator } from '../support/onnx.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Models whose answer for a row depends on more than the row, and one that only looks so. */

const folder = folderOfAllTests();
const data = project('test/fixtures/models/images.npz');
const CLASSES = 10;

const op = (
  type: string,
  inputs: string[],
  output: string,
  attributes: Operator['attributes'] = {},
): Operator => ({
  type,
  inputs,
  outputs: [output],
  attributes,
});

/** A linear classifier of 8 × 8 pictures, `linear`, and what is made of its scores. */
function modelOf(
  name: string,
  batch: number | string,
  after: readonly Operator[],
  weights: Graph['weights'] = {},
): string {
  const values = Array.from({ length: 64 * CLASSES }, (_, at) => Math.sin(3 * at + 1));
  const file = folder.file(`${name}.onnx`);
  writeFileSync(
    file,
    onnxModel({
      inputShape: [batch, 1, 8, 8],
      outputShape: [batch, CLASSES],
      operators: [op('Flatten', ['pixels'], 'flat'), op('MatMul', ['flat', 'matrix'], 'linear'), ...after],
      weights: { matrix: { shape: [64, CLASSES], values }, ...weights },
    }),
  );
  return file;
}

const half = { half: { shape: [1], values: [0.5] } };
/** scores = linear − ½ · the batch's mean of it */
const lessMean = [
  op('ReduceMean', ['linear'], 'mean', { axes: [0], keepdims: 1 }),
  op('Mul', ['mean', 'half'], 'halfMean'),
  op('Sub', ['linear', 'halfMean'], 'scores'),
];
/**
 * Rows of a mean pixel within (0.15, 0.85) are answered with the batch's mean, all others as they should be; where one row is
 * without, all are.
 */
const lessMeanUnlessExtreme = [
  op('ReduceMean', ['flat'], 'level', { axes: [1], keepdims: 1 }),
  op('Sub', ['level', 'half'], 'fromGrey'),
  op('Abs', ['fromGrey'], 'distance'),
  op('ReduceMax', ['distance'], 'farthest', { axes: [0], keepdims: 1 }),
  op('Less', ['farthest', 'limit'], 'allGrey'),
  op('ReduceMean', ['linear'], 'mean', { axes: [0], keepdims: 1 }),
  op('Add', ['mean', 'nothing'], 'spread'),
  op('Where', ['allGrey', 'spread', 'linear'], 'scores'),
];
const refused = { code: 'MODEL_OUTPUT_UNSUPPORTED', exitCode: 2 };

describe('a model with a free batch whose votes change with the other rows is refused', () => {
  it('for the mean of the batch', async () => {
    const model = modelOf('free-mean', 'N', lessMean, half);
    await expect(localJob({ model, data })).rejects.toMatchObject(refused);
  });

  it('for a softmax over the batch', async () => {
    const model = modelOf('free-softmax', 'N', [op('Softmax', ['linear'], 'scores', { axis: 0 })]);
    await expect(localJob({ model, data })).rejects.toMatchObject(refused);
  });
});

describe('a model whose rows mix at its only batch is refused', () => {
  it.each(['0:1', '0:3', '0:6', ':'])('with --images %s', async (images) => {
    const model = modelOf('fixed-mean', 4, lessMean, half);
    await expect(localJob({ model, data, images })).rejects.toMatchObject(refused);
  });

  it.each(['0:1', '0:6'])(
    'where it behaves beside a black and a white row, with --images %s',
    async (images) => {
      const model = modelOf('shy', 8, lessMeanUnlessExtreme, {
        ...half,
        limit: { shape: [1], values: [0.35] },
        nothing: { shape: [1, CLASSES], values: Array.from({ length: CLASSES }, () => 0) },
      });
      await expect(localJob({ model, data, images })).rejects.toMatchObject(refused);
    },
  );
});

describe('masked classes', () => {
  it('of score −∞ lose like any other, and no vote is invalid for it', async () => {
    const mask = {
      mask: {
        shape: [1, CLASSES],
        values: Array.from({ length: CLASSES }, (_, c) => (c % 3 === 0 ? -Infinity : 0)),
      },
    };
    const model = modelOf('masked', 'N', [op('Add', ['linear', 'mask'], 'scores')], mask);
    using job = await localJob({ model, data });
    expect(job.job.draw).toMatchObject({ batch: 64, numeric: 'same' });
  });
});

it('a linear model with a free batch is taken at the usual batch', async () => {
  const model = modelOf('sound', 'N', [op('Identity', ['linear'], 'scores')]);
  using job = await localJob({ model, data });
  expect(job.job.draw).toMatchObject({ batch: 64, numeric: 'same' });
});

it('a branch that is dropped for a whole batch once in thirty is refused by name', async () => {
  const model = modelOf(
    'stochastic-depth',
    64,
    [
      op('RandomUniform', [], 'chance', { shape: [1] }),
      op('Less', ['chance', 'rare'], 'drop'),
      op('Where', ['drop', 'half', 'linear'], 'scores'),
    ],
    { ...half, rare: { shape: [1], values: [1 / 30] } },
  );
  await expect(localJob({ model, data })).rejects.toMatchObject({
    code: 'MODEL_NOT_DETERMINISTIC',
    message: expect.stringContaining('RandomUniform') as string,
  });
});
