import { ATTRIBUTE, GRAPH, NODE, TENSOR } from './onnx-fields.js';
import { editFields, fieldsOf, stringOf } from './wire-edit.js';

const INT64 = 7;
const INT64_BYTES = 8;
/** In the shape of a Reshape: take the size from the input, or infer it from the number of values. */
const FROM_INPUT = 0n;
const INFERRED = -1n;

/**
 * Lets Reshapes whose constant shape starts with the fixed batch follow the batch instead: [1, 10] becomes [−1, 10], and
 * [1, −1] becomes [0, −1]. The first is the same function at the exported batch; so is the second wherever the
 * reshaped value has the batch in front. Only shapes that nothing but Reshapes without `allowzero` reads are edited.
 */
export function freeConstantReshapes(graph: Uint8Array, batch: number): Uint8Array {
  const shapes = new Set<string>();
  const others = new Set<string>();
  for (const node of fieldsOf(graph, GRAPH.node).bytes) {
    const inputs = fieldsOf(node, NODE.input).bytes.map((name) => Buffer.from(name).toString('utf8'));
    inputs.forEach((name, position) => (position === 1 && isPlainReshape(node) ? shapes : others).add(name));
  }
  return editFields(graph, {
    [GRAPH.initializer]: (tensor) => {
      const name = stringOf(tensor, TENSOR.name);
      return name !== null && shapes.has(name) && !others.has(name) ? freeShape(tensor, batch) : tensor;
    },
  });
}

function isPlainReshape(node: Uint8Array): boolean {
  const attributes = fieldsOf(node, NODE.attribute).bytes;
  const allowsZero = attributes.some(
    (attribute) =>
      stringOf(attribute, ATTRIBUTE.name) === 'allowzero' &&
      fieldsOf(attribute, ATTRIBUTE.integer).varints[0] !== 0,
  );
  return (
    stringOf(node, NODE.operator) === 'Reshape' && (stringOf(node, NODE.domain) ?? '') === '' && !allowsZero
  );
}

/** Only raw int64 values are read, as all exporters write them; anything else is left as it is. */
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
