import { closest, distance } from 'fastest-levenshtein';
import { SmoothcertError } from '../../shared/errors.js';
import { isElementType, type ElementType } from './element-types.js';

/** An output as ONNX Runtime describes it; `null` dimensions are free. An empty shape means that its rank is unknown. */
export interface OutputInfo {
  readonly name: string;
  /** Element type, or null for sequences and maps. */
  readonly type: string | null;
  readonly shape: readonly (number | null)[];
}

/** The output that votes are taken from. `classes` is null if only a run can show it. */
export interface ChosenOutput {
  readonly name: string;
  readonly type: ElementType;
  readonly classes: number | null;
}

/** Largest edit distance between a misspelt name and the suggested one. */
const MISSPELT = 3;

/**
 * Chooses the output with one score a class: the one that is asked for, or else the only output of floats of shape [N, K].
 * Axes of 1 are allowed anywhere behind the batch, as in [N, K, 1, 1] and [N, 1, K]: with one axis above 1, no other reading
 * of it exists. @throws MODEL_OUTPUT_UNSUPPORTED if there is no such output, or more than one
 */
export function chooseOutput(outputs: readonly OutputInfo[], asked?: string): ChosenOutput {
  const names = outputs.map(({ name }) => name).join(', ');
  if (asked !== undefined) {
    const output = outputs.find(({ name }) => name === asked);
    if (output === undefined) {
      throw unsupported(
        `The model has no output named ${asked}; it has ${names}.`,
        `${didYouMean(asked, outputs)}Pass one of these to --output.`,
      );
    }
    return accept(output);
  }
  if (outputs.length === 1) return accept(outputs[0]!);
  const fitting = outputs.filter((output) => outputFaultOf(output) === null);
  if (fitting.length === 1) return accept(fitting[0]!);
  throw unsupported(
    fitting.length === 0
      ? `None of the model's outputs (${names}) is a tensor of floats [N, K] with one score a class.`
      : `The model has several outputs that could hold one score a class: ${fitting.map(({ name }) => name).join(', ')}.`,
    fitting.length === 0 ? remedyForNone(outputs) : 'Pass the right one to --output.',
  );
}

/** Returns what to do where no output has scores: scikit-learn's exports have labels and a sequence of maps. */
function remedyForNone(outputs: readonly OutputInfo[]): string {
  const map = outputs.find(({ type }) => type === null);
  return map === undefined ? 'Export the logits or probabilities as an output.' : outputFaultOf(map)!.remedy;
}

/** Returns the number of classes in a run's output of `rows` rows. @throws MODEL_OUTPUT_UNSUPPORTED unless its shape is [rows, K] */
export function classesOfShape(name: string, shape: readonly number[], rows: number): number {
  const { classes } = accept({ name, type: 'float32', shape });
  if (classes !== null && shape[0] === rows) return classes;
  throw unsupported(
    `Output ${name} has shape [${shape.join(', ')}] for ${rows === 1 ? 'one image' : `${rows} images`}.`,
    'Export the model with one row of scores an image.',
  );
}

/** Returns true if a run's output has one row of `classes` scores for each of the rows; axes of 1 do not matter. */
export function isRowsOf(shape: readonly number[], rows: number, classes: number): boolean {
  const behind = shape.slice(1);
  return shape[0] === rows && behind.includes(classes) && behind.reduce((a, b) => a * b, 1) === classes;
}

function didYouMean(asked: string, outputs: readonly OutputInfo[]): string {
  const nearest = closest(
    asked,
    outputs.map(({ name }) => name),
  );
  return distance(asked.toLowerCase(), nearest.toLowerCase()) <= MISSPELT ? `Did you mean ${nearest}? ` : '';
}

function accept(output: OutputInfo): ChosenOutput {
  const fault = outputFaultOf(output);
  if (fault !== null) throw unsupported(`Output ${output.name} ${fault.is}.`, fault.remedy);
  const wide = output.shape.slice(1).filter((size) => size !== 1);
  // No other type is without a fault.
  const type = output.type as ElementType;
  return { name: output.name, type, classes: wide.length === 1 ? wide[0]! : null };
}

function outputFaultOf({ type, shape }: OutputInfo): { is: string; remedy: string } | null {
  if (type === null) {
    return {
      is: 'is not a tensor but a sequence or a map',
      remedy: 'Export it as a tensor [N, K]; with skl2onnx, pass options={"zipmap": False}.',
    };
  }
  if (/^u?int(8|16)$/.test(type)) {
    return {
      is: `holds ${type} values, quantised scores`,
      remedy: 'Export it with a DequantizeLinear behind this output, so that its scores are float32.',
    };
  }
  if (/^u?int|^bool/.test(type)) {
    return {
      is: `holds ${type} values, not scores`,
      remedy: 'Export the model without its final ArgMax, so that it gives one score a class.',
    };
  }
  if (!isElementType(type))
    return { is: `holds ${type} values`, remedy: 'Export the model with float32 outputs.' };
  return shape.length === 0 ? null : shapeFaultOf(shape);
}

function shapeFaultOf(shape: OutputInfo['shape']): { is: string; remedy: string } | null {
  const behind = shape.slice(1);
  if (shape.length === 1 || behind.filter((size) => size !== null && size !== 1).length > 1) {
    const axes = shape.map((size) => size ?? '?').join(', ');
    return {
      is: `has shape [${axes}], not [N, K] with one score a class`,
      remedy: 'Export an image classifier, with one row of scores an image.',
    };
  }
  if (behind.every((size) => size === 1)) {
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
