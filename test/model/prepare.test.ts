import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { prepareModel, type PreparedModel, type PrepareOptions } from '../../worker/model/prepare-model.js';
import { NoiseKernel } from '../../worker/noise/noise-kernel.js';
import { INPUTS as inputs, MODELS as models, PLAIN, prepareShape, refusal } from './support.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const folder = folderOfAllTests();

interface Expected {
  images: number[];
  models: Record<string, { data: string; output: string; scores: (number | null)[][] }>;
}
const expected = JSON.parse(readFileSync(path.join(models, 'expected.json'), 'utf8')) as Expected;

async function readerOf(name: string): Promise<DataSetReader> {
  const into = folder.file(name);
  await importDataSet({ data: path.join(models, name), into });
  return DataSetReader.open(into);
}

/** Prepares a model for images of the reader, verified on noisy copies of them. */
const prepare = (modelPath: string, reader: DataSetReader, more: Partial<PrepareOptions> = {}) =>
  prepareModel({
    modelPath,
    device: 'cpu',
    layout: 'auto',
    imageShape: reader.imageShape,
    normalisation: PLAIN,
    dataStep: reader.step,
    noise: { kind: 'gaussian', scale: 0.25 },
    verifyRows: async (preprocessing, { dimension }) => {
      const { gain, shift, noise } = preprocessing;
      const { ratio } = noise.lattice;
      const kernel = await NoiseKernel.create({
        dimension,
        batch: 32,
        seed: 1n,
        kind: 'gaussian',
        ratio,
        gain,
        shift,
      });
      for (let image = 0; image < 8; image += 1) {
        kernel.setImage(preprocessing.pointsOf(await reader.readValues(image)));
        kernel.draw(4 * image, image, 0, 4);
      }
      return [{ rows: kernel.input, sources: 1 }];
    },
    ...more,
  });

async function scoresOf(
  prepared: PreparedModel,
  reader: DataSetReader,
  images: number[],
): Promise<number[][]> {
  const { batch, dimension, classes } = prepared.description;
  const scores: number[][] = [];
  for (const image of images) {
    const input = new Float32Array(batch * dimension);
    const row = scores.length % batch;
    const { gain, shift } = prepared.preprocessing;
    const points = prepared.preprocessing.pointsOf(await reader.readValues(image));
    const clean = Float32Array.from(points, (point, at) => Math.fround(point * gain[at]!) + shift[at]!);
    input.set(clean, row * dimension);
    const output = await prepared.run(input);
    expect(output.length).toBe(batch * classes);
    scores.push([...output.subarray(row * classes, (row + 1) * classes)]);
  }
  return scores;
}

describe('prepareModel gives the scores that NumPy gives', () => {
  /** Model → layout, batch that the file fixes, batch that is used. */
  it.each([
    ['free.onnx', 'nchw', null, 64],
    ['nchw-fixed.onnx', 'nchw', 1, 64],
    ['nhwc-fixed.onnx', 'nhwc', 1, 64],
    ['flat-fixed.onnx', 'flat', 1, 64],
    ['colour-nchw.onnx', 'nchw', 1, 64],
    ['colour-nhwc.onnx', 'nhwc', 1, 64],
    ['probabilities.onnx', 'nchw', null, 64],
    ['logits-4d.onnx', 'nchw', null, 64],
    ['wide.onnx', 'nchw', null, 64],
    ['reshape-fixed.onnx', 'nchw', 1, 64],
    ['cross-talk.onnx', 'nchw', 1, 1],
    ['float16-input.onnx', 'nchw', null, 64],
  ])('%s', async (name, layout, fixedBatch, batch) => {
    const { data, output, scores } = expected.models[name]!;
    const reader = await readerOf(data);
    const prepared = await prepare(path.join(models, name), reader);
    try {
      const { description } = prepared;
      expect(description).toMatchObject({ layout, fixedBatch, output, batch, classes: scores[0]!.length });
      if (fixedBatch !== null) expect(description.batchFreed).toBe(batch !== fixedBatch);
      expect(description.modelDigest).toBe(
        createHash('sha256')
          .update(readFileSync(path.join(models, name)))
          .digest('hex'),
      );
      const found = await scoresOf(prepared, reader, expected.images);
      found.forEach((row, image) =>
        row.forEach((score, index) => expect(Math.abs(score - scores[image]![index]!)).toBeLessThan(2e-5)),
      );
      expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    } finally {
      await prepared.release();
      await reader.close();
    }
  });

  it('whether the data are NCHW or NHWC', async () => {
    const { scores } = expected.models['colour-nchw.onnx']!;
    for (const data of ['images-colour-nchw.npz', 'images-colour-nhwc.npz']) {
      const reader = await readerOf(data);
      for (const model of ['colour-nchw.onnx', 'colour-nhwc.onnx']) {
        const prepared = await prepare(path.join(models, model), reader);
        const [first] = await scoresOf(prepared, reader, [0]);
        first!.forEach((score, index) => expect(score).toBeCloseTo(scores[0]![index]!, 4));
        await prepared.release();
      }
      await reader.close();
    }
  });

  it('from the output that is asked for', async () => {
    const reader = await readerOf('images.npz');
    const model = path.join(models, 'two-outputs.onnx');
    expect((await refusal(prepare(model, reader)))[1]).toBe(
      'The model has several outputs that could hold one score a class: features, logits.',
    );
    const prepared = await prepare(model, reader, { output: 'logits' });
    const { scores } = expected.models['two-outputs.onnx']!;
    const [first] = await scoresOf(prepared, reader, [0]);
    first!.forEach((score, index) => expect(score).toBeCloseTo(scores[0]![index]!, 4));
    await prepared.release();
    await reader.close();
  });
});

describe('prepareModel settles the batch', () => {
  it('and says why it runs the model at the batch of the file', async () => {
    const reader = await readerOf('images.npz');
    const prepared = await prepare(path.join(models, 'cross-talk.onnx'), reader);
    expect(prepared.description.batchNote).toMatch(
      /^The model runs at batch 1, which is slower: batch 64 cannot be used because it changes (votes|scores by up to .* %)\.$/,
    );
    await prepared.release();
    await reader.close();
  });

  /** A constant of the graph holds the batch, and is no Reshape: what a larger batch does, and the file's own. */
  it.each([
    ...[1, 4].flatMap((batch) => [
      ...['expand', 'fill', 'tile'].map((kind) => [`batch-${kind}-${batch}.onnx`, batch] as const),
      ...['slice', 'gather'].map((kind) => [`batch-${kind}-${batch}.onnx`, batch] as const),
    ]),
    ['constant-batch.onnx', 1] as const,
    ['one-row-output.onnx', 1] as const,
  ])('at the only one that %s runs at, with a note', async (name, batch) => {
    const prepared = await prepareShape(path.join(inputs, name), [12]);
    expect(prepared.description).toMatchObject({ batch, batchFreed: false, batchDifference: null });
    expect(prepared.description.batchNote).toMatch(
      new RegExp(
        `^The model runs at batch ${batch}, which is slower: batch 64 cannot be used because it does not run \\(The model .*\\)\\.$`,
      ),
    );
    expect((await prepared.run(new Float32Array(12 * batch))).length).toBe(3 * batch);
    await prepared.release();
  });

  it('of a file that fixes another one, if it is asked for in vain', async () => {
    const model = path.join(inputs, 'batch-tile-4.onnx');
    const prepared = await prepareShape(model, [12], { batch: 2 });
    expect(prepared.description).toMatchObject({ batch: 4, fixedBatch: 4, batchFreed: false });
    expect(prepared.description.batchNote).toContain(' batch 2 cannot be used because it does not run ');
    await prepared.release();
  });

  it.each(['reshape-count.onnx', 'reshape-infer.onnx', 'reshape-node.onnx'])(
    'through the constant Reshape of %s',
    async (name) => {
      const prepared = await prepareShape(path.join(inputs, name), [3, 2, 2]);
      expect(prepared.description).toMatchObject({ batch: 64, batchFreed: true, batchNote: null });
      expect(prepared.description.batchDifference).toBeLessThan(1e-5);
      await prepared.release();
    },
  );

  it('of a file that fixes another one than 1', async () => {
    const model = path.join(inputs, 'batch-4.onnx');
    const prepared = await prepareShape(model, [12]);
    expect(prepared.description).toMatchObject({ batch: 64, fixedBatch: 4, batchFreed: true, input: 'x' });
    await prepared.release();
    const same = await prepareShape(model, [12], { batch: 4 });
    expect(same.description).toMatchObject({ batch: 4, batchFreed: false, batchNote: null });
    await same.release();
  });

  it('as it is asked for', async () => {
    const prepared = await prepareShape(path.join(inputs, 'reshape-count.onnx'), [3, 2, 2], { batch: 7 });
    expect((await prepared.run(new Float32Array(7 * 12))).length).toBe(21);
    await expect(prepared.run(new Float32Array(12))).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    await prepared.release();
  });
});

describe('prepareModel learns what the file does not say', () => {
  it('the number of classes, by a run', async () => {
    for (const [name, layout] of [
      ['no-output-shape.onnx', 'auto'],
      ['all-free.onnx', 'nchw'],
    ] as const) {
      const prepared = await prepareShape(path.join(inputs, name), [3, 2, 2], { layout });
      expect(prepared.description).toMatchObject({
        classes: 3,
        modelShape: [3, 2, 2],
        batch: 64,
        batchFreed: false,
      });
      await prepared.release();
    }
  });

  it('the sizes of the pictures, from the data', async () => {
    for (const imageShape of [
      [5, 7, 3],
      [3, 5, 7],
    ]) {
      const prepared = await prepareShape(path.join(inputs, 'free-nhwc.onnx'), imageShape);
      expect(prepared.description).toMatchObject({ layout: 'nhwc', modelShape: [5, 7, 3], channels: 3 });
      await prepared.release();
    }
  });

  it('which axis of [N, 1, K] has the classes', async () => {
    const prepared = await prepareShape(path.join(inputs, 'middle-one.onnx'), [12]);
    expect(prepared.description).toMatchObject({ classes: 3, output: 'y', batch: 64 });
    const flat = await prepareShape(path.join(inputs, 'batch-4.onnx'), [12]);
    const input = Float32Array.from({ length: 64 * 12 }, (_, at) => Math.sin(at));
    expect([...(await prepared.run(input))]).toEqual([...(await flat.run(input))]);
    await prepared.release();
    await flat.release();
  });
});
