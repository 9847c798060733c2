import { SmoothcertError } from '../../shared/errors.js';
import { isElementType, type ElementType } from './element-types.js';

/** An input as ONNX Runtime describes it; `null` dimensions are free. */
export interface InputInfo {
  readonly name: string;
  /** Element type, or null for sequences and maps. */
  readonly type: string | null;
  readonly shape: readonly (number | null)[];
}

/** The input that takes the images. */
export interface ChosenInput {
  readonly name: string;
  readonly type: ElementType;
  /** Batch first; two to four axes. */
  readonly shape: readonly (number | null)[];
}

/**
 * Chooses the input that takes the images: the only one, of floats, with a batch axis.
 * @throws MODEL_INPUT_UNSUPPORTED if there is no such input
 */
export function chooseInput(inputs: readonly InputInfo[]): ChosenInput {
  const [input] = inputs;
  if (input === undefined) {
    throw unsupported('The model takes no input.', 'Export a model that takes the images as its input.');
  }
  if (inputs.length > 1) {
    throw unsupported(
      `The model takes ${inputs.length} inputs (${inputs.map(({ name }) => name).join(', ')}).`,
      'Export a model that takes the images alone, with everything else as constants.',
    );
  }
  const { name, type, shape } = input;
  if (type === null || !isElementType(type)) throw notFloats(name, type);
  if (shape.length < 2 || shape.length > 4) {
    throw unsupported(
      `Input ${name} has shape [${shape.map((size) => size ?? '?').join(', ')}], not a batch of images.`,
      'Export it with an input [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D].',
    );
  }
  return { name, type, shape };
}

function notFloats(name: string, type: string | null): SmoothcertError {
  if (type !== null && /^u?int/.test(type)) {
    return unsupported(
      `Input ${name} takes ${type}, whole numbers, which Gaussian noise cannot be added to.`,
      'Export it with a float32 input in place of the integers and their cast; if they are 0 to 255, pass --input-scale 255.',
    );
  }
  return unsupported(
    `Input ${name} takes ${type ?? 'a sequence or a map'}, not float32, float16 or float64.`,
    'Export it with one float32 input tensor.',
  );
}

function unsupported(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('MODEL_INPUT_UNSUPPORTED', message, remedy);
}
