import { SmoothcertError } from '../../shared/errors.js';

/** An output as ONNX Runtime describes it; `null` dimensions are free. No shape at all means that its rank is unknown. */
export interface OutputInfo {
  readonly name: string;
  /** Element type, or null for sequences and maps. */
  readonly type: string | null;
  readonly shape: readonly (number | null)[];
}

/** The output that votes are taken from. `classes` is null where only a run can tell. */
export interface ChosenOutput {
  readonly name: string;
  readonly classes: number | null;
}

/**
 * Chooses the output with one score a class: the one that is asked for, or else the only float32 output of shape [N, K],
 * trailing axes of 1 allowed. MODEL_OUTPUT_UNSUPPORTED with what to do otherwise.
 */
export function chooseOutput(outputs: readonly OutputInfo[], asked?: string): ChosenOutput {
  const names = outputs.map(({ name }) => name).join(', ');
  if (asked !== undefined) {
    const output = outputs.find(({ name }) => name === asked);
    if (output === undefined) {
      throw unsupported(
        `The model has no output named ${asked}; it has ${names}.`,
        'Pass one of these to --output.',
      );
    }
    return accept(output);
  }
  if (outputs.length === 1) return accept(outputs[0]!);
  const fitting = outputs.filter((output) => faultOf(output) === null);
  if (fitting.length === 1) return accept(fitting[0]!);
  throw unsupported(
    fitting.length === 0
      ? `None of the model's outputs (${names}) is a float32 tensor [N, K] with one score a class.`
      : `The model has several outputs that could hold one score a class: ${fitting.map(({ name }) => name).join(', ')}.`,
    fitting.length === 0
      ? 'Export the logits or probabilities as an output.'
      : 'Pass the right one to --output.',
  );
}

/** The number of classes from the shape that a run gave for `rows` rows; MODEL_OUTPUT_UNSUPPORTED if it is not [rows, K]. */
export function classesOfShape(name: string, shape: readonly number[], rows: number): number {
  const { classes } = accept({ name, type: 'float32', shape });
  if (classes !== null && shape[0] === rows) return classes;
  throw unsupported(
    `Output ${name} has shape [${shape.join(', ')}] for ${rows} images.`,
    'Export the model with one row of scores an image.',
  );
}

function accept(output: OutputInfo): ChosenOutput {
  const fault = faultOf(output);
  if (fault !== null) throw unsupported(`Output ${output.name} ${fault.is}.`, fault.remedy);
  return { name: output.name, classes: output.shape[1] ?? null };
}

function faultOf({ type, shape }: OutputInfo): { is: string; remedy: string } | null {
  if (type === null) {
    return {
      is: 'is not a tensor but a sequence or a map',
      remedy: 'Export it as a tensor [N, K]; with skl2onnx, pass options={"zipmap": False}.',
    };
  }
  if (/^u?int|^bool/.test(type)) {
    return {
      is: `holds ${type} values, not scores`,
      remedy: 'Export the model without its final ArgMax, so that it gives one score a class.',
    };
  }
  if (type !== 'float32')
    return { is: `holds ${type} values`, remedy: 'Export the model with float32 outputs.' };
  if (shape.length === 0) return null;
  if (shape.length === 1 || shape.slice(2).some((size) => size !== null && size !== 1)) {
    const axes = shape.map((size) => size ?? '?').join(', ');
    return {
      is: `has shape [${axes}], not [N, K] with one score a class`,
      remedy: 'Export an image classifier, with one row of scores an image.',
    };
  }
  if (shape[1] === 1) {
    return {
      is: 'has a single score an image, and votes need at least two classes',
      remedy: 'Export two scores, for example the concatenation of −z and z for a logit z.',
    };
  }
  return null;
}

function unsupported(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('MODEL_OUTPUT_UNSUPPORTED', message, remedy);
}
