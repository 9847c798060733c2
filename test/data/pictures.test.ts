import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { expectRefusal, fixture, Workplace, PIXELS } from './support.js';

const [H, W] = [4, 5];
const png = (name: string) => fixture(`images/${name}`);

/** The pixels that test/fixtures/images/make.py writes. */
const levels = (channels: number, height = H, width = W) =>
  Array.from({ length: height * width * channels }, (_, at) => {
    const [pixel, c] = [Math.floor(at / channels), at % channels];
    return (37 * Math.floor(pixel / width) + 11 * (pixel % width) + 83 * c) % 256;
  });
const samples = (bits: number) =>
  Array.from({ length: H * W }, (_, at) => (3 * Math.floor(at / W) + (at % W)) % 2 ** bits);
const greyOf = (bits: number) => samples(bits).map((sample) => (sample * 255) / (2 ** bits - 1));
const paletteOf = (bits: number) =>
  samples(bits).flatMap((index) => levels(3, 1, 16).slice(3 * index, 3 * index + 3));

/** A folder of pictures: names in it, and the files to copy or the bytes to write. */
function fill(place: Workplace, files: Record<string, string | Buffer>): string {
  const folder = place.file('pictures');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === 'string') copyFileSync(content, file);
    else writeFileSync(file, content);
  }
  return folder;
}

const smooth = Buffer.from(Array.from({ length: 3 * 64 }, (_, at) => 40 + at / 2 + 20 * (at % 3)));
const raw = { raw: { width: 8, height: 8, channels: 3 } } as const;

describe('the pixels of', () => {
  it.each([
    ['grey1.png', [H, W, 1], greyOf(1)],
    ['grey2.png', [H, W, 1], greyOf(2)],
    ['grey4.png', [H, W, 1], greyOf(4)],
    ['grey8.png', [H, W, 1], levels(1)],
    ['grey-opaque.png', [H, W, 1], levels(1)],
    ['rgb8.png', [H, W, 3], levels(3)],
    ['rgb-opaque.png', [H, W, 3], levels(3)],
    ['interlaced.png', [H, W, 3], levels(3)],
    ['gamma.png', [H, W, 3], levels(3)],
    ['colour-key-unused.png', [H, W, 3], levels(3)],
    ['palette2.png', [H, W, 3], paletteOf(2)],
    ['palette4.png', [H, W, 3], paletteOf(4)],
    ['palette8.png', [H, W, 3], paletteOf(4)],
  ])('%s are exact', async (name, shape, expected) => {
    using place = new Workplace();
    const data = await place.import(fill(place, { [name]: png(name) }));
    expect(data).toMatchObject({ count: 1, lattice: PIXELS, imageShape: shape, classNames: null });
    expect([...(await place.canonical()).pixels]).toEqual(expected);
  });

  it('a PNG with a colour profile are as they are stored', async () => {
    using place = new Workplace();
    const wide = await sharp(smooth, raw).withIccProfile('p3').png().toBuffer();
    const chunk = (bytes: Buffer, kind: string) => {
      const at = bytes.indexOf(kind) - 4;
      return bytes.subarray(at, at + 12 + bytes.readUInt32BE(at));
    };
    const plain = readFileSync(png('rgb8.png'));
    const profiled = Buffer.concat([plain.subarray(0, 33), chunk(wide, 'iCCP'), plain.subarray(33)]);
    expect((await sharp(profiled).metadata()).icc?.length).toBeGreaterThan(100);
    expect([...(await sharp(profiled).raw().toBuffer())]).not.toEqual(levels(3));
    await place.import(fill(place, { 'a.png': profiled }));
    expect([...(await place.canonical()).pixels]).toEqual(levels(3));
  });

  it.each([false, true])('a JPEG are near those it was made of, progressive %s', async (progressive) => {
    using place = new Workplace();
    const jpeg = await sharp(smooth, raw)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4', progressive })
      .toBuffer();
    await place.import(fill(place, { 'a.jpg': jpeg }));
    const { pixels, shape } = await place.canonical();
    expect(shape).toEqual([1, 8, 8, 3]);
    const furthest = Math.max(...pixels.map((level, at) => Math.abs(level - smooth[at]!)));
    expect(furthest).toBeLessThanOrEqual(3);
  });

  it('grey pictures among colour ones are three equal channels, whichever are selected', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'a.png': png('grey8.png'), 'b.png': png('rgb8.png') });
    for (const stop of [null, 1]) {
      expect(await place.import(folder, { range: { start: 0, stop, step: 1 } })).toMatchObject({
        count: 2,
        imageShape: [H, W, 3],
      });
      const first = [...(await place.canonical()).pixels].slice(0, H * W * 3);
      expect(first).toEqual(levels(1).flatMap((level) => [level, level, level]));
    }
  });
});

describe('a folder', () => {
  it('is in order of code points, hidden files left out, links followed by their own names', async () => {
    using place = new Workplace();
    const grey = (level: number) =>
      sharp(Buffer.of(level), { raw: { width: 1, height: 1, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer();
    const names = ['10.png', '9.png', 'B.PNG', '\uFF5E.png', 'a', 'é.jpeg', '\u{1F600}.png'];
    const sorted = ['10.png', '9.png', 'B.PNG', 'a', 'é.jpeg', '\uFF5E.png', '\u{1F600}.png'];
    const files: Record<string, Buffer> = { '.DS_Store': Buffer.from('hidden') };
    for (const name of names) files[name] = await grey(10 * sorted.indexOf(name));
    const folder = fill(place, files);
    writeFileSync(place.file('elsewhere'), await grey(200));
    symlinkSync(place.file('elsewhere'), path.join(folder, '5.png'));
    await place.import(folder);
    expect([...(await place.canonical()).pixels]).toEqual([0, 200, 10, 20, 30, 40, 50, 60]);
  });

  it('of sub-folders has a class for each, empty ones too', async () => {
    using place = new Workplace();
    const [grey, opaque] = [png('grey8.png'), png('grey-opaque.png')];
    const folder = fill(place, { 'dog/1.png': grey, 'a-cat/2.png': opaque, 'a/1.png': grey, '.git/x': grey });
    mkdirSync(path.join(folder, 'cow'));
    const data = await place.import(folder);
    expect(data.classNames).toEqual(['a', 'a-cat', 'cow', 'dog']);
    expect((await place.canonical()).labels).toEqual([0, 1, 3]);
  });

  it('of sub-folders that are links', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'b/1.png': png('grey8.png') });
    symlinkSync(path.join(folder, 'b'), path.join(folder, 'a'));
    expect((await place.import(folder)).classNames).toEqual(['a', 'b']);
  });

  it.each([
    ['file,label\na.png,3\nb.png,0\n', [3, 0]],
    ['\uFEFFfile,label\r\nb.png,7\r\n\r\n"a.png","2147483647"', [2147483647, 7]],
  ])('with labels from %j, which lie in it', async (text, labels) => {
    using place = new Workplace();
    const folder = fill(place, {
      'a.png': png('grey8.png'),
      'b.png': png('grey4.png'),
      'labels.csv': Buffer.from(text),
    });
    const data = await place.import(folder, { labels: path.join(folder, 'labels.csv') });
    expect([...data.labels!]).toEqual(labels);
    expect(data).toMatchObject({ count: 2, classNames: null });
  });

  it('of sub-folders takes labels by path, and then has no class names', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'x/a, "b".png': png('grey8.png'), 'y/a.png': png('grey8.png') });
    const labels = place.file('labels.csv');
    writeFileSync(labels, 'file,label\ny/a.png,4\n"x/a, ""b"".png",5\n');
    const data = await place.import(folder, { labels });
    expect([...data.labels!]).toEqual([5, 4]);
    expect(data.classNames).toBeNull();
  });

  it('takes labels as an array', async () => {
    using place = new Workplace();
    const grey = png('grey8.png');
    const folder = fill(place, { '1.png': grey, '2.png': grey, '3.png': grey });
    expect([...(await place.import(folder, { labels: fixture('npz/labels.npy') })).labels!]).toEqual([
      4, 5, 6,
    ]);
  });
});

describe('a folder is refused', () => {
  const grey = png('grey8.png');

  it.each<[string, Record<string, string | Buffer>, string, string]>([
    ['without pictures', { '.hidden': grey }, 'DATA_EMPTY', ' holds no pictures.'],
    ['with empty sub-folders', { 'a/.hidden': grey }, 'DATA_EMPTY', ' holds no pictures.'],
    [
      'with pictures and sub-folders',
      { 'a.png': grey, 'b/c.png': grey },
      'DATA_FORMAT',
      ' holds both files (a.png) and folders (b).',
    ],
    [
      'with deeper folders',
      { 'a/b/c.png': grey },
      'DATA_FORMAT',
      ' has folders within the folders of its classes (a/b).',
    ],
    [
      'with another file',
      { 'a.png': grey, 'notes.txt': Buffer.from('notes') },
      'DATA_FORMAT',
      '/notes.txt is neither a PNG nor a JPEG file.',
    ],
    [
      'with another size',
      { '1.png': png('rgb8.png'), '2.png': png('wide.png'), '3.png': png('vast.png') },
      'DATA_SHAPE',
      '/2.png is 6 × 4 pixels, and /1.png is 5 × 4 pixels.',
    ],
    ['with 16 bits', { 'a.png': png('grey16.png') }, 'DATA_TYPE', '/a.png has 16 bits a channel.'],
    ['with 16 bits of colour', { 'a.png': png('rgb16.png') }, 'DATA_TYPE', '/a.png has 16 bits a channel.'],
    [
      'with transparency',
      { '1.png': grey, '2.png': png('rgb-transparent.png') },
      'DATA_TYPE',
      '/2.png has transparent pixels.',
    ],
    [
      'with a transparent palette',
      { 'a.png': png('palette-transparent.png') },
      'DATA_TYPE',
      '/a.png has transparent pixels.',
    ],
    [
      'with a cut file',
      { '1.png': grey, '2.png': png('short.png') },
      'DATA_FORMAT',
      '/2.png is damaged or cut short.',
    ],
    ['with a flipped bit', { 'a.png': png('flipped.png') }, 'DATA_FORMAT', '/a.png is damaged or cut short.'],
    ['with a vast size', { 'a.png': png('vast.png') }, 'DATA_FORMAT', '/a.png is damaged or cut short.'],
    [
      'with a header alone',
      { 'a.png': png('header-only.png') },
      'DATA_FORMAT',
      '/a.png is damaged or cut short.',
    ],
  ])('%s', async (_, files, code, sentence) => {
    using place = new Workplace();
    const folder = fill(place, files);
    await expectRefusal(place.import(folder), code, sentence, folder);
  });

  it('with a JPEG that is CMYK, turned, or cut', async () => {
    using place = new Workplace();
    const jpeg = () => sharp(smooth, raw);
    const whole = await jpeg().jpeg().toBuffer();
    const folder = fill(place, {
      'cmyk/a.jpg': await jpeg().toColourspace('cmyk').jpeg().toBuffer(),
      'turned/a.jpg': await jpeg().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      'cut/a.jpg': whole.subarray(0, -20),
      'upright/a.jpg': await jpeg().withMetadata({ orientation: 1 }).jpeg().toBuffer(),
    });
    const attempt = (name: string) => place.import(path.join(folder, name));
    await expectRefusal(attempt('cmyk'), 'DATA_TYPE', '/cmyk/a.jpg has the colour space cmyk.', folder);
    await expectRefusal(
      attempt('turned'),
      'DATA_TYPE',
      '/turned/a.jpg has EXIF orientation 6, which some programs obey and others ignore.',
      folder,
    );
    await expectRefusal(attempt('cut'), 'DATA_FORMAT', '/cut/a.jpg is damaged or cut short.', folder);
    expect(await attempt('upright')).toMatchObject({ count: 1 });
  });

  it('with a named pipe, which is never opened', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'a.png': grey });
    execFileSync('mkfifo', [path.join(folder, 'b.png')]);
    await expectRefusal(place.import(folder), 'DATA_UNREADABLE', '/b.png is not a regular file.', folder);
  });

  it('with a link to nowhere; a single picture instead of one', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'a.png': grey });
    await expectRefusal(
      place.import(path.join(folder, 'a.png')),
      'DATA_FORMAT',
      '/a.png is a single picture.',
      folder,
    );
    symlinkSync('nowhere', path.join(folder, 'b.png'));
    await expectRefusal(place.import(folder), 'DATA_UNREADABLE', 'There is no file /b.png.', folder);
  });

  it.each([
    ['file,label\na.png,1\n', 'LABELS_MISMATCH', ' has no label for b.png.'],
    [
      'file,label\na.png,1\nb.png,1\nc.png,1\n',
      'LABELS_MISMATCH',
      ' names c.png, which is not in the folder.',
    ],
    ['file,label\na.png,1\na.png,1\n', 'LABELS_MISMATCH', ' names a.png twice.'],
    ['file,label\na.png,-1\n', 'LABELS_MISMATCH', 'Label -1 of a.png is no class number ().'],
    ['file,label\na.png,cat\n', 'LABELS_MISMATCH', 'Label cat of a.png is no class number ().'],
    ['file,label\na.png,2147483648\n', 'LABELS_MISMATCH', 'Label 2147483648 of a.png is no class number ().'],
    ['file,label\na.png\n', 'DATA_FORMAT', ' is no CSV file of labels.'],
    ['a.png,1\nb.png,2\n', 'DATA_FORMAT', ' is no CSV file of labels.'],
    ['file,label\n"a.png"x,1\n', 'DATA_FORMAT', ' is no CSV file of labels.'],
    ['', 'DATA_FORMAT', ' is no CSV file of labels.'],
    [Buffer.from([...Buffer.from('file,label\n'), 0xff]), 'DATA_FORMAT', ' is no CSV file of labels.'],
  ])('with labels from %j', async (text, code, sentence) => {
    using place = new Workplace();
    const folder = fill(place, { 'a.png': grey, 'b.png': grey });
    const labels = place.file('labels.csv');
    writeFileSync(labels, text);
    await expectRefusal(place.import(folder, { labels }), code, sentence, labels, folder);
  });

  it('with a label file that is not there, or that labels no pictures', async () => {
    using place = new Workplace();
    const folder = fill(place, { 'a.png': grey });
    const labels = place.file('labels.csv');
    const absent = place.import(folder, { labels });
    await expectRefusal(absent, 'DATA_UNREADABLE', 'There is no file .', labels);
    writeFileSync(labels, 'file,label\n');
    const arrays = place.import(fixture('npz/uint8.npy'), { labels });
    await expectRefusal(arrays, 'DATA_FORMAT', ' is neither a .npy, a .npz nor an IDX file.', labels);
  });
});
