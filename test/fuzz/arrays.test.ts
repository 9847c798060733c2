import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader, HEADER_BYTES } from '../../shared/dataset/canonical.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { fixture, Workplace } from '../data/support.js';
import { imports, mutations, RUNS, wentWell } from './support.js';

const bytesOf = (name: string) => readFileSync(fixture(`npz/${name}`));

describe('changed bytes are a data set or an error of data:', () => {
  it.each(['uint8.npy', 'float64.npy', 'version3.npy', 'uint8.npz', 'deflated.npz', 'float32.npz'])(
    '%s',
    async (name) => {
      using place = new Workplace();
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(mutations(bytesOf(name)), async (bytes) => {
          if (await imports(place, bytes)) accepted += 1;
        }),
        RUNS,
      );
      expect(accepted).toBeLessThan(RUNS.numRuns);
    },
    60_000,
  );

  it.each(['labels.npy', 'keras.npz'])('labels in %s', async (name) => {
    using place = new Workplace();
    const labels = place.file('labels');
    await fc.assert(
      fc.asyncProperty(mutations(bytesOf(name)), async (bytes) => {
        writeFileSync(labels, bytes);
        await wentWell(place.import(fixture('npz/uint8.npy'), { labels }));
      }),
      RUNS,
    );
  });
});

describe('the text of a .npy header', () => {
  const header = (text: string) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(Buffer.byteLength(text));
    return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(text, 'latin1')]);
  };

  it('of any pieces of one', async () => {
    using place = new Workplace();
    const words = ['{', '}', '(', ')', '[', ']', ',', ':', "'", '"', '\\', ' ', 'None', 'True', '1e9', '0x1'];
    const keys = [
      "'descr'",
      "'shape'",
      "'fortran_order'",
      "'|u1'",
      "'<f8'",
      "'|O'",
      '99999999999999999999',
      '3',
    ];
    const pieces = fc.array(fc.constantFrom(...words, ...keys), { maxLength: 60 }).map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(pieces, async (text) => {
        expect(await imports(place, header(text))).toBe(false);
      }),
      RUNS,
    );
  });

  it('of any type and shape', async () => {
    using place = new Workplace();
    const size = fc.oneof(fc.nat({ max: 4 }), fc.maxSafeNat(), fc.constantFrom(2 ** 53, 1e300));
    const type = fc.oneof(
      fc.stringMatching(/^[<>|=]?[a-zA-Z]\d{0,20}$/),
      fc.constantFrom('|u1', '<f4', '<i8', '|V4', 'O'),
    );
    await fc.assert(
      fc.asyncProperty(
        type,
        fc.array(size, { maxLength: 40 }),
        fc.nat({ max: 64 }),
        async (descr, shape, bytes) => {
          const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},)}`;
          await imports(place, Buffer.concat([header(text), Buffer.alloc(bytes)]));
        },
      ),
      RUNS,
    );
  });

  it('of deep nesting and of endless strings', async () => {
    using place = new Workplace();
    for (const piece of ['(', '[', '{', "{'a':", "'\\", "'", '"', ' ', '9', ','])
      expect(await imports(place, header(piece.repeat(65_000 / piece.length)))).toBe(false);
  });
});

describe('a canonical data set', () => {
  const whole = Buffer.concat([
    encodeHeader({ dtype: 'float32', shape: [3, 2], labelled: true, start: 4, step: 9 }),
    Buffer.alloc(3 * 2 * 4 + 3 * 4),
  ]);

  it('with changed bytes is one or is refused, and its header has one encoding', async () => {
    using place = new Workplace();
    const file = place.file('canonical');
    await fc.assert(
      fc.asyncProperty(mutations(whole), async (bytes) => {
        writeFileSync(file, bytes);
        const opened = await wentWell(DataSetFile.open(file).then((data) => data.close()));
        if (opened)
          expect(encodeHeader(decodeHeader(bytes))).toEqual(new Uint8Array(bytes.subarray(0, HEADER_BYTES)));
      }),
      RUNS,
    );
  });
});
