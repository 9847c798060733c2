import { cp, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { AttainableRadii } from '../../analysis/cohen/attainable.js';
import { runCommand } from '../harness/command.js';
import { DIGITS } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';
import { makeFolder } from './altered-folder.js';
import { forge, remove, unanimous, without } from './forged-folder.js';

/** Folders that somebody forged with all checksums: what verify finds, and what it says instead of "holds". */

const folder = folderOfAllTests();
const original = (): string => folder.file('original');
const REDRAW = ['--model', DIGITS.model, '--data', DIGITS.data];

const verify = async (path: string, ...flags: string[]) => {
  const { code, stdout, stderr } = await runCommand(['verify', path, ...flags]);
  return { code, stdout, stderr, first: stdout.split('\n')[0]!.slice(path.length + 1) };
};
const copy = async (name: string, change: (path: string) => Promise<unknown>): Promise<string> => {
  await cp(original(), folder.file(name), { recursive: true });
  await change(folder.file(name));
  return folder.file(name);
};
const replaced = async (file: string, from: RegExp | string, by: string) =>
  writeFile(file, (await readFile(file, 'utf8')).replace(from, by));

/** Of so much noise that few images are certified by unanimous votes. */
const noisy = (): string => folder.file('noisy');

beforeAll(async () => {
  await makeFolder(original(), { stop: 'fixed', 'max-samples': 500, 'topk-rows': true });
  await makeFolder(noisy(), { stop: 'fixed', 'max-samples': 500, sigma: 0.75 });
});

describe('a folder without results.jsonl', () => {
  it('has its results.tsv compared with the ledger, line by line', async () => {
    const honest = await copy('tsv alone', (path) =>
      remove(path, 'results.jsonl', 'results.csv', 'topk.txt'),
    );
    const { code, stdout } = await verify(honest);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('results.tsv: every byte against what this program makes');
    for (const line of ['results', 'bounds', 'other files'])
      expect(stdout).not.toMatch(new RegExp(`^ {2}${line} {2,}`, 'm'));
    expect(stdout).toContain('bounds, by the second implementation: only results.jsonl');
    await replaced(`${honest}/results.tsv`, /\t0\.\d{6}\t/, '\t9.990000\t');
    const forged = await verify(honest);
    expect(forged).toMatchObject({ code: 4 });
    expect(forged.stdout).toMatch(/results\.tsv, line \d+: It is not what job\.json and the ledger give/);
  });

  it('has its topk.txt compared with the ledger', async () => {
    const honest = await copy('topk alone', (path) => remove(path, 'results.jsonl', 'results.tsv'));
    expect(await verify(honest)).toMatchObject({ code: 0 });
    await replaced(`${honest}/topk.txt`, /^\d+ /, '400 ');
    expect(await verify(honest)).toMatchObject({ code: 4 });
  });

  it('or with an empty one does not hold because its table does not', async () => {
    for (const [name, ...missing] of [['empty rows'], ['empty rows, no ledger', 'ledger']] as const) {
      const path = await copy(name, async (at) => {
        await writeFile(`${at}/results.jsonl`, '');
        await remove(at, ...missing);
      });
      expect(await verify(path)).toMatchObject({ code: 4 });
    }
  });

  it('or any other results has nothing to verify', async () => {
    const path = await copy('votes alone', (at) =>
      remove(at, 'results.jsonl', 'results.tsv', 'results.csv', 'topk.txt'),
    );
    const { code, stderr } = await verify(path);
    expect(code).toBe(2);
    expect(stderr).toContain('has no results to check');
    expect(await runCommand(['results', path])).toMatchObject({ code: 0 });
    expect(await verify(path)).toMatchObject({ code: 0 });
  });
});

describe('images that were left out', () => {
  it('with their votes are said in the first line, and named', async () => {
    const path = folder.file('left out');
    await forge(original(), path, { records: (records) => without(records, (image) => image === 60) });
    const { code, first, stdout } = await verify(path);
    expect(code).toBe(0);
    expect(first).toMatch(
      /^holds for the \d+ of \d+ images that have a row: nothing that was checked is wrong\.$/,
    );
    expect(stdout).toMatch(/images of the job have no row, so that nothing is known of them: 60\./);
    const { stdout: json } = await verify(path, '--json');
    expect((JSON.parse(json) as { missing: number[] }).missing).toEqual([60]);
  });
});

describe('a folder of votes that were drawn to plan with', () => {
  it('does not hold', async () => {
    const path = await copy('pilot', (at) => writeFile(`${at}/pilot.json`, '{"pilot":"x"}\n'));
    const { code, stdout } = await verify(path);
    expect(code).toBe(4);
    expect(stdout).toContain('pilot.json: The votes were drawn to choose a number of samples');
  });
});

describe('votes that were forged in the words of another numeric class', () => {
  const NOWHERE = 'webgpu/device-0/ort-0.0';

  it('are found where they favour the claimed classes, and said in the first line', async () => {
    const path = folder.file('moved votes');
    await forge(noisy(), path, {
      job: (job) => ({ ...job, draw: { ...job.draw, numericClass: NOWHERE } }),
      records: (records) =>
        unanimous(records, () => true).map((record) => ({ ...record, fingerprint: 'cc'.repeat(32) })),
    });
    expect(await verify(path)).toMatchObject({ code: 0 });
    const { code, first, stdout } = await verify(path, ...REDRAW, '--share', '1');
    expect(code).toBe(4);
    expect(first).toMatch(/^does not hold: .* of the [\d,]+ votes that were drawn again differ\.$/);
    expect(stdout).toContain('near-ties favour a claim so with a probability of at most');
    expect(stdout).not.toMatch(/^ {2}missed/m);
    expect(stdout).toContain('would not stand on the votes that were drawn again');
  });

  it('are compared vote by vote where the fingerprint is that of this machine', async () => {
    const path = folder.file('another name');
    await forge(noisy(), path, {
      job: (job) => ({ ...job, draw: { ...job.draw, numericClass: NOWHERE } }),
      records: (records) => unanimous(records, (image) => image === 0),
    });
    const { code, stdout } = await verify(path, ...REDRAW, '--share', '1');
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /ledger, image 0, samples \d+ to \d+: The model votes otherwise: the ledger has class/,
    );
  });

  it('of a job whose votes may differ anywhere are no exception', async () => {
    const path = folder.file('any votes');
    await forge(noisy(), path, {
      job: (job) => ({ ...job, draw: { ...job.draw, numeric: 'any' } }),
      records: (records) => unanimous(records, () => true),
    });
    await replaced(
      `${path}/job.json`,
      /"repeating": "[^"]*"/,
      '"repeating": "Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties."',
    );
    expect(await verify(path)).toMatchObject({ code: 0 });
    expect(await verify(path, ...REDRAW, '--share', '1')).toMatchObject({ code: 4 });
  });
});

describe('forged counts before the true ones', () => {
  it('are found as two counts of the same samples', async () => {
    const path = folder.file('twice');
    await forge(noisy(), path, {
      records: (records) => [
        ...unanimous(records, () => true).map((record, i) => ({
          ...record,
          task: i.toString(16).padStart(32, '0'),
        })),
        ...records,
      ],
    });
    const { code, stdout } = await verify(path);
    expect(code).toBe(4);
    expect(stdout).toContain('It has two different counts of these samples');
  });
});

describe('a redraw', () => {
  it('needs a ledger', async () => {
    const path = await copy('of a server', (at) => remove(at, 'ledger'));
    const { code, stderr } = await verify(path, ...REDRAW);
    expect(code).toBe(2);
    expect(stderr).toContain('has no ledger: --model and --data draw its shards again');
  });

  it('says that labels were lost, and finds those that were changed', async () => {
    const path = await copy('no labels', async (at) => {
      await remove(at, 'images.jsonl', 'results.jsonl', 'results.tsv', 'results.csv', 'topk.txt');
      await runCommand(['results', at]);
    });
    const { code, stdout } = await verify(path, ...REDRAW, '--shards', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/rows have no label, and their images have one in the data set/);
    expect(stdout).toMatch(/of one image alone with up to [01]\.\d{3}/);
    const other = await copy('other labels', async (at) => {
      await replaced(`${at}/results.jsonl`, /"label":\d,/, '"label":77,');
      await replaced(`${at}/results.jsonl`, /"correct":(true|false)/, '"correct":false');
      await remove(at, 'results.tsv', 'topk.txt');
    });
    const found = await verify(other, ...REDRAW, '--shards', '2');
    expect(found.code).toBe(4);
    expect(found.stdout).toContain('Its label is not that of the data set');
  });
});

describe('a table whose α is claimed smaller than it is', () => {
  it('does not hold, also where its number of samples is not given', async () => {
    const path = folder.file('another level.tsv');
    await writeFile(path, tableOf(0.01));
    const flags = ['--sigma', '0.5', '--samples', '100000'];
    expect(await verify(path, ...flags, '--alpha', '0.001')).toMatchObject({ code: 4 });
    const { code, stdout } = await verify(path, '--sigma', '0.5', '--alpha', '0.001');
    expect(code).toBe(4);
    expect(stdout).toMatch(/α = 0\.001 leaves \d+ of \d+ radii unexplained; α = 0\.01/);
    expect(await verify(path, '--sigma', '0.5', '--alpha', '0.01')).toMatchObject({
      code: 0,
    });
  });
});

/** A table of 60 images with 100,000 samples each, of Gaussian noise of scale 0.5. */
function tableOf(alpha: number): string {
  const radii = new AttainableRadii(100_000, alpha, { kind: 'gaussian', scale: 0.5 });
  const rows = Array.from({ length: 60 }, (_, image) => {
    const radius = radii.radius(Math.round(image * image * 7.3)).toFixed(6);
    return `${image}\t1\t1\t${radius}\t1\t0:00:01\n`;
  });
  return ['idx\tlabel\tpredict\tradius\tcorrect\ttime\n', ...rows].join('');
}
