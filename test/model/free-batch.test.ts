import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeBatch } from '../../worker/model/onnx/free-batch.js';
import { GRAPH, MODEL, TENSOR, VALUE_INFO } from '../../worker/model/onnx/onnx-fields.js';
import { ModelSession } from '../../worker/model/session.js';
import { fieldsOf, stringOf, withField, withoutFields } from '../../worker/model/onnx/wire-edit.js';
import { INPUTS, MODELS } from './support.js';

const named = new Map(
  [MODELS, INPUTS].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => [file, readFileSync(path.join(folder, file))] as const),
  ),
);
const model = (file: string): Buffer => named.get(file)!;
const graphOf = (bytes: Uint8Array): Uint8Array => fieldsOf(bytes, MODEL.graph).bytes[0]!;

async function scoresAt(bytes: Uint8Array, shape: readonly number[]): Promise<number[]> {
  const session = await ModelSession.open({ model: bytes, device: 'cpu' });
  try {
    await session.learnClasses(shape);
    const input = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => Math.cos(at));
    return [...(await session.run(input, shape))];
  } finally {
    await session.release();
  }
}

describe('freeBatch', () => {
  it.each([
    ['nchw-fixed.onnx', [1, 1, 8, 8]],
    ['reshape-fixed.onnx', [1, 1, 8, 8]],
    ['batch-4.onnx', [4, 12]],
    ['float64.onnx', [1, 12]],
    ['batch-tile-4.onnx', [4, 12]],
    ['reshape-count.onnx', [1, 3, 2, 2]],
    ['reshape-infer.onnx', [1, 3, 2, 2]],
    ['reshape-node.onnx', [1, 3, 2, 2]],
    ['reshape-shared.onnx', [1, 3, 2, 2]],
    ['reshape-branch.onnx', [1, 3, 2, 2]],
  ] as const)('changes nothing of %s at the batch of the file', async (file, shape) => {
    const freed = freeBatch(model(file))!;
    expect(await scoresAt(freed, shape)).toEqual(await scoresAt(model(file), shape));
    expect(freeBatch(freed)).toBeNull();
  });

  it.each(['reshape-shared.onnx', 'reshape-branch.onnx'])(
    'leaves the shape of a Reshape in %s alone, which is also read otherwise',
    (file) => {
      const shapeOf = (bytes: Uint8Array) =>
        fieldsOf(graphOf(bytes), GRAPH.initializer).bytes.find(
          (tensor) => stringOf(tensor, TENSOR.name) === 's',
        );
      expect(shapeOf(model(file))).toBeDefined();
      expect(shapeOf(freeBatch(model(file))!)).toEqual(shapeOf(model(file)));
    },
  );

  it('keeps weights, nodes and names of all models byte for byte, shapes of Reshapes aside', () => {
    let freed = 0;
    for (const [file, bytes] of named) {
      const edited = freeBatch(bytes);
      if (edited === null) continue;
      freed += 1;
      const [before, after] = [graphOf(bytes), graphOf(edited)];
      const parts = (graph: Uint8Array, field: number) =>
        fieldsOf(graph, field).bytes.map((part) => Buffer.from(part).toString('hex'));
      if (!file.startsWith('reshape-')) {
        expect(parts(after, GRAPH.node)).toEqual(parts(before, GRAPH.node));
        expect(parts(after, GRAPH.initializer)).toEqual(parts(before, GRAPH.initializer));
      }
      for (const field of [GRAPH.input, GRAPH.output]) {
        const names = (graph: Uint8Array) =>
          fieldsOf(graph, field).bytes.map((value) => stringOf(value, VALUE_INFO.name));
        expect(names(after)).toEqual(names(before));
      }
      expect(fieldsOf(after, GRAPH.valueInfo).bytes).toEqual([]);
    }
    expect(freed).toBeGreaterThan(15);
  });

  it('has nothing to say of a free model, or of bytes that are no model', () => {
    for (const file of ['free.onnx', 'not-a-model.onnx', 'truncated.onnx']) {
      expect(freeBatch(model(file))).toBeNull();
    }
    expect(freeBatch(new Uint8Array(0))).toBeNull();
  });
});

const FIXED = ['nchw-fixed.onnx', 'batch-4.onnx', 'reshape-node.onnx', 'reshape-branch.onnx'];

/** Fields that ONNX does not have, in any wire type but groups' end. */
const unknownField = fc
  .tuple(fc.integer({ min: 5000, max: 9000 }), fc.constantFrom(0, 1, 2, 5), fc.uint8Array({ maxLength: 20 }))
  .map(([field, wireType, bytes]) => {
    if (wireType === 2) return withField(new Uint8Array(0), field, bytes);
    const tag = (field << 3) | wireType;
    const key = [(tag & 0x7f) | 0x80, ((tag >>> 7) & 0x7f) | 0x80, tag >>> 14];
    const length = wireType === 0 ? 1 : wireType === 1 ? 8 : 4;
    return Buffer.from([...key, ...Array.from({ length }, (_, at) => (bytes[at] ?? 7) & 0x7f)]);
  });

describe('freeBatch on what nobody exported', () => {
  it('keeps unknown fields of model and graph byte for byte, wherever they stand', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIXED), fc.array(unknownField, { maxLength: 4 }), (file, unknown) => {
        const extra = Buffer.concat(unknown);
        const plain = Buffer.from(freeBatch(model(file))!);
        const around = Buffer.from(freeBatch(Buffer.concat([extra, model(file), extra]))!);
        expect(around.equals(Buffer.concat([extra, plain, extra]))).toBe(true);
        const inside = withField(
          new Uint8Array(0),
          MODEL.graph,
          Buffer.concat([graphOf(model(file)), extra]),
        );
        const freed = graphOf(freeBatch(inside)!);
        expect(Buffer.from(freed).equals(Buffer.concat([graphOf(plain), extra]))).toBe(true);
      }),
    );
  });

  it('gives null or a message, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const freed = freeBatch(bytes);
        if (freed !== null) expectSameButBatch(bytes, freed);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives null for every model that is cut short within its graph', () => {
    const whole = model('reshape-branch.onnx');
    const content = graphOf(whole);
    const end = whole.indexOf(content) + content.length;
    for (let length = 0; length < end; length += 1) {
      expect(freeBatch(whole.subarray(0, length))).toBeNull();
    }
  });

  it('gives null, or a message that says the same but for the batch, for every flipped bit', () => {
    for (const file of FIXED) {
      const bytes = Uint8Array.from(model(file));
      for (let bit = 0; bit < 8 * Math.min(bytes.length, 600); bit += 1) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const freed = freeBatch(bytes);
        if (freed !== null) expectSameButBatch(bytes, freed);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
  });
});

const EDITED = [GRAPH.input, GRAPH.output, GRAPH.valueInfo, GRAPH.node, GRAPH.initializer];

/** All that is not edited is the same bytes; values keep their names, nodes their length, tensors all but 8 of their bytes. */
function expectSameButBatch(before: Uint8Array, after: Uint8Array): void {
  expectSame(withoutFields(after, [MODEL.graph]), withoutFields(before, [MODEL.graph]));
  const [from, to] = [graphOf(before), graphOf(after)];
  expectSame(withoutFields(to, EDITED), withoutFields(from, EDITED));
  expect(fieldsOf(to, GRAPH.valueInfo).bytes).toEqual([]);
  const pairs = (field: number) => {
    const [old, edited] = [fieldsOf(from, field).bytes, fieldsOf(to, field).bytes];
    expect(edited.length).toBe(old.length);
    return old.map((part, at) => [part, edited[at]!] as const);
  };
  for (const [old, edited] of [...pairs(GRAPH.input), ...pairs(GRAPH.output)]) {
    expectSame(withoutFields(edited, [VALUE_INFO.type]), withoutFields(old, [VALUE_INFO.type]));
  }
  for (const [old, edited] of [...pairs(GRAPH.node), ...pairs(GRAPH.initializer)]) {
    expect(edited.length).toBe(old.length);
    const changed = [...edited].flatMap((byte, at) => (byte === old[at] ? [] : [at]));
    expect((changed.at(-1) ?? 0) - (changed[0] ?? 0)).toBeLessThan(8);
  }
}

function expectSame(found: Uint8Array, due: Uint8Array): void {
  expect(Buffer.compare(found, due)).toBe(0);
}
