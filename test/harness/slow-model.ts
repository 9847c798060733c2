import { readFile, writeFile } from 'node:fs/promises';
import {
  ATTRIBUTE,
  DIMENSION,
  GRAPH,
  MODEL,
  NODE,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from '../../worker/model/onnx/onnx-fields.js';
import {
  editFields,
  fieldsOf,
  stringOf,
  withField,
  withoutFields,
} from '../../worker/model/onnx/wire-edit.js';
import { prepareShape } from '../model/support.js';
import { project } from './local-job.js';

/** Multiplies a table [64 × size] 160 times with one [size × size] that is made in the graph: a small file, slow to run. */
const SLOW = project('test/fixtures/models/slow.onnx');
const SIZE_TRIED = 256;
const TENSOR_FLOATS = 4;
const IMAGE = [8, 8];

/** Writes a model of ten classes for images of 8 × 8 that takes about so long a sample on this machine. */
export async function writeSlowModel(
  file: string,
  millisecondsASample: number,
  batch: number,
): Promise<void> {
  const model = await readFile(SLOW);
  await writeFile(file, withSize(model, SIZE_TRIED, batch));
  const prepared = await prepareShape(file, IMAGE, { batch });
  const input = new Float32Array(64 * batch);
  await prepared.run(input);
  const begun = performance.now();
  await prepared.run(input);
  const took = (performance.now() - begun) / batch;
  await prepared.release();
  // Work grows with the square of the size.
  const size = Math.round(SIZE_TRIED * Math.sqrt(millisecondsASample / took));
  await writeFile(file, withSize(model, size, batch));
}

/** The model with tables of another size, and with its batch fixed. */
function withSize(model: Uint8Array, size: number, batch: number): Uint8Array {
  const ofFirst = (edit: (content: Uint8Array) => Uint8Array) => {
    let first = true;
    return (content: Uint8Array) => {
      const edited = first ? edit(content) : content;
      first = false;
      return edited;
    };
  };
  const fixed = ofFirst((dimension) =>
    Buffer.concat([
      withoutFields(dimension, [DIMENSION.value, DIMENSION.parameter]),
      Uint8Array.of(DIMENSION.value << 3, batch),
    ]),
  );
  const shape = (content: Uint8Array) => editFields(content, { [SHAPE.dimension]: fixed });
  const tensor = (content: Uint8Array) => editFields(content, { [TENSOR_TYPE.shape]: shape });
  const type = (content: Uint8Array) => editFields(content, { [TYPE.tensor]: tensor });
  return editFields(model, {
    [MODEL.graph]: (graph) =>
      editFields(graph, {
        [GRAPH.initializer]: (initializer) => resized(initializer, size),
        [GRAPH.node]: (node) => averaging(node, size),
        [GRAPH.input]: ofFirst((input) => editFields(input, { [VALUE_INFO.type]: type })),
      }),
  });
}

function resized(initializer: Uint8Array, size: number): Uint8Array {
  const rows = { square: size, row: 1 }[stringOf(initializer, TENSOR.name) ?? ''];
  if (rows === undefined) return initializer;
  const shape = Buffer.from(BigInt64Array.of(BigInt(rows), BigInt(size)).buffer);
  return withField(withoutFields(initializer, [TENSOR.rawData]), TENSOR.rawData, shape);
}

/** The node that makes the square table fills it with 1 / size, so that multiplying with it averages. */
function averaging(node: Uint8Array, size: number): Uint8Array {
  const [output] = fieldsOf(node, NODE.output).bytes;
  if (Buffer.from(output!).toString() !== 'average') return node;
  const value = Buffer.from(Float32Array.of(1 / size).buffer);
  const filled = (tensor: Uint8Array) =>
    withField(withoutFields(tensor, [TENSOR_FLOATS, TENSOR.rawData]), TENSOR_FLOATS, value);
  return editFields(node, {
    [NODE.attribute]: (attribute) => editFields(attribute, { [ATTRIBUTE.tensor]: filled }),
  });
}
