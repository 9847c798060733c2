import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE_TENSOR } from './onnx/onnx-fields.js';
import { editFields } from './onnx/wire-edit.js';

/** Depth of graphs within graphs; protobuf itself stops at about 33. */
const MAX_DEPTH = 32;

/**
 * Rewrites every tensor that is stored in a model: initializers, constants in attributes, sparse ones, those in subgraphs and in
 * functions. Everything else, and a tensor that `edit` returns as it was, is copied unchanged; the result is `model` itself if
 * nothing changed. @throws if the bytes are no protobuf message, or if graphs are nested too deeply
 */
export function editTensors(model: Uint8Array, edit: (tensor: Uint8Array) => Uint8Array): Uint8Array {
  const inSparse = (tensor: Uint8Array) =>
    editFields(tensor, { [SPARSE_TENSOR.values]: edit, [SPARSE_TENSOR.indices]: edit });

  const inAttribute = (attribute: Uint8Array, depth: number): Uint8Array =>
    editFields(attribute, {
      [ATTRIBUTE.tensor]: edit,
      [ATTRIBUTE.tensors]: edit,
      [ATTRIBUTE.sparseTensor]: inSparse,
      [ATTRIBUTE.sparseTensors]: inSparse,
      [ATTRIBUTE.graph]: (graph) => inGraph(graph, depth + 1),
      [ATTRIBUTE.graphs]: (graph) => inGraph(graph, depth + 1),
    });

  const inNode = (node: Uint8Array, depth: number) =>
    editFields(node, { [NODE.attribute]: (attribute) => inAttribute(attribute, depth) });

  const inGraph = (graph: Uint8Array, depth: number): Uint8Array => {
    if (depth > MAX_DEPTH) throw new RangeError(`graphs are nested more than ${MAX_DEPTH} deep`);
    return editFields(graph, {
      [GRAPH.node]: (node) => inNode(node, depth),
      [GRAPH.initializer]: edit,
      [GRAPH.sparseInitializer]: inSparse,
    });
  };

  return editFields(model, {
    [MODEL.graph]: (graph) => inGraph(graph, 0),
    [MODEL.functions]: (content) =>
      editFields(content, {
        [FUNCTION.node]: (node) => inNode(node, 0),
        [FUNCTION.attribute]: (attribute) => inAttribute(attribute, 0),
      }),
  });
}
