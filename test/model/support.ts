import { fileURLToPath } from 'node:url';
import { PIXEL_STEP } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import { prepareModel, type PrepareOptions } from '../../worker/model/prepare-model.js';

export const MODELS = fileURLToPath(new URL('../fixtures/models/', import.meta.url));
export const INPUTS = fileURLToPath(new URL('../fixtures/model-inputs/', import.meta.url));
export const PLAIN = { inputScale: 1, mean: [0], std: [1] };

/** Prepares a model for images of a shape, verified on rows without a pattern that a batch could hide behind. */
export const prepareShape = (modelPath: string, imageShape: number[], more: Partial<PrepareOptions> = {}) =>
  prepareModel({
    modelPath,
    device: 'cpu',
    layout: 'auto',
    imageShape,
    normalisation: PLAIN,
    dataStep: PIXEL_STEP,
    noise: { kind: 'gaussian', scale: 0.25 },
    verifyRows: (_, { dimension }) =>
      Promise.resolve([
        { rows: Float32Array.from({ length: 32 * dimension }, (__, at) => Math.sin(at)), sources: 1 },
      ]),
    ...more,
  });

/** Code, sentence and remedy of what a promise is rejected with, without the folders of the fixtures. */
export async function refusal(promise: Promise<unknown>, folder = MODELS): Promise<string[]> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SmoothcertError))
    throw new Error('was not refused with a sentence', { cause: error });
  const sentence = [folder, MODELS, INPUTS].reduce((text, each) => text.replaceAll(each, ''), error.message);
  return [error.code, sentence, error.remedy];
}
