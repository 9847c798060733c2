import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fixture, importAlone, Workplace, type Alone } from '../data/support.js';
import { zipOf, type ZipEntry } from './zip-writer.js';

const MIB = 2 ** 20;
const array = readFileSync(fixture('npz/uint8.npy'));
const one: ZipEntry = { name: 'x.npy', content: array };
const zeros = (bytes: number) => Buffer.concat([array, Buffer.alloc(bytes)]);

async function importBytes(bytes: Buffer): Promise<Alone> {
  using place = new Workplace();
  const data = place.file('bomb.npz');
  writeFileSync(data, bytes);
  const alone = await importAlone({ data, into: place.into });
  return { ...alone, message: alone.message.replaceAll(`${place.path}/`, '') };
}

let usual: Alone;
beforeAll(async () => {
  usual = await importBytes(zipOf([one]));
});

describe('an archive', () => {
  it('of one honest array is read', () => {
    expect(usual.code).toBeNull();
  });

  it.each<[string, () => Buffer, string]>([
    [
      'that claims little and expands to 256 MiB',
      () => zipOf([{ ...one, content: zeros(256 * MIB), claimed: array.length }]),
      'x in bomb.npz is damaged or cut short.',
    ],
    [
      'whose array has 256 MiB behind its end',
      () => zipOf([{ ...one, content: zeros(256 * MIB) }]),
      `x in bomb.npz has ${array.length + 256 * MIB} bytes where its header promises ${array.length}.`,
    ],
    [
      'that claims more than so few bytes can hold',
      () => zipOf([{ ...one, claimed: 2n ** 50n }]),
      'bomb.npz is damaged or cut short.',
    ],
    [
      'that claims more bytes than there are numbers for',
      () => zipOf([{ ...one, claimed: 2n ** 64n - 1n }]),
      'bomb.npz is damaged or cut short.',
    ],
    [
      'whose entries share their bytes',
      () => zipOf([one, { name: 'y.npy', content: array, at: 0 }]),
      'bomb.npz is damaged or cut short.',
    ],
    [
      'whose entry lies behind its end',
      () => zipOf([{ ...one, at: 2 ** 31 }]),
      'bomb.npz is damaged or cut short.',
    ],
    [
      'of a million entries',
      () => zipOf([...million()]),
      'bomb.npz has 1000000 entries, and at most 4096 are read.',
    ],
    [
      'that claims 2^52 entries',
      () => zipOf([one], 2 ** 52),
      `bomb.npz has ${2 ** 52} entries, and at most 4096 are read.`,
    ],
    [
      'of a name without end',
      () => zipOf([{ name: `${'x'.repeat(60_000)}.npy`, content: array }]),
      'bomb.npz is damaged or cut short.',
    ],
    [
      'of many names',
      () => zipOf(Array.from({ length: 4000 }, (_, i) => ({ name: `${i}.npy`, content: array }))),
      'bomb.npz does not say which array has the images: it holds 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3988 more.',
    ],
  ])('%s is refused, with flat memory', async (_, make, sentence) => {
    const { code, message, peakBytes } = await importBytes(make());
    expect({ code, message }).toEqual({ code: 'DATA_FORMAT', message: sentence });
    expect(peakBytes - usual.peakBytes).toBeLessThan(64 * MIB);
  });
});

function* million(): Generator<ZipEntry> {
  const content = Buffer.alloc(0);
  for (let i = 0; i < 1e6; i += 1) yield { name: `${i}.npy`, content };
}
