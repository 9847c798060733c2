import { mkdirSync, readFileSync, writeFileSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../input/pictures/csv.js';
import { fixture, Workplace } from '../data/support.js';
import { imports, mutations, RUNS, wentWell } from './support.js';

const FEWER = { ...RUNS, numRuns: RUNS.numRuns / 2 };

describe('changed bytes are a data set or an error of data:', () => {
  it.each([
    'idx/images-idx3-ubyte',
    'idx/images-idx3-ubyte.gz',
    'idx/lying.gz',
    'cifar/ten.bin',
    'cifar/hundred.bin',
    'cifar/like-idx.bin',
  ])('%s', async (name) => {
    using place = new Workplace();
    const whole = readFileSync(fixture(name));
    await fc.assert(
      fc.asyncProperty(mutations(whole), async (bytes) => {
        await imports(place, bytes);
      }),
      FEWER,
    );
  });

  it('any bytes behind any magic', async () => {
    using place = new Workplace();
    const magic = fc.constantFrom(
      ...['', 'PK\x03\x04', 'PK\x05\x06', '\x93NUMPY', '\x1f\x8b', '\x1f\x8b\x08\x00', '\x00\x00\x08\x03'],
      ...['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', '\x00\x00\x0d\x04'],
    );
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 300 }), async (start, rest) => {
        expect(await imports(place, Buffer.concat([Buffer.from(start, 'latin1'), rest]))).toBe(false);
      }),
      RUNS,
    );
  });
});

describe('labels', () => {
  it('in a changed CSV file', async () => {
    using place = new Workplace();
    const folder = place.file('pictures');
    mkdirSync(folder);
    for (const name of ['a.png', 'b, c.png'])
      copyFileSync(fixture('images/grey8.png'), path.join(folder, name));
    const labels = place.file('labels.csv');
    const whole = Buffer.from('\uFEFFfile,label\r\na.png,3\r\n"b, c.png","12"\r\n');
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutations(whole), async (bytes) => {
        writeFileSync(labels, bytes);
        if (await wentWell(place.import(folder, { labels }))) accepted += 1;
      }),
      RUNS,
    );
    expect(accepted).toBeLessThan(RUNS.numRuns);
  });

  it('in CSV come back as they were written, and any other text ends in rows or a SyntaxError', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 8 });
    const rows = fc.array(fc.tuple(field, field), { maxLength: 6 });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), (written, end) => {
        const text = written.map((row) => row.map(quote).join(',') + end).join('');
        expect([...csvRows(text)]).toEqual(written);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r'), maxLength: 40 }), (text) => {
        try {
          expect([...csvRows(text)].flat().join('').length).toBeLessThanOrEqual(text.length);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }),
      { ...RUNS, numRuns: 5_000 },
    );
  });

  it('in a CSV file of megabytes of one character take no long time', () => {
    for (const character of ['a', '"', ',', '\n', '\r', '""', '",'])
      try {
        for (const row of csvRows(character.repeat(2 ** 20))) expect(row.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
  });
});
