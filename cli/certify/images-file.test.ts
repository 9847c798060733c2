import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { IMAGES_FILE, readImagesFile, writeImagesFile } from './images-file.js';

const folder = folderOfEachTest();
const IMAGES = { start: 1, stop: 6, step: 2 };
const LABELS = Int32Array.from([9, 4, 9, 0, 9, 7]);
const FILES = ['a', 'cat/1.png', 'c', 'dog/"2".png', 'e', 'f\n.png'];
const text = () => readFile(folder.file(IMAGES_FILE), 'utf8');

describe('images.jsonl', () => {
  it('has a line for each image of the job, with its label and its file', async () => {
    await writeImagesFile(folder.path, IMAGES, { labels: LABELS, files: FILES });
    const lines = (await text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { image: 1, label: 4, file: 'cat/1.png' },
      { image: 3, label: 0, file: 'dog/"2".png' },
      { image: 5, label: 7, file: 'f\\n.png' },
    ]);
  });

  it('gives back what was written, and the same bytes again', async () => {
    await writeImagesFile(folder.path, IMAGES, { labels: LABELS, files: FILES });
    const before = await text();
    const known = (await readImagesFile(folder.path, IMAGES))!;
    expect([1, 3, 5].map((image) => known.labels![image])).toEqual([4, 0, 7]);
    expect([1, 3, 5].map((image) => known.files![image])).toEqual(['cat/1.png', 'dog/"2".png', 'f\\n.png']);
    await writeImagesFile(folder.path, IMAGES, known);
    expect(await text()).toBe(before);
  });

  it('of images without labels and files has neither', async () => {
    await writeImagesFile(folder.path, IMAGES, { labels: null, files: null });
    expect(await readImagesFile(folder.path, IMAGES)).toEqual({ labels: null, files: null });
  });

  it('may be missing, as in folders of earlier versions', async () => {
    expect(await readImagesFile(folder.path, IMAGES)).toBeNull();
  });

  const LINES = ['{"image":1,"label":4}', '{"image":3,"label":0}', '{"image":5,"label":7}'];
  it.each<[string, string]>([
    ['lacks an image', `${LINES[0]!}\n${LINES[1]!}\n`],
    ['has one more', `${[...LINES, '{"image":7,"label":1}'].join('\n')}\n`],
    ['has another order', `${[LINES[1], LINES[0], LINES[2]].join('\n')}\n`],
    ['is cut', LINES.join('\n')],
    ['is empty', ''],
    ['holds other JSON', '[]\n[]\n[]\n'],
    ['holds no JSON', 'x\ny\nz\n'],
    ['has some labels only', `${[LINES[0], '{"image":3,"label":null}', LINES[2]].join('\n')}\n`],
    ['has a label that is no whole number', LINES.join('\n').replace('4', '4.5') + '\n'],
    ['has a label beyond 32 bits', LINES.join('\n').replace('4', '4294967296') + '\n'],
    ['has a file that is no text', LINES.join('\n').replace('4', '4,"file":1') + '\n'],
    ['has a line without an end in sight', `{"image":1,"label":4,"file":"${'x'.repeat(2 ** 20)}`],
  ])('is refused where it %s', async (_, content) => {
    await writeFile(folder.file(IMAGES_FILE), content);
    await expect(readImagesFile(folder.path, IMAGES)).rejects.toMatchObject({ code: 'LABELS_MISMATCH' });
  });

  it('takes no more room than its images, whatever their indices are', async () => {
    const billions = { start: 4_294_967_290, stop: 4_294_967_291, step: 1 };
    await writeFile(folder.file(IMAGES_FILE), '{"image":4294967290,"label":7,"file":"a.png"}\n');
    const known = (await readImagesFile(folder.path, billions))!;
    expect([known.labels![4_294_967_290], known.files![4_294_967_290]]).toEqual([7, 'a.png']);
  });

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['a folder', (file) => mkdir(file)],
    ['a device', (file) => symlink('/dev/zero', file)],
    ['a pipe', (file) => promisify(execFile)('mkfifo', [file])],
  ])('is refused at once where it is %s', async (_, make) => {
    await make(folder.file(IMAGES_FILE));
    await expect(readImagesFile(folder.path, IMAGES)).rejects.toMatchObject({ code: 'LABELS_MISMATCH' });
  });
});
