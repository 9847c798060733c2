import { elementsOf } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';

/** ONNX's numbers of element types that the runtime uses inside a model and not for inputs or outputs. */
const INNER_TYPES: Readonly<Record<string, string>> = {
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  23: 'float4e2m1',
};

type Reading = readonly [pattern: RegExp, read: (found: string[]) => { message: string; remedy: string }];

/** ONNX Runtime's messages about whole models that it cannot run, and their wording for a user. */
const READINGS: readonly Reading[] = [
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    ([version, known]) => ({
      message: `The model has ONNX IR version ${version!}, and this ONNX Runtime reads versions up to ${known!}.`,
      remedy: 'Export it with an older version of onnx or of your exporter.',
    }),
  ],
  [
    /Opset (\d+) is under development.* for domain (\S+) is till opset (\d+)/,
    ([version, domain, known]) => ({
      message: `The model needs version ${version!} of the operator set ${domain!}, and this ONNX Runtime has versions up to ${known!}.`,
      remedy: `Export it with a lower operator set, for example opset_version=17.`,
    }),
  ],
  [
    /(?:^|\s)(\S+:\w+)\(-?\d+\) is not a registered function\/op/,
    ([operator]) => ({
      message: `The model uses the operator ${operator!}, which ONNX Runtime does not have.`,
      remedy: 'Export it with standard ONNX operators only.',
    }),
  ],
  [
    /No Op registered for (\S+) with domain_version of (\d+)/,
    ([operator, version]) => ({
      message: `The model uses the operator ${operator!}, which version ${version!} of its operator set does not have.`,
      remedy: 'Export it with standard ONNX operators only, and with the opset_version that has them.',
    }),
  ],
];

/** Words why a model that was read whole cannot be loaded: MODEL_UNREADABLE, or MODEL_INPUT_UNSUPPORTED for an unsupported type. */
export function loadError(cause: unknown): SmoothcertError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const innerType = /^Unsupported data type: (\d+)$/.exec(text)?.[1];
  if (innerType !== undefined) {
    return new SmoothcertError(
      'MODEL_INPUT_UNSUPPORTED',
      `The model has an input or output of type ${INNER_TYPES[innerType] ?? `number ${innerType}`}, which cannot be passed to or from it.`,
      'Export it with float32 inputs and outputs; a Cast behind the input keeps the rest as it is.',
      { cause },
    );
  }
  for (const [pattern, read] of READINGS) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const { message, remedy } = read(found.slice(1));
    return new SmoothcertError('MODEL_UNREADABLE', message, remedy, { cause });
  }
  return new SmoothcertError(
    'MODEL_UNREADABLE',
    `ONNX Runtime cannot load the model: ${firstLine(cause)}`,
    'Check that it is a whole ONNX file of a published operator set, without operators of your own.',
    { cause },
  );
}

/** The node at which a run failed, its name and why, in a message of ONNX Runtime. */
const AT_NODE = /returned while running (\S+) node\. Name:'([^']*)' Status Message: (.*)/s;
/** Words of ONNX Runtime for a shape that an operator does not take. */
const ABOUT_SHAPES = /dimension|shape|broadcast|axis|size mismatch/i;

/** Words why a run failed: without paths and signatures of ONNX Runtime's sources. @param shape of the input, rows first */
export function runError(cause: unknown, shape: readonly number[]): SmoothcertError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const input = `The model failed on an input of shape [${shape.join(', ')}]`;
  const [, operator, name, why] = AT_NODE.exec(text) ?? [];
  if (operator === undefined) return inferenceFailed(`${input}: ${firstLine(cause)}`, RUN_IT, cause);
  const node = name === '' ? operator : `${operator} (${name!})`;
  if (!ABOUT_SHAPES.test(why!))
    return inferenceFailed(`${input}: its node ${node} says: ${firstLine(why)}`, RUN_IT, cause);
  return inferenceFailed(
    `${input}: its node ${node} wants another size.`,
    `Give images of the shape that the model was trained on: these have ${elementsOf(shape.slice(1))} values each.`,
    cause,
  );
}

const RUN_IT = 'Run the model on these images by itself to see why.';

function inferenceFailed(message: string, remedy: string, cause: unknown): SmoothcertError {
  return new SmoothcertError('INFERENCE_FAILED', message, remedy, { cause });
}

/** Returns the first line of ONNX Runtime's message without its source paths, ending in one full stop. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'it gave no reason';
  return `${line.replace(/^\/onnxruntime_src\S*\s(?:.*was false\.\s|.*\)\s)?/, '').replace(/[\s.]+$/, '')}.`;
}
