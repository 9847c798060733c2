import { SmoothcertError } from '../../../shared/errors.js';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, TENSOR, VALUE_INFO } from './onnx-fields.js';
import { fieldsOf, messageOf, stringOf } from './wire-edit.js';

/** Graphs within graphs; protobuf itself stops at about 33. */
const MAX_DEPTH = 32;

/** Operators that draw random numbers, whatever their attributes say. */
const RANDOM = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Sampling',
]);

/** Operators that drop values at random where an input says that they train: its place among the inputs. */
const DROPOUTS: Readonly<Record<string, number>> = {
  Dropout: 2,
  BitmaskDropout: 2,
  BiasDropout: 4,
  BitmaskBiasDropout: 4,
};

/** Normalisations that use the statistics of the batch where `training_mode` is set, or where they give more than one output. */
const NORMALISATIONS = new Set(['BatchNormalization', 'SyncBatchNormalization', 'BatchNormInternal']);

/** Domains of operators that train a model, or that carry something from one run to the next. */
const TRAINING_DOMAINS = new Set(['ai.onnx.training', 'ai.onnx.preview.training']);
const STATEFUL = new Set(['PythonOp', 'YieldOp', 'Hole', 'Send', 'Recv']);

/** Domains of ONNX Runtime's own operators: one of them runs even where the model has a function of the same name. */
const RUNTIME_DOMAIN = /^$|^ai\.onnx(\.|$)|^com\.microsoft(\.|$)|^com\.ms\./;

/** The meaning of the names of a graph, from the outermost graph inwards. */
interface Scope {
  readonly constants: ReadonlyMap<string, Uint8Array>;
  readonly outer: Scope | null;
}

/**
 * Refuses a model that is not a function of its input: one that draws random numbers, that is in training mode, or that
 * carries something from one run to the next. The whole graph is read, subgraphs and functions included, before
 * anything runs. What an operator of somebody's own library does is not in the file and cannot be read.
 * @throws SmoothcertError MODEL_NOT_DETERMINISTIC, which names the operator; RangeError or Error if the bytes are no ONNX model
 */
export function refuseRandomness(model: Uint8Array, modelPath: string): void {
  const found = firstRandomness(model);
  if (found === null) return;
  throw new SmoothcertError(
    'MODEL_NOT_DETERMINISTIC',
    `The model ${modelPath} ${found}, so that it may answer the same input differently. A certificate needs a model that does not.`,
    'Export it in evaluation mode: call model.eval() first, and give torch.onnx.export no training=…TRAINING.',
  );
}

/** The end of a sentence that begins with "The model"; null if nothing of the kind is in it. */
function firstRandomness(model: Uint8Array): string | null {
  const functions = fieldsOf(model, MODEL.functions).bytes;
  const own = new Set(
    functions.map((one) => `${stringOf(one, FUNCTION.domain) ?? ''}:${stringOf(one, FUNCTION.name) ?? ''}`),
  );
  const inGraph = (graph: Uint8Array, outer: Scope | null, depth: number): string | null => {
    if (depth > MAX_DEPTH) throw new RangeError(`graphs are nested more than ${MAX_DEPTH} deep`);
    const nodes = fieldsOf(graph, GRAPH.node).bytes;
    const constants = constantsOf(nodes, fieldsOf(graph, GRAPH.initializer).bytes);
    // The inputs of a branch or a loop are given to it, whatever value stands beside them.
    const given = depth === 0 ? [] : fieldsOf(graph, GRAPH.input).bytes;
    for (const input of given) constants.delete(stringOf(input, VALUE_INFO.name) ?? '');
    return inNodes(nodes, { constants, outer }, depth);
  };
  const inNodes = (nodes: readonly Uint8Array[], scope: Scope, depth: number): string | null => {
    for (const node of nodes) {
      const domain = stringOf(node, NODE.domain) ?? '';
      const isCall =
        !RUNTIME_DOMAIN.test(domain) && own.has(`${domain}:${stringOf(node, NODE.operator) ?? ''}`);
      const found = (isCall ? null : randomnessOf(node, scope)) ?? inSubgraphs(node, scope, depth);
      if (found !== null) return found;
    }
    return null;
  };
  const inSubgraphs = (node: Uint8Array, scope: Scope, depth: number): string | null => {
    for (const attribute of fieldsOf(node, NODE.attribute).bytes) {
      const { graph, graphs } = ATTRIBUTE;
      const single = messageOf(attribute, graph);
      for (const subgraph of [...(single ? [single] : []), ...fieldsOf(attribute, graphs).bytes]) {
        const found = inGraph(subgraph, scope, depth + 1);
        if (found !== null) return found;
      }
    }
    return null;
  };
  const graph = messageOf(model, MODEL.graph);
  const found = graph && inGraph(graph, null, 0);
  if (found !== null) return found;
  for (const one of functions) {
    const nodes = fieldsOf(one, FUNCTION.node).bytes;
    const found = inNodes(nodes, { constants: constantsOf(nodes, []), outer: null }, 0);
    if (found !== null) return found;
  }
  return null;
}

/** Tensors that do not change: initializers, and what Constant nodes give. */
function constantsOf(
  nodes: readonly Uint8Array[],
  initializers: readonly Uint8Array[],
): Map<string, Uint8Array> {
  const constants = new Map<string, Uint8Array>();
  for (const tensor of initializers) constants.set(stringOf(tensor, TENSOR.name) ?? '', tensor);
  for (const node of nodes) {
    const isConstant = stringOf(node, NODE.operator) === 'Constant';
    const tensor = isConstant ? valueOfConstant(node) : null;
    for (const output of namesOf(node, NODE.output)) {
      if (tensor === null) constants.delete(output);
      else constants.set(output, tensor);
    }
  }
  return constants;
}

/**
 * Returns the tensor of a Constant node; null if it is not certain. ONNX Runtime takes a node's first attribute, whatever its name, and
 * in a function the one of the caller that it refers to.
 */
function valueOfConstant(node: Uint8Array): Uint8Array | null {
  if (!RUNTIME_DOMAIN.test(stringOf(node, NODE.domain) ?? '')) return null;
  const [attribute, ...others] = fieldsOf(node, NODE.attribute).bytes;
  if (attribute === undefined || others.length > 0) return null;
  if (stringOf(attribute, ATTRIBUTE.name) !== 'value') return null;
  return stringOf(attribute, ATTRIBUTE.reference) === null ? messageOf(attribute, ATTRIBUTE.tensor) : null;
}

function randomnessOf(node: Uint8Array, scope: Scope): string | null {
  const operator = stringOf(node, NODE.operator) ?? '';
  const domain = stringOf(node, NODE.domain) ?? '';
  const name = stringOf(node, NODE.name) ?? '';
  const where = name === '' ? operator : `${operator} (${JSON.stringify(name)})`;
  if (RANDOM.has(operator)) return `draws random numbers (operator ${where})`;
  if (TRAINING_DOMAINS.has(domain)) return `has an operator of training (${where})`;
  if (STATEFUL.has(operator))
    return `has an operator that carries something from one run to the next (${where})`;
  const place = Object.hasOwn(DROPOUTS, operator) ? DROPOUTS[operator]! : null;
  if (place !== null && mayTrain(node, place, scope))
    return `drops values at random (operator ${where} in training mode)`;
  if (NORMALISATIONS.has(operator) && usesBatchStatistics(node)) {
    return `uses the statistics of its batch (operator ${where} in training mode)`;
  }
  return null;
}

/** Returns false where the input that says so is left out or a constant false. */
function mayTrain(node: Uint8Array, place: number, scope: Scope): boolean {
  const input = namesOf(node, NODE.input)[place] ?? '';
  if (input === '') return false;
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const tensor = at.constants.get(input);
    if (tensor !== undefined) return !isFalse(tensor);
  }
  return true;
}

/** Returns true if all bytes of a tensor's values are 0. */
function isFalse(tensor: Uint8Array): boolean {
  const { rawData, int32Data } = TENSOR;
  const values = [...fieldsOf(tensor, rawData).bytes, ...fieldsOf(tensor, int32Data).bytes];
  const single = fieldsOf(tensor, int32Data).varints;
  return values.every((bytes) => bytes.every((byte) => byte === 0)) && single.every((value) => value === 0);
}

function usesBatchStatistics(node: Uint8Array): boolean {
  const given = namesOf(node, NODE.output).filter((name) => name !== '');
  if (given.length > 1) return true;
  const modes = fieldsOf(node, NODE.attribute).bytes.filter(
    (one) => stringOf(one, ATTRIBUTE.name) === 'training_mode',
  );
  // A function's own attribute may stand here: what it is depends on the call.
  return modes.some(
    (mode) =>
      stringOf(mode, ATTRIBUTE.reference) !== null ||
      fieldsOf(mode, ATTRIBUTE.integer).varints.some((value) => value !== 0),
  );
}

function namesOf(node: Uint8Array, field: number): string[] {
  return fieldsOf(node, field).bytes.map((bytes) => Buffer.from(bytes).toString('utf8'));
}
