import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { project } from '../harness/local-job.js';
import { INPUTS, MODELS, prepareShape, refusal } from './support.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const AGAIN = 'Check the path, and export or copy the model again; a model is an .onnx file.';
const SHAPES = 'Export it with an input [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D].';
const STANDARD = 'Export it with standard ONNX operators only.';
const ONE_ROW = 'Export an image classifier, with one row of scores an image.';
const ONE_TENSOR = 'Export it with one float32 input tensor.';

type Refused = readonly [file: string, code: string, message: string, remedy: string];

/** Made here, in a folder of their own. */
const files: Refused[] = [
  [
    'absent.onnx',
    'MODEL_UNREADABLE',
    'There is no file absent.onnx.',
    'Check the path; a model is one ONNX file of at most 2 GB.',
  ],
  [
    'empty.onnx/below',
    'MODEL_UNREADABLE',
    'The model empty.onnx/below cannot be read (ENOTDIR).',
    'Check the path; a model is one ONNX file of at most 2 GB.',
  ],
  ['empty.onnx', 'MODEL_UNREADABLE', 'The file empty.onnx is empty.', AGAIN],
  ['folder', 'MODEL_UNREADABLE', 'folder is a directory.', 'Give the .onnx file in it.'],
  ['text.onnx', 'MODEL_UNREADABLE', 'text.onnx is no ONNX model, or is damaged or cut short.', AGAIN],
  ['no-graph.onnx', 'MODEL_UNREADABLE', 'no-graph.onnx is no ONNX model, or is damaged or cut short.', AGAIN],
  [
    'large.onnx',
    'MODEL_UNREADABLE',
    'The model large.onnx has 2.50 GB, and at most 2.14 GB can be loaded.',
    'Use a smaller model, or one with weights of float16.',
  ],
  ...['model.pt', 'model.pth'].map((name): Refused => [
    name,
    'MODEL_UNREADABLE',
    `${name} is a checkpoint of PyTorch, not an ONNX model.`,
    'Export it in Python: model.eval(); torch.onnx.export(model, x, "model.onnx") for a batch x of its inputs.',
  ]),
  [
    'model.ort',
    'MODEL_UNREADABLE',
    "model.ort is in ONNX Runtime's own format.",
    'Give the .onnx file that it was converted from.',
  ],
];
mkdirSync(folder.file('folder'));
writeFileSync(folder.file('empty.onnx'), '');
writeFileSync(folder.file('model.pt'), Buffer.from('PK\x03\x04archive/data.pkl', 'latin1'));
writeFileSync(folder.file('model.pth'), Buffer.from('\x80\x02}q\x00.', 'latin1'));
writeFileSync(folder.file('text.onnx'), 'version https://git-lfs.github.com/spec/v1\n');
writeFileSync(folder.file('no-graph.onnx'), Uint8Array.of(0x08, 7));
writeFileSync(folder.file('model.ort'), Buffer.from('\x18\0\0\0ORTM\0\0\0\0'));
copyFileSync(`${MODELS}free.onnx`, folder.file('large.onnx'));
truncateSync(folder.file('large.onnx'), 2.5e9);

const models: Refused[] = [
  [
    'truncated.onnx',
    'MODEL_UNREADABLE',
    'truncated.onnx is no ONNX model, or is damaged or cut short.',
    AGAIN,
  ],
  [
    'not-a-model.onnx',
    'MODEL_UNREADABLE',
    'not-a-model.onnx is no ONNX model, or is damaged or cut short.',
    AGAIN,
  ],
  [
    'own-operator.onnx',
    'MODEL_UNREADABLE',
    'The model uses the operator ai.acme:Magic, which ONNX Runtime does not have.',
    STANDARD,
  ],
  [
    'no-operator.onnx',
    'MODEL_UNREADABLE',
    'The model uses the operator Magic, which version 13 of its operator set does not have.',
    'Export it with standard ONNX operators only, and with the opset_version that has them.',
  ],
  [
    'future-opset.onnx',
    'MODEL_UNREADABLE',
    'The model needs version 99 of the operator set ai.onnx, and this ONNX Runtime has versions up to 26.',
    'Export it with a lower operator set, for example opset_version=17.',
  ],
  [
    'future-ir.onnx',
    'MODEL_UNREADABLE',
    'The model has ONNX IR version 99, and this ONNX Runtime reads versions up to 13.',
    'Export it with an older version of onnx or of your exporter.',
  ],
  [
    'external.onnx',
    'MODEL_UNREADABLE',
    'The model external.onnx keeps weights in weights.bin, which is not there.',
    'Save it as one file with onnx.save(onnx.load(path), "one-file.onnx"), or put the weight files where the model says they are.',
  ],
  [
    'no-input.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'The model takes no input.',
    'Export a model that takes the images as its input.',
  ],
  [
    'two-inputs.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'The model takes 2 inputs (pixels, more).',
    'Export a model that takes the images alone, with everything else as constants.',
  ],
  [
    'int-input.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'Input pixels takes uint8, whole numbers, which Gaussian noise cannot be added to.',
    'Export it with a float32 input in place of the integers and their cast; if they are 0 to 255, pass --input-scale 255.',
  ],
  [
    'bfloat16.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'The model has an input or output of type bfloat16, which cannot be passed to or from it.',
    'Export it with float32 inputs and outputs; a Cast behind the input keeps the rest as it is.',
  ],
  [
    'no-text.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'Input x takes string, not float32, float16 or float64.',
    ONE_TENSOR,
  ],
  [
    'no-tensor.onnx',
    'MODEL_INPUT_UNSUPPORTED',
    'Input x takes a sequence or a map, not float32, float16 or float64.',
    ONE_TENSOR,
  ],
  ['no-input-shape.onnx', 'MODEL_INPUT_UNSUPPORTED', 'Input x has shape [], not a batch of images.', SHAPES],
  ['no-batch-axis.onnx', 'MODEL_INPUT_UNSUPPORTED', 'Input x has shape [12], not a batch of images.', SHAPES],
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
    ONE_ROW,
  ],
  [
    'one-axis-output.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'Output y has shape [3], not [N, K] with one score a class.',
    ONE_ROW,
  ],
  [
    'scalar-output.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'Output y has shape [] for one image.',
    'Export the model with one row of scores an image.',
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
    'int8-output.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'Output y holds int8 values, quantised scores.',
    'Export it with a DequantizeLinear behind this output, so that its scores are float32.',
  ],
  [
    'label-and-maps.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    "None of the model's outputs (label, probabilities) is a tensor of floats [N, K] with one score a class.",
    'Export it as a tensor [N, K]; with skl2onnx, pass options={"zipmap": False}.',
  ],
  [
    'free-features.onnx',
    'INFERENCE_FAILED',
    'The model failed on an input of shape [1, 12]: its node MatMul (dense/1) wants another size.',
    'Give images of the shape that the model was trained on: these have 12 values each.',
  ],
  [
    'two-fits.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'The model has several outputs that could hold one score a class: y, z.',
    'Pass the right one to --output.',
  ],
];

/** Models that are no pictures take 12 numbers, the others 8 × 8 pixels. */
const pathOf = (file: string) => {
  const own = readFileSync(path.join(INPUTS, 'make.py'), 'utf8').includes(`"${file}"`);
  return path.join(own ? INPUTS : MODELS, file);
};
const shapeOf = (file: string) => (pathOf(file).startsWith(INPUTS) ? [12] : [1, 8, 8]);

describe('prepareModel refuses', () => {
  it.each(files)('the file %s', async (file, ...said) => {
    expect(await refusal(prepareShape(folder.file(file), [1, 8, 8]), `${folder.path}/`)).toEqual(said);
  });

  it.each(models)('%s', async (file, ...said) => {
    expect(await refusal(prepareShape(pathOf(file), shapeOf(file)))).toEqual(said);
  });

  it('an output that is not there, and says which may have been meant', async () => {
    const asked = (output: string) =>
      refusal(prepareShape(path.join(MODELS, 'two-outputs.onnx'), [1, 8, 8], { output }));
    const has = (name: string) => `The model has no output named ${name}; it has features, logits.`;
    expect(await asked('Logit')).toEqual([
      'MODEL_OUTPUT_UNSUPPORTED',
      has('Logit'),
      'Did you mean logits? Pass one of these to --output.',
    ]);
    expect((await asked('probabilities')).slice(1)).toEqual([
      has('probabilities'),
      'Pass one of these to --output.',
    ]);
  });

  it('another digest', async () => {
    const [code] = await refusal(
      prepareShape(path.join(MODELS, 'free.onnx'), [1, 8, 8], { expectedDigest: '00' }),
    );
    expect(code).toBe('MODEL_DIGEST_MISMATCH');
  });

  it('a device that is not there', async () => {
    const device = process.platform === 'darwin' ? 'dml' : 'coreml';
    const [code, message] = await refusal(
      prepareShape(path.join(MODELS, 'free.onnx'), [1, 8, 8], { device }),
    );
    expect(code).toBe('DEVICE_UNAVAILABLE');
    expect(message).toMatch(new RegExp(`^The device ${device} cannot be used: .*\\.$`));
  });

  it('in whole sentences', () => {
    for (const [, , message, remedy] of [...files, ...models]) {
      expect(message).toMatch(/^[^\n]+\.$/);
      expect(remedy).toMatch(/^[A-Z][^\n]+[.]$/);
    }
  });
});

describe('nothing but these sentences', () => {
  const loads = (list: string[]) => `
    import { ModelSession } from ${JSON.stringify(project('dist/worker/model/session.js'))};
    import { readModel } from ${JSON.stringify(project('dist/worker/model/onnx/model-file.js'))};
    for (const file of ${JSON.stringify(list)}) {
      try {
        const { model } = await readModel(file);
        const session = await ModelSession.open({ model, device: 'cpu' });
        await session.learnClasses([1, ...session.description.inputShape.slice(1).map((size) => size ?? 1)]);
        await session.run(new Float32Array(1), [1, 1]);
      } catch (error) {
        process.stdout.write((error.code ?? error.stack) + '\\n');
      }
    }`;

  it('is printed, by ONNX Runtime either', () => {
    const list = [...models.map(([file]) => pathOf(file)), path.join(MODELS, 'fails-on-run.onnx')];
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', loads(list)], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    // Two outputs fit: refused like the rest. The last one loads, and fails when it runs.
    expect(stdout.trim().split('\n')).toEqual([...models.map(([, code]) => code), 'INFERENCE_FAILED']);
  });
});
