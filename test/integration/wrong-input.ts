import { MODELS, PICTURES, type Flags } from '../harness/results.js';

/** A fault: its name, the flags that differ from a job that runs, and the whole error that the command then prints. */
export type Wrong = readonly [name: string, flags: Flags, code: string, sentence: string, remedy: string];

const NPZ = 'test/fixtures/npz';
const INPUTS = 'test/fixtures/model-inputs';
const SEE_HELP = 'See smoothcert certify --help.';

export const options: Wrong[] = [
  [
    'σ of 0',
    { sigma: 0 },
    'OPTION_INVALID',
    '--sigma 0 is not a number above 0 and of at most 1000000 (pixels scaled to [0, 1]).',
    SEE_HELP,
  ],
  [
    'σ that is no number',
    { sigma: '1/4' },
    'OPTION_INVALID',
    '--sigma 1/4 is not a number above 0 and of at most 1000000 (pixels scaled to [0, 1]).',
    SEE_HELP,
  ],
  [
    'α above 1/4',
    { alpha: 0.26 },
    'OPTION_INVALID',
    '--alpha 0.26 is outside [1e-12, 0.25], where the bounds are proved and checked.',
    'Give the probability of a wrong certificate that you accept per image, for example --alpha 0.001.',
  ],
  [
    'gain with clopper-pearson',
    { bound: 'clopper-pearson' },
    'PAIR_NOT_OFFERED',
    '--stop gain is not offered with --bound clopper-pearson: it decides after seeing the counts, and a bound made for one look errs up to 35 times as often when looked at repeatedly.',
    'With --stop gain use --bound spending or --bound anytime.',
  ],
  ...['spending', 'anytime'].map((bound): Wrong => [
    `fixed with ${bound}`,
    { stop: 'fixed', bound },
    'PAIR_NOT_OFFERED',
    `--stop fixed is not offered with --bound ${bound}: it looks once, at a number of samples chosen beforehand, where a bound made for many looks only gives a smaller radius.`,
    'With --stop fixed use --bound clopper-pearson.',
  ]),
  [
    'a budget too small for gain',
    { 'max-samples': 10 },
    'BUDGET_TOO_SMALL',
    'With 10 samples and α = 0.001, not even votes that all agree would certify an image.',
    'Raise --max-samples or --alpha.',
  ],
  [
    'a budget too small for fixed',
    { stop: 'fixed', 'max-samples': 9 },
    'BUDGET_TOO_SMALL',
    'With 9 samples and α = 0.001, not even votes that all agree would certify an image.',
    'Raise --max-samples or --alpha.',
  ],
  [
    'a radius that uniform noise cannot reach',
    { noise: 'uniform', stop: 'target', radii: '0.25,0.44' },
    'OPTION_INVALID',
    'With uniform noise of σ = 0.25 (λ = 0.433), no votes certify a radius of 0.44: all radii are below 0.43301270189221924.',
    'Leave the larger --radii out, or add more noise.',
  ],
  [
    'a radius of Laplace noise that is too large for the budget',
    { noise: 'laplace', stop: 'target', radii: 2 },
    'BUDGET_TOO_SMALL',
    'With 100 samples and α = 0.001, not even votes that all agree would certify a radius of 2 at σ = 0.25 (λ = 0.1768).',
    'Raise --max-samples or --alpha.',
  ],
  [
    'a schedule too long for spending',
    { 'max-samples': 200_000 },
    'SCHEDULE_TOO_LONG',
    'With 200000 samples an image, the bound "spending" would have 13 looks; it takes at most 12.',
    'Use a smaller --max-samples; or --bound anytime without --runner-up, which takes any number of looks.',
  ],
  [
    '--n0 with gain',
    { n0: 100 },
    'OPTION_INVALID',
    '--n0 has no meaning without --stop fixed.',
    'Leave --n0 out, or add --stop fixed.',
  ],
  [
    '--min-gain with fixed',
    { stop: 'fixed', 'min-gain': 'quick' },
    'OPTION_INVALID',
    '--min-gain has no meaning without --stop gain or --stop two-stage.',
    'Leave --min-gain out, or add --stop gain or --stop two-stage.',
  ],
  [
    'a batch of 0',
    { batch: 0 },
    'OPTION_INVALID',
    '--batch 0 is not a whole number of at least 1 and of at most 4096.',
    SEE_HELP,
  ],
  ...['-1', '18446744073709551616', 'today'].map((seed): Wrong => [
    `the seed ${seed}`,
    { seed },
    'OPTION_INVALID',
    `--seed ${seed} is not a whole number from 0 to 2^64 − 1.`,
    'Leave it out to have one drawn at random, as you should unless you redraw an earlier job.',
  ]),
  ...['5:5', 'first', '-3:'].map((images): Wrong => [
    `the images ${images}`,
    { images },
    'OPTION_INVALID',
    `--images ${images} is not start:stop:step.`,
    'Write for example 0:1000 for the first thousand or ::10 for every tenth image.',
  ]),
  ...['40', '100:200'].map((images): Wrong => [
    `the images ${images} of 40`,
    { images },
    'OPTION_INVALID',
    `--images names none of the 40 images of ${PICTURES.data}.`,
    'Choose indices from 0 to 39.',
  ]),
  [
    'two means for three channels',
    { model: `${MODELS}/colour-nchw.onnx`, data: `${MODELS}/images-colour-nchw.npz`, mean: '0.5,0.5' },
    'OPTION_INVALID',
    '--mean needs 1 or 3 values, one a channel, not 2.',
    "See the model's training code for the right values.",
  ],
  [
    'four standard deviations for three channels',
    { model: `${MODELS}/colour-nchw.onnx`, data: `${MODELS}/images-colour-nchw.npz`, std: '1,1,1,1' },
    'OPTION_INVALID',
    '--std needs 1 or 3 values, one a channel, not 4.',
    "See the model's training code for the right values.",
  ],
  [
    'a standard deviation of 0',
    { std: 0 },
    'OPTION_INVALID',
    '--std 0 is not a number above 0 and of at most 1000000000.',
    SEE_HELP,
  ],
];

const FORMATS =
  'Give a .npz or .npy file, IDX, CIFAR batches or a folder of PNG or JPEG files; most simply np.savez("images.npz", x=images, y=labels).';

export const data: Wrong[] = [
  ['no such file', 'absent.npz', 'DATA_UNREADABLE', 'There is no file $.', 'Check the path.'],
  [
    'a folder of other files',
    '',
    'DATA_FORMAT',
    '$bad-header.npy is neither a PNG nor a JPEG file.',
    'Move it out of the folder: all that is there must be pictures, hidden files aside.',
  ],
  ['a text file', 'text.npz', 'DATA_FORMAT', '$ is in no format that is read.', FORMATS],
  [
    'a file cut short',
    'short.npz',
    'DATA_FORMAT',
    '$ is damaged or cut short.',
    'Save it again with np.savez, or copy it again if it was cut while being copied.',
  ],
  [
    'a wrong byte',
    'flipped.npz',
    'DATA_FORMAT',
    'x in $ is damaged or cut short.',
    'Save it again with np.savez, or copy it again if it was cut while being copied.',
  ],
  [
    'an archive that unpacks to more than it says',
    'bomb.npz',
    'DATA_FORMAT',
    'x in $ has 4194552 bytes where its header promises 248.',
    'Save it again, or copy it again if it was cut while being copied.',
  ],
  [
    'two arrays that could be the images',
    'two-keys.npz',
    'DATA_FORMAT',
    '$ does not say which array has the images: it holds x, images.',
    'Save one array of each alone: np.savez("images.npz", x=images, y=labels).',
  ],
  [
    'Python objects',
    'objects.npy',
    'DATA_TYPE',
    '$ holds Python objects, which are never unpickled.',
    'Make one array of equally sized images first: np.stack(list(x)).',
  ],
  [
    'integers that are not bytes',
    'int64.npy',
    'DATA_TYPE',
    '$ holds int64 values; pixels are uint8 or float.',
    'If the pixels are 0 to 255, save it as x.astype(np.uint8). Values that are no pixels: add --features.',
  ],
  [
    'pixels from 0 to 255 as floats',
    'levels.npy',
    'DATA_RANGE',
    'The pixel at index [0, 0, 0, 0] of $ is 139, and pixels must be in [0, 1].',
    'Pixels of 0 to 255: save them as (x / 255).astype(np.float32). Values that are no pixels: add --features.',
  ],
  [
    'normalised pixels',
    'normalised.npy',
    'DATA_RANGE',
    'The pixel at index [0, 0, 0, 1] of $ is -0.8392156362533569, and pixels must be in [0, 1].',
    'Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and pass --mean and --std. Values that are no pixels: add --features.',
  ],
  [
    'a pixel that is not a number',
    'nan.npy',
    'DATA_RANGE',
    'The pixel at index [1, 1, 2, 3] of $ is NaN.',
    'Find such images with ~np.isfinite(x) and repair them or leave them out.',
  ],
  [
    'no images',
    'empty.npy',
    'DATA_EMPTY',
    '$ has no images: its shape is [0, 2, 4, 5].',
    'Save at least one image.',
  ],
  [
    'too few labels',
    'few-labels.npz',
    'LABELS_MISMATCH',
    'y in $ has 2 labels for 3 images.',
    'Give exactly one label an image, in the same order.',
  ],
  [
    'images of another size than the model takes',
    'uint8.npz',
    'MODEL_DATA_MISMATCH',
    'The model takes images of shape [1, 8, 8] and the data has images of shape [2, 4, 5].',
    'Resize or transpose the images, or give the model that belongs to them: nothing is resized silently.',
  ],
].map(([name, file, code, sentence, remedy]): Wrong => {
  const given = `${NPZ}/${file!}`;
  return [name!, { data: given }, code!, sentence!.replace('$', given), remedy!];
});

export const labels: Wrong[] = [
  [
    'three labels for forty images',
    { labels: `${NPZ}/labels.npy` },
    'LABELS_MISMATCH',
    `${NPZ}/labels.npy has 3 labels for 40 images.`,
    'Give exactly one label an image, in the same order.',
  ],
  [
    'no such labels',
    { labels: `${NPZ}/absent.npy` },
    'DATA_UNREADABLE',
    `There is no file ${NPZ}/absent.npy.`,
    'Check the path.',
  ],
];

const EXPORT_AGAIN = 'Check the path, and export or copy the model again; a model is an .onnx file.';

export const models: Wrong[] = [
  [
    'absent.onnx',
    'MODEL_UNREADABLE',
    `There is no file ${MODELS}/absent.onnx.`,
    'Check the path; a model is one ONNX file of at most 2 GB.',
  ],
  ...['not-a-model.onnx', 'truncated.onnx'].map((file): [string, string, string, string] => [
    file,
    'MODEL_UNREADABLE',
    `${MODELS}/${file} is no ONNX model, or is damaged or cut short.`,
    EXPORT_AGAIN,
  ]),
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
    'sequence-output.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'Output logits is not a tensor but a sequence or a map.',
    'Export it as a tensor [N, K]; with skl2onnx, pass options={"zipmap": False}.',
  ],
  [
    'int-output.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'Output class holds int64 values, not scores.',
    'Export the model without its final ArgMax, so that it gives one score a class.',
  ],
  [
    'two-outputs.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    'The model has several outputs that could hold one score a class: features, logits.',
    'Pass the right one to --output.',
  ],
  [
    'cross-talk-of-four.onnx',
    'MODEL_OUTPUT_UNSUPPORTED',
    "The model's scores for an image change with the other images of its batch of 4, or from run to run.",
    'Export it in evaluation mode, without randomness, with a free batch or a batch of 1.',
  ],
].map(([file, code, sentence, remedy]): Wrong => [
  `the model ${file!}`,
  { model: `${MODELS}/${file!}` },
  code!,
  sentence!,
  remedy!,
]);

export const otherModels: Wrong[] = [
  [
    'the model external.onnx',
    { model: `${INPUTS}/external.onnx` },
    'MODEL_UNREADABLE',
    `The model ${INPUTS}/external.onnx keeps weights in ${INPUTS}/weights.bin, which is not there.`,
    'Save it as one file with onnx.save(onnx.load(path), "one-file.onnx"), or put the weight files where the model says they are.',
  ],
  [
    'a model without a batch axis',
    { model: `${INPUTS}/no-batch-axis.onnx` },
    'MODEL_INPUT_UNSUPPORTED',
    'Input x has shape [12], not a batch of images.',
    'Export it with an input [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D].',
  ],
  [
    'an output that the model does not have',
    { output: 'scores' },
    'MODEL_OUTPUT_UNSUPPORTED',
    'The model has no output named scores; it has logits.',
    'Pass one of these to --output.',
  ],
  [
    'a layout that the model does not have',
    { model: `${MODELS}/flat-fixed.onnx`, layout: 'nchw' },
    'OPTION_INVALID',
    'The model takes images of shape [64, 1], which have no channel axis, so --layout nchw does not apply.',
    'Leave --layout out.',
  ],
];
