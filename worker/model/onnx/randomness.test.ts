import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import type { SmoothcertError } from '../../../shared/errors.js';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, TENSOR, VALUE_INFO } from './onnx-fields.js';
import { refuseRandomness } from './randomness.js';

/** Fields of a message: texts, messages and whole numbers by field number, several in a list. */
type Field = string | Uint8Array | number;
function message(fields: Readonly<Record<number, Field | readonly Field[]>>): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, given] of Object.entries(fields)) {
    for (const value of Array.isArray(given) ? (given as Field[]) : [given as Field]) {
      if (typeof value === 'number') writer.uint32(Number(number) << 3).int64(value);
      else if (typeof value === 'string') writer.uint32((Number(number) << 3) | 2).string(value);
      else writer.uint32((Number(number) << 3) | 2).bytes(value);
    }
  }
  return writer.finish();
}

interface NodeParts {
  readonly inputs?: string[];
  readonly outputs?: string[];
  readonly domain?: string;
  readonly name?: string;
  readonly attributes?: Uint8Array[];
}

const node = (operator: string, parts: NodeParts = {}): Uint8Array =>
  message({
    [NODE.input]: parts.inputs ?? ['x'],
    [NODE.output]: parts.outputs ?? ['y'],
    ...(parts.name === undefined ? {} : { [NODE.name]: parts.name }),
    [NODE.operator]: operator,
    [NODE.attribute]: parts.attributes ?? [],
    ...(parts.domain === undefined ? {} : { [NODE.domain]: parts.domain }),
  });
const graph = (nodes: Uint8Array[], initializers: Uint8Array[] = []): Uint8Array =>
  message({ [GRAPH.node]: nodes, [GRAPH.initializer]: initializers });
const model = (
  nodes: Uint8Array[],
  initializers: Uint8Array[] = [],
  functions: Uint8Array[] = [],
): Uint8Array => message({ [MODEL.graph]: graph(nodes, initializers), [MODEL.functions]: functions });
const flag = (name: string, value: boolean): Uint8Array =>
  message({ [TENSOR.name]: name, [TENSOR.rawData]: Uint8Array.of(value ? 1 : 0) });
const integer = (name: string, value: number): Uint8Array =>
  message({ [ATTRIBUTE.name]: name, [ATTRIBUTE.integer]: value });
const constant = (output: string, tensor: Uint8Array): Uint8Array =>
  node('Constant', {
    inputs: [],
    outputs: [output],
    attributes: [message({ [ATTRIBUTE.name]: 'value', [ATTRIBUTE.tensor]: tensor })],
  });
const branch = (inner: Uint8Array): Uint8Array =>
  node('If', { attributes: [message({ [ATTRIBUTE.name]: 'then_branch', [ATTRIBUTE.graph]: inner })] });
const dropout = (training: string) => node('Dropout', { inputs: ['x', 'ratio', training] });

/** The sentence of the refusal; null if the model is taken. */
function refusal(bytes: Uint8Array): string | null {
  try {
    refuseRandomness(bytes, 'm.onnx');
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'MODEL_NOT_DETERMINISTIC', exitCode: 2 });
    expect((error as SmoothcertError).remedy).toContain('model.eval()');
    return (error as Error).message;
  }
}

describe('an operator that draws random numbers is refused by name', () => {
  it.each([
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
    'Bernoulli',
    'Multinomial',
  ])('%s', (operator) => {
    expect(refusal(model([node('Relu'), node(operator)]))).toContain(`(operator ${operator})`);
    expect(refusal(model([node(operator, { name: 'drop_path' })]))).toContain(`${operator} ("drop_path")`);
  });

  it('within a branch, within a branch of a branch, and within a function that is called', () => {
    const inner = graph([node('RandomUniformLike')]);
    expect(refusal(model([branch(inner)]))).toContain('RandomUniformLike');
    expect(refusal(model([branch(graph([branch(inner)]))]))).toContain('RandomUniformLike');
    const drop = message({
      [FUNCTION.name]: 'DropPath',
      [FUNCTION.domain]: 'own',
      [FUNCTION.node]: [node('Bernoulli')],
    });
    expect(refusal(model([node('DropPath', { domain: 'own' })], [], [drop]))).toContain('Bernoulli');
  });

  it('but not a function of the model that only has such a name', () => {
    const named = message({
      [FUNCTION.name]: 'Bernoulli',
      [FUNCTION.domain]: 'own',
      [FUNCTION.node]: [node('Relu')],
    });
    expect(refusal(model([node('Bernoulli', { domain: 'own' })], [], [named]))).toBeNull();
    expect(refusal(model([node('Bernoulli')], [], [named]))).toContain('Bernoulli');
  });

  it.each(['', 'ai.onnx', 'com.microsoft'])(
    'also beside a function of its own name and domain %j: ONNX Runtime runs its own operator',
    (domain) => {
      const harmless = message({
        [FUNCTION.name]: 'RandomNormalLike',
        [FUNCTION.domain]: domain,
        [FUNCTION.node]: [node('Identity')],
      });
      expect(refusal(model([node('RandomNormalLike', { domain })], [], [harmless]))).toContain('Random');
    },
  );
});

describe('Dropout', () => {
  it('that is told nothing, or not to train, passes its input on and is taken', () => {
    expect(refusal(model([node('Dropout')]))).toBeNull();
    expect(refusal(model([dropout('')]))).toBeNull();
    expect(refusal(model([dropout('t')], [flag('t', false)]))).toBeNull();
    expect(refusal(model([constant('t', flag('', false)), dropout('t')]))).toBeNull();
    expect(refusal(model([branch(graph([dropout('t')]))], [flag('t', false)]))).toBeNull();
  });

  it('that trains, or may train, is refused', () => {
    expect(refusal(model([dropout('t')], [flag('t', true)]))).toContain('drops values at random');
    expect(refusal(model([constant('t', flag('', true)), dropout('t')]))).toContain('Dropout');
    expect(refusal(model([dropout('input')]))).toContain('Dropout');
    const packed = message({ [TENSOR.name]: 't', [TENSOR.int32Data]: Uint8Array.of(1) });
    expect(refusal(model([dropout('t')], [packed]))).toContain('Dropout');
    const single = message({ [TENSOR.name]: 't', [TENSOR.int32Data]: 1 });
    expect(refusal(model([dropout('t')], [single]))).toContain('Dropout');
    expect(refusal(model([branch(graph([dropout('t')], [flag('t', true)]))], [flag('t', false)]))).toContain(
      'Dropout',
    );
  });
});

describe('Dropout whose flag is a constant in two ways', () => {
  const value = (name: string, fields: Readonly<Record<number, Field | readonly Field[]>>) =>
    message({ [ATTRIBUTE.name]: name, ...fields });
  const [yes, no] = [flag('', true), flag('', false)];
  const constantOf = (attributes: Uint8Array[], domain = '') =>
    node('Constant', { inputs: [], outputs: ['t'], attributes, domain });

  it.each([
    [
      'its attribute comes in two parts',
      constantOf([value('value', { [ATTRIBUTE.tensor]: [yes, new Uint8Array()] })]),
    ],
    [
      'another attribute comes first',
      constantOf([value('v', { [ATTRIBUTE.tensor]: yes }), value('value', { [ATTRIBUTE.tensor]: no })]),
    ],
    [
      'the caller of its function may replace it',
      constantOf([value('value', { [ATTRIBUTE.tensor]: no, [ATTRIBUTE.reference]: 'flag' })]),
    ],
    ['it is a call of a function', constantOf([value('value', { [ATTRIBUTE.tensor]: no })], 'own')],
  ])('is refused where %s', (_, constant) => {
    expect(refusal(model([constant, dropout('t')]))).toContain('Dropout');
    expect(refusal(model([constant, dropout('t')], [flag('t', false)]))).toContain('Dropout');
  });

  it('is refused where the graph comes in two parts, which ONNX Runtime puts together', () => {
    const parts = [graph([dropout('t')], [flag('t', false)]), graph([], [flag('t', true)])];
    expect(refusal(message({ [MODEL.graph]: parts }))).toContain('Dropout');
    const inParts = message({ [ATTRIBUTE.name]: 'then_branch', [ATTRIBUTE.graph]: parts });
    expect(refusal(model([node('If', { attributes: [inParts] })]))).toContain('Dropout');
  });

  it('is refused where the flag is an input of its branch, with a value beside it', () => {
    const body = message({
      [GRAPH.node]: [dropout('t')],
      [GRAPH.initializer]: [flag('t', false)],
      [GRAPH.input]: [message({ [VALUE_INFO.name]: 't' })],
    });
    expect(refusal(model([branch(body)]))).toContain('Dropout');
    expect(refusal(message({ [MODEL.graph]: body }))).toBeNull();
  });
});

describe('BatchNormalization', () => {
  const normalisation = (parts: NodeParts) => refusal(model([node('BatchNormalization', parts)]));

  it('with the statistics of its training is taken', () => {
    expect(normalisation({})).toBeNull();
    expect(normalisation({ attributes: [integer('training_mode', 0)] })).toBeNull();
    expect(normalisation({ outputs: ['y', '', ''] })).toBeNull();
  });

  it('with those of the batch is refused', () => {
    expect(normalisation({ attributes: [integer('training_mode', 1)] })).toContain('statistics of its batch');
    expect(normalisation({ outputs: ['y', 'mean', 'var'] })).toContain('statistics of its batch');
    const twice = [integer('training_mode', 0), integer('training_mode', 1)];
    expect(normalisation({ attributes: twice })).toContain('statistics of its batch');
    const reference = message({ [ATTRIBUTE.name]: 'training_mode', [ATTRIBUTE.reference]: 'mode' });
    expect(normalisation({ attributes: [reference] })).toContain('statistics of its batch');
  });
});

it('operators of training, and those that carry something on, are refused', () => {
  expect(refusal(model([node('Adam', { domain: 'ai.onnx.preview.training' })]))).toContain('Adam');
  expect(refusal(model([node('PythonOp', { domain: 'com.microsoft' })]))).toContain('one run to the next');
});

it('graphs that are nested without end are not read', () => {
  let inner = graph([node('Relu')]);
  for (let depth = 0; depth < 40; depth++) inner = graph([branch(inner)]);
  expect(() => refuseRandomness(message({ [MODEL.graph]: inner }), 'm.onnx')).toThrow('nested');
});
