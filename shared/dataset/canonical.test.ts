import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../errors.js';
import {
  decodeHeader,
  encodeHeader,
  geometryOf,
  HEADER_BYTES,
  type DataLattice,
  type DataSetHeader,
} from './canonical.js';
import { fraction, powerOfTwo } from './fraction.js';
import { CHUNK_BYTES, DataDigest } from './data-digest.js';
import { DataSetFile } from './data-set-file.js';
import { indicesOf, selectionOf } from './selection.js';
import { folderOfAllTests } from '../../test/support/temporary-folder.js';

const folder = folderOfAllTests();

const ALL = { start: 0, step: 1 };

const ranges = fc.record({
  start: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  stop: fc.option(fc.integer({ min: 1, max: 2 ** 25 })),
  step: fc.integer({ min: 1, max: 2 ** 25 }),
});
const sizes = fc.integer({ min: 1, max: 2 ** 24 });

const selections = fc
  .tuple(ranges, sizes)
  .map(([range, count]) => selectionOf(range, count) ?? { ...ALL, count });
const imagesOf = (maxLength: number, max: number) =>
  fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength });

const plain: fc.Arbitrary<DataSetHeader> = fc
  .record({
    dtype: fc.constantFrom('uint8' as const, 'float32' as const),
    labelled: fc.boolean(),
    image: imagesOf(3, 400),
    selection: selections,
  })
  .map(({ dtype, labelled, image, selection: { start, step, count } }) => {
    return { dtype, labelled, start, step, shape: [count, ...image] };
  });

const lattices: fc.Arbitrary<DataLattice> = fc
  .record({
    step: fc.oneof(
      fc.integer({ min: 1, max: 4096 }).map((m) => fraction(1, m)),
      fc.integer({ min: -40, max: 20 }).map(powerOfTwo),
    ),
    largest: fc.double({ min: 0, max: 1e9, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ step, largest, share }) => ({
    step,
    rounding: { largest: largest + 0, mean: largest * share + 0 },
  }));

const onLattice: fc.Arbitrary<DataSetHeader> = fc
  .record({ labelled: fc.boolean(), image: imagesOf(7, 12), selection: selections, lattice: lattices })
  .map(({ labelled, image, selection: { start, step, count }, lattice }) => {
    return { dtype: 'int32' as const, labelled, start, step, shape: [count, ...image], lattice };
  });

const headers = fc.oneof(plain, onLattice);

describe('header', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(decodeHeader(encodeHeader(header))).toEqual(header);
      }),
    );
  });

  it.each([
    [{ start: -1, step: 1 }, [2, 3]],
    [{ start: 0, step: 0 }, [2, 3]],
    [{ start: 0.5, step: 1 }, [2, 3]],
    [{ start: 2 ** 24, step: 1 }, [1, 3]],
    [{ start: 0, step: 2 ** 24 }, [2, 3]],
    [{ start: 0, step: 2 }, [1, 3]],
  ])('refuses to write the selection %j of shape %j', (selection, shape) => {
    expect(() => encodeHeader({ dtype: 'uint8', labelled: false, shape, ...selection })).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });

  const half = { step: { numerator: 1, denominator: 2 }, rounding: { largest: 0.25, mean: 0.125 } };
  const points: DataSetHeader = { dtype: 'int32', shape: [2, 3], labelled: false, ...ALL, lattice: half };
  it.each<[string, Partial<DataSetHeader>]>([
    ['bytes on a lattice of their own', { dtype: 'uint8' }],
    [
      'a step that could be written shorter',
      { lattice: { ...half, step: { numerator: 2, denominator: 4 } } },
    ],
    ['a step of 0', { lattice: { ...half, step: { numerator: 0, denominator: 1 } } }],
    ['a step whose numerator is 3', { lattice: { ...half, step: { numerator: 3, denominator: 2 } } }],
    ['a mean rounding above the largest', { lattice: { ...half, rounding: { largest: 0.1, mean: 0.2 } } }],
    ['a rounding that is no number', { lattice: { ...half, rounding: { largest: NaN, mean: 0 } } }],
    ['nine dimensions', { shape: [2, 1, 1, 1, 1, 1, 1, 1, 1] }],
  ])('refuses to write %s', (_, change) => {
    expect(() => encodeHeader({ ...points, ...change })).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });

  it('refuses to write lattice points without their lattice', () => {
    const without: DataSetHeader = { dtype: 'int32', shape: [2, 3], labelled: false, ...ALL };
    expect(() => encodeHeader(without)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('keeps the encoding of pixels that version 0.1.0 had', () => {
    const bytes = encodeHeader({ dtype: 'uint8', shape: [5, 8, 8], labelled: true, start: 2, step: 3 });
    const used = { 8: 1, 10: 1, 11: 1, 12: 3, 16: 5, 24: 8, 32: 8, 48: 2, 56: 3 };
    const expected = new Uint8Array(HEADER_BYTES);
    expected.set(new TextEncoder().encode('SMCERTDS'));
    for (const [at, value] of Object.entries(used)) expected[Number(at)] = value;
    expect(bytes).toEqual(expected);
  });

  it('has one encoding: any changed byte is refused or is another header', () => {
    const at = fc.integer({ min: 0, max: HEADER_BYTES - 1 });
    fc.assert(
      fc.property(headers, at, fc.integer({ min: 1, max: 255 }), (header, position, flip) => {
        const bytes = encodeHeader(header);
        bytes[position]! ^= flip;
        try {
          expect(encodeHeader(decodeHeader(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DATA_FORMAT' });
        }
      }),
    );
  });

  it('throws only DATA_FORMAT on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeHeader(bytes)).toThrow(SmoothcertError);
      }),
    );
  });

  it.each([[[4]], [[4, 0]], [[2 ** 24 + 1, 1]], [[1, 2 ** 26 + 1]], [[1, 2, 3, 4, 5]], [[1, 1.5]]])(
    'refuses to write shape %j',
    (shape) => {
      expect(() => encodeHeader({ dtype: 'uint8', shape, labelled: false, ...ALL })).toThrow(
        expect.objectContaining({ code: 'INTERNAL' }),
      );
    },
  );
});

describe('geometryOf', () => {
  it('places images behind the header and labels behind images', () => {
    const geometry = geometryOf({ dtype: 'float32', shape: [5, 3, 2, 2], labelled: true, ...ALL });
    expect(geometry).toMatchObject({ count: 5, imageShape: [3, 2, 2], imageElements: 12, imageBytes: 48 });
    expect([0, 4].map(geometry.imageOffset)).toEqual([128, 320]);
    expect([geometry.labelsOffset, geometry.totalBytes]).toEqual([368, 388]);
  });

  it('finds images by their index in the data set, and holds no others', () => {
    const geometry = geometryOf({ dtype: 'uint8', shape: [3, 10], labelled: false, start: 5, step: 4 });
    expect([5, 9, 13].map(geometry.imageOffset)).toEqual([128, 138, 148]);
    expect([-1, 0, 1, 4, 5, 6, 9, 13, 17, NaN].filter(geometry.holds)).toEqual([5, 9, 13]);
    expect(geometry.totalBytes).toBe(158);
  });
});

describe('selectionOf', () => {
  it('names the images that Python would', () => {
    fc.assert(
      fc.property(
        fc.record({
          start: fc.nat({ max: 30 }),
          stop: fc.option(fc.nat({ max: 40 })),
          step: fc.integer({ min: 1, max: 12 }),
        }),
        fc.integer({ min: 1, max: 25 }),
        (range, count) => {
          const python = Array.from({ length: count }, (_, index) => index).filter(
            (index) =>
              index >= range.start &&
              index < (range.stop ?? Infinity) &&
              (index - range.start) % range.step === 0,
          );
          const selection = selectionOf(range, count);
          expect(selection === null ? [] : [...indicesOf(selection)]).toEqual(python);
        },
      ),
    );
  });
});

describe('DataDigest', () => {
  it('is sha256 over the digests of 16 MiB chunks, however the bytes come', () => {
    const bytes = new Uint8Array(CHUNK_BYTES + 1000).map((_, at) => at % 251);
    const sha256 = (part: Uint8Array) => createHash('sha256').update(part).digest();
    const chunks = [sha256(bytes.subarray(0, CHUNK_BYTES)), sha256(bytes.subarray(CHUNK_BYTES))];
    const expected = {
      digest: sha256(Buffer.concat(chunks)).toString('hex'),
      chunks: chunks.map((chunk) => chunk.toString('hex')),
    };
    expect(new DataDigest().update(bytes).finish()).toEqual(expected);
    const pieces = new DataDigest();
    for (let at = 0; at < bytes.length; at += 999_983) pieces.update(bytes.subarray(at, at + 999_983));
    expect(pieces.finish()).toEqual(expected);
    expect(new DataDigest().update(bytes.subarray(0, CHUNK_BYTES)).finish().chunks).toEqual([
      expected.chunks[0],
    ]);
  });
});

describe('DataSetFile', () => {
  const header = encodeHeader({ dtype: 'uint8', shape: [2, 3], labelled: true, ...ALL });
  const whole = Buffer.concat([header, Uint8Array.of(1, 2, 3, 4, 5, 6, 9, 0, 0, 0, 255, 255, 255, 127)]);
  const write = (bytes: Uint8Array) => {
    const file = folder.file('data');
    writeFileSync(file, bytes);
    return file;
  };

  it('reads labels and digests what is on disk', async () => {
    const file = await DataSetFile.open(write(whole));
    expect([...(await file.labels())!]).toEqual([9, 2 ** 31 - 1]);
    expect(await file.digest()).toEqual(new DataDigest().update(whole).finish());
    await file.close();
  });

  it('refuses a file that is too short or too long, and one that is not there', async () => {
    for (const bytes of [
      whole.subarray(0, -1),
      Buffer.concat([whole, Uint8Array.of(0)]),
      whole.subarray(0, 90),
    ]) {
      await expect(DataSetFile.open(write(bytes))).rejects.toMatchObject({ code: 'DATA_FORMAT' });
    }
    await expect(DataSetFile.open(folder.file('absent'))).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
    });
  });
});
