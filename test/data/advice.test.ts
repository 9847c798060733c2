import { mkdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataSetReader } from '../../worker/draw/reader.js';
import { importDataSet, type ImportedDataSet, type PixelReading } from '../../input/convert.js';
import { clippingNote } from '../../input/pixels/clip.js';
import { fixture, Workplace } from './support.js';

/** The bytes of a .npy file. @param descr NumPy's word for the type */
function npy(descr: string, shape: readonly number[], values: ArrayBufferView): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`.padEnd(117) + '\n';
  const prefix = Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1');
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([prefix, Buffer.from(header), bytes]);
}

const refusalOf = (attempt: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> =>
  attempt.then(
    () => expect.unreachable(),
    (error: unknown) => error as { code: string; message: string; remedy: string },
  );

const floats = (...values: number[]) => npy('<f4', [values.length, 1], Float32Array.from(values));
const FEATURES = ' Values that are no pixels: add --features.';
const CLIP =
  'Resizing may have overshot: add --clip, which sets such pixels to 0 or 1, or save np.clip(x, 0, 1).';
const BLACK_BOX =
  "For CIFAR download the binary version; or in Python: d = pickle.load(open(file, 'rb'), encoding='bytes'), then np.savez('images.npz', x=d[b'data'].reshape(-1, 3, 32, 32), y=d[b'labels']).";

/** Files, and the advice that their refusal gives. */
const advised: [string, Buffer, string][] = [
  ['a pixel at 1.0000001', floats(0, 0.5, 1.0000001), CLIP + FEATURES],
  ['pixels slightly below 0', floats(0, 0.5, -0.19), CLIP + FEATURES],
  [
    'pixels of 0 to 255 in floats',
    floats(0, 17.5, 255),
    'Pixels of 0 to 255: save them as (x / 255).astype(np.float32).' + FEATURES,
  ],
  [
    'pixels of 0 to 1.5',
    floats(0, 0.5, 1.5),
    'Divide them by their largest possible value, so that they are in [0, 1].' + FEATURES,
  ],
  [
    'normalised pixels',
    floats(0, 2.5, -2.1),
    'Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and pass --mean and --std.' + FEATURES,
  ],
  [
    'pixels in int8',
    npy('|i1', [3, 1], Int8Array.of(-128, 0, 127)),
    'Pixels of −128 to 127: save them as (x.astype(np.int16) + 128).astype(np.uint8).' + FEATURES,
  ],
  [
    'pixels in uint16',
    npy('<u2', [3, 1], Uint16Array.of(0, 1, 65_535)),
    'If the pixels are 0 to 65,535, save them as (x / 65535).astype(np.float32); if 0 to 255, as x.astype(np.uint8).' +
      FEATURES,
  ],
  ['a pickle', Buffer.from('\x80\x04}q\x00(X\x04\x00\x00\x00data', 'latin1'), BLACK_BOX],
];

describe('advice about data', () => {
  it.each(advised)('for %s', async (_, bytes, remedy) => {
    using place = new Workplace();
    const file = place.file('data');
    writeFileSync(file, bytes);
    expect((await refusalOf(place.import(file))).remedy).toBe(remedy);
  });

  it('for the folder of CIFAR for Python is the same as for one of its files', async () => {
    using place = new Workplace();
    mkdirSync(place.file('cifar-10-batches-py'));
    writeFileSync(place.file('cifar-10-batches-py/data_batch_1'), '\x80\x02}q\x01(U', 'latin1');
    expect((await refusalOf(place.import(place.file('cifar-10-batches-py')))).remedy).toBe(BLACK_BOX);
  });

  it("for PyTorch's files tells images and models apart", async () => {
    using place = new Workplace();
    const error = await refusalOf(place.import(fixture('npz/torch.pt')));
    expect(error.message).toMatch(/torch\.pt is a file of PyTorch, not an archive of NumPy\.$/);
    expect(error.remedy).toContain("np.savez('images.npz', x=images.numpy(), y=labels.numpy())");
  });

  it('for one-hot labels in floats leads to labels that are taken', async () => {
    using place = new Workplace();
    const [images, labels] = [place.file('x.npy'), place.file('y.npy')];
    writeFileSync(images, floats(0, 0.5, 1));
    writeFileSync(labels, npy('<f4', [3, 2], Float32Array.of(1, 0, 0, 1, 1, 0)));
    const error = await refusalOf(place.import(images, { labels }));
    expect(error.remedy).toBe('If it is one-hot, save y.argmax(axis=1).');
    writeFileSync(labels, npy('<i8', [3], BigInt64Array.of(0n, 1n, 0n)));
    expect([...(await place.import(images, { labels })).labels!]).toEqual([0, 1, 0]);
  });
});

/** Imports an array, and returns its values as whole steps with what was read of it. */
async function valuesOf(
  bytes: Buffer,
  reading: PixelReading,
): Promise<{ data: ImportedDataSet; values: number[] }> {
  using place = new Workplace();
  writeFileSync(place.file('data'), bytes);
  const data = await importDataSet({ data: place.file('data'), into: place.into, reading });
  const reader = await DataSetReader.open(place.into);
  const values: number[] = [];
  for (let image = 0; image < data.count; image++) values.push(...(await reader.readValues(image)));
  await reader.close();
  return { data, values };
}

describe('--bgr', () => {
  const pixels = fc.uint8Array({ minLength: 36, maxLength: 36 });
  const reversedBy = (values: Uint8Array, shape: readonly number[]) => {
    const first = shape[1] === 3;
    return Array.from(values, (_, at) => {
      const image = Math.floor(at / 18);
      const place = at % 18;
      const [channel, pixel] = first
        ? [Math.floor(place / 6), place % 6]
        : [place % 3, Math.floor(place / 3)];
      const opposite = 2 - channel;
      return values[18 * image + (first ? 6 * opposite + pixel : 3 * pixel + opposite)]!;
    });
  };

  it.each([[[2, 3, 2, 3]], [[2, 3, 3, 2]], [[2, 2, 3, 3]]])(
    'reverses the channels of images %j',
    async (shape) => {
      const isClear = (shape[1] === 3) !== (shape[3] === 3);
      await fc.assert(
        fc.asyncProperty(pixels, fc.boolean(), async (values, asFloats) => {
          const bytes = asFloats
            ? npy(
                '<f4',
                shape,
                Float32Array.from(values, (value) => value / 255),
              )
            : npy('|u1', shape, values);
          const reading = { clip: false, bgr: true };
          if (!isClear) {
            const error = await refusalOf(valuesOf(bytes, reading));
            expect(error.message).toContain('--bgr is for images of three channels');
            return;
          }
          expect((await valuesOf(bytes, reading)).values).toEqual(reversedBy(values, shape));
        }),
        { numRuns: 20 },
      );
    },
  );

  it('has the digest of the images that were reversed beforehand, and errors name the place in the file', async () => {
    const values = Uint8Array.from({ length: 36 }, (_, at) => 7 * at);
    const shape = [2, 3, 3, 2];
    const ours = await valuesOf(npy('|u1', shape, values), { clip: false, bgr: true });
    const beforehand = npy('|u1', shape, Uint8Array.from(reversedBy(values, shape)));
    expect(ours.data.digest).toBe((await valuesOf(beforehand, { clip: false, bgr: false })).data.digest);
    const wrong = Float32Array.from(values, (value) => value / 255);
    wrong[18 + 1] = 7;
    const error = await refusalOf(valuesOf(npy('<f4', shape, wrong), { clip: true, bgr: true }));
    expect(error.message).toContain('The pixel at index [1, 0, 0, 1]');
  });
});

describe('--clip', () => {
  it('takes values within 0.2 of [0, 1], counts them, and refuses those beyond', async () => {
    const { data, values } = await valuesOf(floats(-0.19, -0.01, 0, 51 / 255, 1, 1.0000001, 1.19), {
      clip: true,
      bgr: false,
    });
    expect(values).toEqual([0, 0, 0, 51, 255, 255, 255]);
    expect(data.clipping).toEqual({ values: 4, farthest: expect.closeTo(0.19, 6) as number });
    const beyond = await refusalOf(valuesOf(floats(0, 1.21), { clip: true, bgr: false }));
    expect(beyond.code).toBe('DATA_RANGE');
    expect((await valuesOf(floats(0, 1), { clip: true, bgr: false })).data.clipping.values).toBe(0);
  });

  it('is noted with a figure that is rounded up', () => {
    expect(clippingNote({ values: 0, farthest: 0 })).toBeNull();
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.2, noNaN: true }), (farthest) => {
        const [, shown] = /by at most (\S+);/.exec(clippingNote({ values: 3, farthest })!)!;
        expect(Number(shown)).toBeGreaterThanOrEqual(farthest);
        expect(Number(shown)).toBeLessThanOrEqual(1.011 * farthest);
      }),
    );
  });
});
