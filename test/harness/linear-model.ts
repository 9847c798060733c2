import { readFile } from 'node:fs/promises';

/** Weights [2 × 64] and biases [2] of a linear ONNX classifier, read with nothing but the protobuf wire format. */
export interface LinearModel {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const GRAPH = 7;
const INITIALIZER = 5;
const TENSOR_NAME = 8;
const TENSOR_RAW_DATA = 9;

/** Reads the initializers `weights` and `bias` of a model in which they are raw float32. */
export async function readLinearModel(file: string): Promise<LinearModel> {
  const graph = fieldsOf(await readFile(file)).find(({ number }) => number === GRAPH)!;
  const tensors = new Map(
    fieldsOf(graph.bytes)
      .filter(({ number }) => number === INITIALIZER)
      .map(({ bytes }) => {
        const fields = fieldsOf(bytes);
        const name = fields.find(({ number }) => number === TENSOR_NAME)!.bytes.toString();
        const raw = fields.find(({ number }) => number === TENSOR_RAW_DATA)!.bytes;
        return [name, new Float32Array(Uint8Array.from(raw).buffer)] as const;
      }),
  );
  return { weights: tensors.get('weights')!, bias: tensors.get('bias')! };
}

/** The fields of a message in order; those that are not length-delimited have no bytes. */
function fieldsOf(message: Buffer): { number: number; bytes: Buffer }[] {
  const fields: { number: number; bytes: Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    let length = 0;
    if (tag % 8 === 2) length = varint();
    else if (tag % 8 === 5) length = 4;
    else if (tag % 8 === 1) length = 8;
    else varint();
    fields.push({ number: tag >> 3, bytes: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
