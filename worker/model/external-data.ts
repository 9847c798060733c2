import { ATTRIBUTE, EXTERNAL, GRAPH, MODEL, NODE, TENSOR } from './onnx-fields.js';
import { fieldsOf } from './wire-edit.js';

const MAX_DEPTH = 32;

/**
 * Whether weights of the model lie in other files. Those are refused: the model's digest would not speak of them, and
 * ONNX Runtime would look for them in the working directory. False if the bytes are no ONNX model.
 */
export function usesExternalData(model: Uint8Array): boolean {
  try {
    return fieldsOf(model, MODEL.graph).bytes.some((graph) => graphUsesIt(graph, 0));
  } catch {
    return false;
  }
}

function graphUsesIt(graph: Uint8Array, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (fieldsOf(graph, GRAPH.initializer).bytes.some(isExternal)) return true;
  return fieldsOf(graph, GRAPH.node).bytes.some((node) =>
    fieldsOf(node, NODE.attribute).bytes.some((attribute) => attributeUsesIt(attribute, depth)),
  );
}

function attributeUsesIt(attribute: Uint8Array, depth: number): boolean {
  const tensors = [
    ...fieldsOf(attribute, ATTRIBUTE.tensor).bytes,
    ...fieldsOf(attribute, ATTRIBUTE.tensors).bytes,
  ];
  const graphs = [
    ...fieldsOf(attribute, ATTRIBUTE.graph).bytes,
    ...fieldsOf(attribute, ATTRIBUTE.graphs).bytes,
  ];
  return tensors.some(isExternal) || graphs.some((graph) => graphUsesIt(graph, depth + 1));
}

function isExternal(tensor: Uint8Array): boolean {
  return fieldsOf(tensor, TENSOR.dataLocation).varints.includes(EXTERNAL);
}
