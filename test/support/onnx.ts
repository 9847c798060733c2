import protobuf from 'protobufjs/minimal.js';

/** ONNX models written by hand, so that a test says itself what its model computes. Opset 17, float32. */

export interface Operator {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers, and lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Weights {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly type?: 'float' | 'int64';
}

export interface Graph {
  /** A text is the name of an axis that is free. */
  readonly inputShape: readonly (number | string)[];
  readonly outputShape: readonly (number | string)[];
  /** From `pixels` to `scores`. */
  readonly operators: readonly Operator[];
  readonly weights?: Readonly<Record<string, Weights>>;
}

const FLOAT = 1;
const INT64 = 7;
const INT = 2;
const INTS = 7;

type Field = readonly [number: number, value: string | number | Uint8Array];

function message(...fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, value] of fields) {
    if (typeof value === 'number') writer.uint32(number << 3).int64(value);
    else if (typeof value === 'string') writer.uint32((number << 3) | 2).string(value);
    else writer.uint32((number << 3) | 2).bytes(value);
  }
  return writer.finish();
}

const all = (number: number, values: readonly (string | number | Uint8Array)[]): Field[] =>
  values.map((value) => [number, value]);

function attribute([name, value]: readonly [string, number | readonly number[]]): Uint8Array {
  if (typeof value === 'number') return message([1, name], [3, value], [20, INT]);
  return message([1, name], ...all(8, value), [20, INTS]);
}

const operator = ({ type, inputs, outputs, attributes = {} }: Operator): Uint8Array =>
  message(
    ...all(1, inputs),
    ...all(2, outputs),
    [4, type],
    ...all(5, Object.entries(attributes).map(attribute)),
  );

function tensor([name, { shape, values, type = 'float' }]: readonly [string, Weights]): Uint8Array {
  const array = type === 'float' ? Float32Array.from(values) : BigInt64Array.from(values.map(BigInt));
  return message(
    ...all(1, shape),
    [2, type === 'float' ? FLOAT : INT64],
    [8, name],
    [9, new Uint8Array(array.buffer)],
  );
}

function value(name: string, shape: readonly (number | string)[]): Uint8Array {
  const axes = shape.map((size) => message([typeof size === 'number' ? 1 : 2, size]));
  return message([1, name], [2, message([1, message([1, FLOAT], [2, message(...all(1, axes))])])]);
}

/** The bytes of a model file. */
export function onnxModel({ inputShape, outputShape, operators, weights = {} }: Graph): Uint8Array {
  const graph = message(
    ...all(1, operators.map(operator)),
    [2, 'test'],
    ...all(5, Object.entries(weights).map(tensor)),
    [11, value('pixels', inputShape)],
    [12, value('scores', outputShape)],
  );
  return message([1, 8], [8, message([2, 17])], [7, graph]);
}
