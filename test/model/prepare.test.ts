import { createHash } from 'node:crypto';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { importDataSet } from '../../cli/data/convert.js';
import { SmoothcertError } from '../../shared/errors.js';
import { DataSetReader } from '../../worker/data/reader.js';
import { freeBatch } from '../../worker/model/free-batch.js';
import { prepareModel, type PreparedModel, type PrepareOptions } from '../../worker/model/prepare.js';
import { ModelSession } from '../../worker/model/session.js';
import { NoiseKernel } from '../../worker/noise/generator.js';

const models = fileURLToPath(new URL('../fixtures/models/', import.meta.url));
const inputs = fileURLToPath(new URL('../fixtures/model-inputs/', import.meta.url));
const PLAIN = { inputScale: 1, mean: [0], std: [1] };
const folder = mkdtempSync(path.join(tmpdir(), 'prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Expected {
  images: number[];
  models: Record<string, { data: string; output: string; scores: (number | null)[][] }>;
}
const expected = JSON.parse(readFileSync(path.join(models, 'expected.json'), 'utf8')) as Expected;

async function readerOf(name: string): Promise<DataSetReader> {
  const into = path.join(folder, name);
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
    noiseScale: 0.25,
    verifyRows: async (preprocessing, { dimension }) => {
      const kernel = await NoiseKernel.create({ dimension, batch: 32, seed: 1n, gain: preprocessing.gain });
      for (let image = 0; image < 8; image += 1) {
        kernel.setImage(preprocessing.baseOf(await reader.readPixels(image)));
        kernel.draw(4 * image, image, 0, 4);
      }
      return kernel.input;
    },
    ...more,
  });

/** The same with random pixels for a model whose data are not in a file. */
const prepareShape = (modelPath: string, imageShape: number[], more: Partial<PrepareOptions> = {}) =>
  prepareModel({
    modelPath,
    device: 'cpu',
    layout: 'auto',
    imageShape,
    normalisation: PLAIN,
    noiseScale: 0.25,
    verifyRows: (_, { dimension }) =>
      Promise.resolve(Float32Array.from({ length: 32 * dimension }, (__, at) => Math.sin(at))),
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
    input.set(prepared.preprocessing.baseOf(await reader.readPixels(image)), row * dimension);
    const output = await prepared.run(input);
    expect(output.length).toBe(batch * classes);
    scores.push([...output.subarray(row * classes, (row + 1) * classes)]);
  }
  return scores;
}

async function refusal(promise: Promise<PreparedModel>): Promise<string[]> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SmoothcertError))
    throw new Error('was not refused with a sentence', { cause: error });
  return [error.code, error.message.replaceAll(models, '').replaceAll(inputs, ''), error.remedy];
}

describe('prepareModel gives the scores that NumPy gives', () => {
  /** Model → layout, batch that the file fixes, batch that is used. */
  it.each([
    ['free.onnx', 'nchw', null, 32],
    ['nchw-fixed.onnx', 'nchw', 1, 32],
    ['nhwc-fixed.onnx', 'nhwc', 1, 32],
    ['flat-fixed.onnx', 'flat', 1, 32],
    ['colour-nchw.onnx', 'nchw', 1, 32],
    ['colour-nhwc.onnx', 'nhwc', 1, 32],
    ['probabilities.onnx', 'nchw', null, 32],
    ['logits-4d.onnx', 'nchw', null, 32],
    ['wide.onnx', 'nchw', null, 32],
    ['reshape-fixed.onnx', 'nchw', 1, 32],
    ['cross-talk.onnx', 'nchw', 1, 1],
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
      /^The model runs at batch 1, which is slower: batch 32 cannot be used because it changes (votes|scores by up to .* %)\.$/,
    );
    await prepared.release();
    const stuck = await prepareShape(path.join(inputs, 'constant-batch.onnx'), [12]);
    expect(stuck.description).toMatchObject({ batch: 1, batchFreed: false, batchDifference: null });
    expect(stuck.description.batchNote).toMatch(
      /^The model runs at batch 1, .* because it does not run \(The model failed/,
    );
    await stuck.release();
    await reader.close();
  });

  it.each(['reshape-count.onnx', 'reshape-infer.onnx'])(
    'through the constant Reshape of %s',
    async (name) => {
      const prepared = await prepareShape(path.join(inputs, name), [3, 2, 2]);
      expect(prepared.description).toMatchObject({ batch: 32, batchFreed: true, batchNote: null });
      expect(prepared.description.batchDifference).toBeLessThan(1e-5);
      await prepared.release();
    },
  );

  it('of a file that fixes another one than 1', async () => {
    const model = path.join(inputs, 'batch-4.onnx');
    const prepared = await prepareShape(model, [12]);
    expect(prepared.description).toMatchObject({ batch: 32, fixedBatch: 4, batchFreed: true, input: 'x' });
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
        batch: 32,
        batchFreed: false,
      });
      await prepared.release();
    }
  });
});

const ONE_FLOAT = 'Export it with one float32 input tensor.';
const SHAPES = 'Export it with an input [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D].';
const WHOLE =
  'Check that it is a whole ONNX file of a published operator set, without operators of your own.';

describe('prepareModel refuses', () => {
  it.each([
    [
      'absent.onnx',
      'MODEL_UNREADABLE',
      'There is no file absent.onnx.',
      'Check the path; a model is one ONNX file of at most 2 GB.',
    ],
    [
      'truncated.onnx',
      'MODEL_UNREADABLE',
      'ONNX Runtime cannot load the model: Failed to load model because protobuf parsing failed.',
      WHOLE,
    ],
    [
      'not-a-model.onnx',
      'MODEL_UNREADABLE',
      'ONNX Runtime cannot load the model: Failed to load model because protobuf parsing failed.',
      WHOLE,
    ],
    [
      'own-operator.onnx',
      'MODEL_UNREADABLE',
      'ONNX Runtime cannot load the model: Fatal error: ai.acme:Magic(-1) is not a registered function/op.',
      WHOLE,
    ],
    [
      'external.onnx',
      'MODEL_UNREADABLE',
      'The model external.onnx keeps weights in other files, which its digest does not cover.',
      'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx").',
    ],
    [
      'two-inputs.onnx',
      'MODEL_INPUT_UNSUPPORTED',
      'The model takes 2 inputs (pixels, more).',
      'Export a model that takes the images alone, with everything else as constants.',
    ],
    ['int-input.onnx', 'MODEL_INPUT_UNSUPPORTED', 'Input pixels takes uint8, not float32.', ONE_FLOAT],
    [
      'float16-input.onnx',
      'MODEL_INPUT_UNSUPPORTED',
      'Input pixels takes float16, not float32.',
      'Export it with float32 inputs: float16 is not supported yet.',
    ],
    [
      'no-input-shape.onnx',
      'MODEL_INPUT_UNSUPPORTED',
      'Input x has shape [], not a batch of images.',
      SHAPES,
    ],
    [
      'no-batch-axis.onnx',
      'MODEL_INPUT_UNSUPPORTED',
      'Input x has shape [12], not a batch of images.',
      SHAPES,
    ],
    [
      'one-class.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'Output logits has a single score an image, and votes need at least two classes.',
      'Export two scores, for example the concatenation of −z and z for a logit z.',
    ],
    [
      'rank-3.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'Output logits has shape [?, 4, 10], not [N, K] with one score a class.',
      'Export an image classifier, with one row of scores an image.',
    ],
    [
      'one-axis-output.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'Output y has shape [3], not [N, K] with one score a class.',
      'Export an image classifier, with one row of scores an image.',
    ],
    [
      'int-output.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'Output class holds int64 values, not scores.',
      'Export the model without its final ArgMax, so that it gives one score a class.',
    ],
    [
      'sequence-output.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'Output logits is not a tensor but a sequence or a map.',
      'Export it as a tensor [N, K]; with skl2onnx, pass options={"zipmap": False}.',
    ],
    [
      'two-fits.onnx',
      'MODEL_OUTPUT_UNSUPPORTED',
      'The model has several outputs that could hold one score a class: y, z.',
      'Pass the right one to --output.',
    ],
  ])('%s', async (name, code, message, remedy) => {
    const own = ['external', 'no-', 'one-axis', 'two-fits', 'own-'].some((start) => name.startsWith(start));
    const found = await refusal(prepareShape(path.join(own ? inputs : models, name), [1, 8, 8]));
    expect(found).toEqual([code, message, remedy]);
  });

  it('an operator set of the future', async () => {
    const [code, message] = await refusal(prepareShape(path.join(inputs, 'future-opset.onnx'), [12]));
    expect(code).toBe('MODEL_UNREADABLE');
    expect(message).toMatch(/^ONNX Runtime cannot load the model: .*[Oo]pset 99/);
    expect(message).not.toContain('/onnxruntime_src');
  });

  it('an output that is not there, another digest, a device that is not there', async () => {
    const model = path.join(models, 'free.onnx');
    expect(await refusal(prepareShape(model, [1, 8, 8], { output: 'scores' }))).toEqual([
      'MODEL_OUTPUT_UNSUPPORTED',
      'The model has no output named scores; it has logits.',
      'Pass one of these to --output.',
    ]);
    const [code] = await refusal(prepareShape(model, [1, 8, 8], { expectedDigest: '00' }));
    expect(code).toBe('MODEL_DIGEST_MISMATCH');
    const absent = process.platform === 'darwin' ? 'dml' : 'coreml';
    const device = await refusal(prepareShape(model, [1, 8, 8], { device: absent }));
    expect(device[0]).toBe('DEVICE_UNAVAILABLE');
    expect(device[1]).toMatch(new RegExp(`^The device ${absent} cannot be used: .*\\.$`));
  });
});

describe('freeBatch', () => {
  it('changes nothing at the batch of the file, and copies weights untouched', async () => {
    const original = readFileSync(path.join(models, 'nchw-fixed.onnx'));
    const freed = freeBatch(original)!;
    const input = Float32Array.from({ length: 64 }, (_, at) => Math.cos(at));
    const rows = await Promise.all(
      [original, freed].map(async (model) => {
        const session = await ModelSession.open({ model, device: 'cpu' });
        await session.learnClasses([1, 1, 8, 8]);
        const scores = await session.run(input, [1, 1, 8, 8]);
        await session.release();
        return [...scores];
      }),
    );
    expect(rows[0]).toEqual(rows[1]);
    expect(freeBatch(freed)).toBeNull();
  });

  it('keeps unknown fields byte for byte', () => {
    const unknown = Buffer.from([0xfa, 0x3f, 0x03, 1, 2, 3]);
    const model = Buffer.concat([unknown, readFileSync(path.join(models, 'flat-fixed.onnx')), unknown]);
    const freed = Buffer.from(freeBatch(model)!);
    expect(freed.subarray(0, unknown.length)).toEqual(unknown);
    expect(freed.subarray(-unknown.length)).toEqual(unknown);
  });

  it('has nothing to say of a free model, or of bytes that are no model', () => {
    for (const name of ['free.onnx', 'not-a-model.onnx', 'truncated.onnx']) {
      expect(freeBatch(readFileSync(path.join(models, name)))).toBeNull();
    }
    expect(freeBatch(new Uint8Array(0))).toBeNull();
  });
});
