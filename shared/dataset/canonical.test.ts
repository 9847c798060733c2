import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { SmoothcertError } from '../errors.js';
import { decodeHeader, encodeHeader, geometryOf, HEADER_BYTES, type DataSetHeader } from './canonical.js';
import { CHUNK_BYTES, DataDigest } from './data-digest.js';
import { DataSetFile } from './data-set-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'canonical-'));
afterAll(() => rmSync(folder, { recursive: true }));

const headers: fc.Arbitrary<DataSetHeader> = fc.record({
  dtype: fc.constantFrom('uint8', 'float32'),
  shape: fc
    .tuple(
      fc.integer({ min: 1, max: 2 ** 24 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }),
    )
    .map(([count, image]) => [count, ...image]),
  labelled: fc.boolean(),
});

describe('header', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(decodeHeader(encodeHeader(header))).toEqual(header);
      }),
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
      expect(() => encodeHeader({ dtype: 'uint8', shape, labelled: false })).toThrow(
        expect.objectContaining({ code: 'INTERNAL' }),
      );
    },
  );
});

describe('geometryOf', () => {
  it('places images behind the header and labels behind images', () => {
    const geometry = geometryOf({ dtype: 'float32', shape: [5, 3, 2, 2], labelled: true });
    expect(geometry).toMatchObject({ count: 5, imageShape: [3, 2, 2], imageElements: 12, imageBytes: 48 });
    expect([0, 4].map(geometry.imageOffset)).toEqual([128, 320]);
    expect([geometry.labelsOffset, geometry.totalBytes]).toEqual([368, 388]);
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
  const header = encodeHeader({ dtype: 'uint8', shape: [2, 3], labelled: true });
  const whole = Buffer.concat([header, Uint8Array.of(1, 2, 3, 4, 5, 6, 9, 0, 0, 0, 255, 255, 255, 127)]);
  const write = (bytes: Uint8Array) => {
    const file = path.join(folder, 'data');
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
    await expect(DataSetFile.open(path.join(folder, 'absent'))).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
    });
  });
});
