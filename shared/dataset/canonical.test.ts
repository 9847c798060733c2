import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../errors.js';
import { decodeHeader, encodeHeader, geometryOf, HEADER_BYTES, type DataSetHeader } from './canonical.js';
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

const headers: fc.Arbitrary<DataSetHeader> = fc
  .record({
    dtype: fc.constantFrom('uint8' as const, 'float32' as const),
    labelled: fc.boolean(),
    image: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }),
    selection: fc
      .tuple(ranges, sizes)
      .map(([range, count]) => selectionOf(range, count) ?? { ...ALL, count }),
  })
  .map(({ dtype, labelled, image, selection: { start, step, count } }) => ({
    dtype,
    labelled,
    start,
    step,
    shape: [count, ...image],
  }));

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
