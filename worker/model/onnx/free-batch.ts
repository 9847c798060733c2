import protobuf from 'protobufjs/minimal.js';
import { DIMENSION, GRAPH, MODEL, SHAPE, TENSOR, TENSOR_TYPE, TYPE, VALUE_INFO } from './onnx-fields.js';
import { freeConstantReshapes } from './reshape-batch.js';
import { editFields, fieldsOf, stringOf } from './wire-edit.js';

const BATCH_NAME = 'smoothcert_batch';

/**
 * Returns the model with a symbolic first dimension of its inputs and outputs, so that it takes any batch; null if there is no fixed
 * batch to free, or if the bytes are no ONNX model. Shapes of inner values are removed, because they contain the old batch; constant
 * Reshapes to [batch, …] follow the batch; weights and unknown fields are copied byte for byte.
 *
 * At the batch that the model was exported with, the edit changes no value; whether it holds at another batch is not
 * known from the file and must be verified by running it (verify-batch.ts).
 */
export function freeBatch(model: Uint8Array): Uint8Array | null {
  try {
    const graphs = fieldsOf(model, MODEL.graph).bytes;
    if (graphs.length !== 1) return null;
    const graph = graphs[0]!;
    const weights = new Set(
      fieldsOf(graph, GRAPH.initializer).bytes.map((tensor) => stringOf(tensor, TENSOR.name)),
    );
    const isWeight = (input: Uint8Array) => weights.has(stringOf(input, VALUE_INFO.name));
    const batches = fieldsOf(graph, GRAPH.input)
      .bytes.filter((input) => !isWeight(input))
      .map(fixedBatchOf);
    const batch = batches[0];
    if (batch === undefined || batch === null || batches.some((other) => other !== batch)) return null;
    const freeGraph = (content: Uint8Array) =>
      editFields(freeConstantReshapes(content, batch), {
        [GRAPH.input]: (input) => (isWeight(input) ? input : freeValue(input, batch)),
        [GRAPH.output]: (output) => freeValue(output, batch),
        [GRAPH.valueInfo]: () => null,
      });
    return editFields(model, { [MODEL.graph]: freeGraph });
  } catch {
    return null;
  }
}

/** Returns the first dimension of an input; null if it is symbolic or missing. */
function fixedBatchOf(value: Uint8Array): number | null {
  let at: Uint8Array | undefined = value;
  for (const field of [VALUE_INFO.type, TYPE.tensor, TENSOR_TYPE.shape, SHAPE.dimension]) {
    at = fieldsOf(at, field).bytes[0];
    if (at === undefined) return null;
  }
  return fieldsOf(at, DIMENSION.value).varints[0] ?? null;
}

/** Makes the first dimension symbolic if it is the batch; an output of another first dimension is left as it is. */
function freeValue(value: Uint8Array, batch: number): Uint8Array {
  if (fixedBatchOf(value) !== batch) return value;
  let axis = 0;
  const freeDimension = (dimension: Uint8Array) => (axis++ === 0 ? symbolicDimension() : dimension);
  return editFields(value, {
    [VALUE_INFO.type]: (type) =>
      editFields(type, {
        [TYPE.tensor]: (tensor) =>
          editFields(tensor, {
            [TENSOR_TYPE.shape]: (shape) => editFields(shape, { [SHAPE.dimension]: freeDimension }),
          }),
      }),
  });
}

function symbolicDimension(): Uint8Array {
  return protobuf.Writer.create()
    .uint32((DIMENSION.parameter << 3) | 2)
    .string(BATCH_NAME)
    .finish();
}
