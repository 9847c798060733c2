import { SmoothcertError } from '../../../shared/errors.js';

/** Bytes of a model, weights included: no protobuf message may be larger. */
export const LARGEST_MODEL = 2 ** 31 - 1;

/** Remedy for a file that is no model. */
export const DAMAGED = 'Check the path, and export or copy the model again; a model is an .onnx file.';

export function tooLarge(what: string, bytes: number): SmoothcertError {
  return new SmoothcertError(
    'MODEL_UNREADABLE',
    `The model ${what} has ${(bytes / 1e9).toFixed(2)} GB, and at most 2.14 GB can be loaded.`,
    'Use a smaller model, or one with weights of float16.',
  );
}
