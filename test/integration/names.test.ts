import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { DIGITS, PICTURES, certifyArgs, rowsOf, tableOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Names of files and classes from the data to every file of results. */

const folder = folderOfAllTests();
const pictures = () => folder.file('pictures');
const NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const QUICK: Flags = { sigma: 0.25, seed: 3, 'max-samples': 200, processes: 1, 'no-check': true };

beforeAll(async () => {
  for (const [at, name] of ['ape', 'bee', '"cat", big'].entries()) {
    await mkdir(path.join(pictures(), name), { recursive: true });
    const pixels = Buffer.alloc(64, 60 * at + 20);
    const png = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } }).toColourspace('b-w');
    await png.png().toFile(path.join(pictures(), name, `${at}.png`));
  }
  await writeFile(folder.file('names.txt'), `${NAMES.join('\n')}\n`);
});

const certify = async (flags: Flags) => {
  const { code, stdout, stderr } = await runCommand(certifyArgs({ ...QUICK, ...flags }));
  expect(code, stderr).toBe(0);
  return { stdout, stderr };
};
const jobFile = async (out: string) =>
  JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as Record<string, unknown>;

describe('a folder of pictures', () => {
  const out = () => folder.file('of-pictures');
  beforeAll(() => certify({ model: DIGITS.model, data: pictures(), out: out() }));

  it('has its files and folders in every file of results, and in job.json', async () => {
    const rows = await rowsOf(out());
    expect(rows.map(({ file }) => file)).toEqual(['"cat", big/2.png', 'ape/0.png', 'bee/1.png']);
    expect(rows.map((row) => row.label_name)).toEqual(['"cat", big', 'ape', 'bee']);
    const [header, first] = await tableOf(out());
    expect(header!.slice(-2)).toEqual(['file', 'class_name']);
    expect(first!.at(-2)).toBe('"""cat"", big/2.png"');
    expect(await readFile(`${out()}/results.csv`, 'utf8')).toContain(
      '\n0,"""cat"", big/2.png",0,"""cat"", big",',
    );
    expect(await jobFile(out())).toMatchObject({
      classes: ['"cat", big', 'ape', 'bee'],
      input: { data: pictures() },
    });
  });

  it('keeps labels and names where results.* are deleted', async () => {
    const names = ['results.jsonl', 'results.tsv', 'results.csv'];
    const content = () => Promise.all(names.map((name) => readFile(`${out()}/${name}`, 'utf8')));
    const before = await content();
    for (const name of names) await rm(`${out()}/${name}`);
    expect((await runCommand(['results', out()])).code).toBe(0);
    expect(await content()).toEqual(before);
    const verified = await runCommand(['verify', out()]);
    expect(verified.stdout).toContain('holds: nothing that was checked is wrong.');
  });
});

describe('--class-names', () => {
  const out = () => folder.file('of-arrays');
  const job = (): Flags => ({ ...PICTURES, images: '0:3', out: out() });

  it('names the classes of a job that has begun without, and stays with it', async () => {
    await certify(job());
    expect((await rowsOf(out()))[0]).not.toHaveProperty('label_name');
    const unnamed = await rowsOf(out());
    await certify({ ...job(), 'class-names': folder.file('names.txt') });
    expect(await jobFile(out())).toMatchObject({ classes: NAMES });
    const named = await rowsOf(out());
    expect(named.map((row) => row.label_name)).toEqual(named.map(({ label }) => NAMES[label!]));
    await certify(job());
    expect(await rowsOf(out())).toEqual(named);
    const names = { label_name: undefined, class_name: undefined };
    expect(named.map((row) => ({ ...row, ...names }))).toEqual(unnamed);
    expect((await runCommand(['verify', out()])).code).toBe(0);
  });

  it('of another number than the model has is refused, and nothing is begun', async () => {
    await writeFile(folder.file('few.json'), JSON.stringify(NAMES.slice(0, 9)));
    const other = folder.file('refused');
    const args = certifyArgs({ ...QUICK, ...job(), out: other, 'class-names': folder.file('few.json') });
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Error OPTION_INVALID: --class-names has 9 names, and the model has 10 classes.\nName the classes 0 to 9 in their order',
    );
    expect((await runCommand(['results', other])).code).toBe(2);
  });

  it('is taken by predict', async () => {
    const at = folder.file('predicted');
    const [, ...args] = certifyArgs({ ...QUICK, ...job(), out: at, 'class-names': folder.file('names.txt') });
    expect((await runCommand(['predict', ...args])).code).toBe(0);
    const [header] = (await readFile(`${at}/results.csv`, 'utf8')).split('\n');
    expect(header).toBe(
      'image,file,label,label_name,outcome,class,class_name,correct,p_value,samples,stop,seconds',
    );
  });
});

describe('folders of classes that are named by numbers', () => {
  it('are numbered in the order of text, and a note says so', async () => {
    const numbered = folder.file('numbered');
    for (const name of ['2', '10']) {
      await mkdir(path.join(numbered, name), { recursive: true });
      const png = sharp(Buffer.alloc(64, 90), { raw: { width: 8, height: 8, channels: 1 } });
      await png
        .toColourspace('b-w')
        .png()
        .toFile(path.join(numbered, name, 'x.png'));
    }
    const { stderr } = await certify({ model: DIGITS.model, data: numbered, out: folder.file('of-numbers') });
    expect(stderr).toContain(
      'Note: The folders of the classes are numbered in the order of their names as text',
    );
    expect(stderr).toContain('folder 10 comes before folder 2 and is class 0.');
  });
});
