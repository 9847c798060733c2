import { ATTRIBUTE, GRAPH, NODE, TENSOR, VALUE_INFO } from './onnx-fields.js';
import { editFields, fieldsOf, stringOf } from './wire-edit.js';

const INT64 = 7;
const INT64_BYTES = 8;
/** In the shape of a Reshape: take the size from the input, or infer it from the number of values. */
const FROM_INPUT = 0n;
const INFERRED = -1n;
const MAX_DEPTH = 32;

/**
 * Edits Reshapes whose constant shape starts with the fixed batch, so that they follow the batch: [1, 10] becomes [−1, 10], and
 * [1, −1] becomes [0, −1]. The first is the same function at the exported batch; so is the second if the reshaped value has the
 * batch as its first axis. Whether they are right at another batch is checked in verify-batch.ts.
 *
 * A shape is an initializer or a Constant node. It is edited only if nothing but Reshapes of the main graph without `allowzero`
 * reads it, and each of them reshapes what is computed: a constant that is reshaped has no batch to follow.
 */
export function freeConstantReshapes(graph: Uint8Array, batch: number): Uint8Array {
  const shapes = shapesOfReshapes(graph);
  return editFields(graph, {
    [GRAPH.initializer]: (tensor) => {
      const name = stringOf(tensor, TENSOR.name);
      return name !== null && shapes.has(name) ? freeShape(tensor, batch) : tensor;
    },
    [GRAPH.node]: (node) => {
      const [output] = namesOf(node, NODE.output);
      return isOperator(node, 'Constant') && output !== undefined && shapes.has(output)
        ? editFields(node, { [NODE.attribute]: (attribute) => freeConstant(attribute, batch) })
        : node;
    },
  });
}

/** Returns the names of the shapes that may be edited. */
function shapesOfReshapes(graph: Uint8Array): Set<string> {
  const nodes = fieldsOf(graph, GRAPH.node).bytes;
  const constants = new Set([
    ...fieldsOf(graph, GRAPH.initializer).bytes.map((tensor) => stringOf(tensor, TENSOR.name)),
    ...nodes.filter((node) => isOperator(node, 'Constant')).flatMap((node) => namesOf(node, NODE.output)),
  ]);
  const shapes = new Set<string>();
  const others = new Set(
    fieldsOf(graph, GRAPH.output).bytes.map((output) => stringOf(output, VALUE_INFO.name) ?? ''),
  );
  for (const node of nodes) {
    const inputs = namesOf(node, NODE.input);
    const plain = isPlainReshape(node) && !constants.has(inputs[0] ?? '');
    inputs.forEach((name, position) => (position === 1 && plain ? shapes : others).add(name));
    for (const name of namesInSubgraphs(node, 0)) others.add(name);
  }
  for (const name of others) shapes.delete(name);
  return shapes;
}

/** Returns the names that the graphs inside a node read, including those of outer values. */
function namesInSubgraphs(node: Uint8Array, depth: number): string[] {
  if (depth > MAX_DEPTH) throw new RangeError(`graphs are nested more than ${MAX_DEPTH} deep`);
  const graphs = fieldsOf(node, NODE.attribute).bytes.flatMap((attribute) => [
    ...fieldsOf(attribute, ATTRIBUTE.graph).bytes,
    ...fieldsOf(attribute, ATTRIBUTE.graphs).bytes,
  ]);
  return graphs.flatMap((graph) => [
    ...fieldsOf(graph, GRAPH.output).bytes.map((output) => stringOf(output, VALUE_INFO.name) ?? ''),
    ...fieldsOf(graph, GRAPH.node).bytes.flatMap((inner) => [
      ...namesOf(inner, NODE.input),
      ...namesInSubgraphs(inner, depth + 1),
    ]),
  ]);
}

function namesOf(node: Uint8Array, field: number): string[] {
  return fieldsOf(node, field).bytes.map((name) => Buffer.from(name).toString('utf8'));
}

function isOperator(node: Uint8Array, operator: string): boolean {
  return stringOf(node, NODE.operator) === operator && (stringOf(node, NODE.domain) ?? '') === '';
}

function isPlainReshape(node: Uint8Array): boolean {
  const allowsZero = fieldsOf(node, NODE.attribute).bytes.some(
    (attribute) =>
      stringOf(attribute, ATTRIBUTE.name) === 'allowzero' &&
      fieldsOf(attribute, ATTRIBUTE.integer).varints.some((value) => value !== 0),
  );
  return isOperator(node, 'Reshape') && !allowsZero;
}

function freeConstant(attribute: Uint8Array, batch: number): Uint8Array {
  if (stringOf(attribute, ATTRIBUTE.name) !== 'value') return attribute;
  return editFields(attribute, { [ATTRIBUTE.tensor]: (tensor) => freeShape(tensor, batch) });
}

/** Edits a shape of raw int64 values; any other tensor is left as it is. */
function freeShape(tensor: Uint8Array, batch: number): Uint8Array {
  if (fieldsOf(tensor, TENSOR.type).varints[0] !== INT64) return tensor;
  return editFields(tensor, {
    [TENSOR.rawData]: (raw) => {
      if (raw.length < 2 * INT64_BYTES || raw.length % INT64_BYTES !== 0) return raw;
      const bytes = Uint8Array.from(raw);
      const view = new DataView(bytes.buffer);
      if (view.getBigInt64(0, true) !== BigInt(batch)) return raw;
      let infers = false;
      for (let at = 0; at < bytes.length; at += INT64_BYTES)
        infers ||= view.getBigInt64(at, true) === INFERRED;
      view.setBigInt64(0, infers ? FROM_INPUT : INFERRED, true);
      return bytes;
    },
  });
}
