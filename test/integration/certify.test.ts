import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import { votesOf } from '../../shared/counts.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { clopperPearsonLower, normalQuantile } from '../harness/binomial.js';
import { ROOT, contentOf, runCommand, type Finished } from '../harness/command.js';
import {
  DIGITS,
  certifyArgs,
  jobOf,
  rowsOf,
  tableOf,
  writeUint8Npy,
  type Flags,
} from '../harness/results.js';
import { folderOfAllTests, TemporaryFolder } from '../support/temporary-folder.js';

/** Six of the bundled digits, quickly. */
const JOB: Flags = {
  ...DIGITS,
  sigma: 0.25,
  images: '0:60:10',
  seed: 42,
  'max-samples': 1000,
  'min-gain': 'quick',
  processes: 1,
};
const IMAGES = [0, 10, 20, 30, 40, 50];

async function certify(out: string, flags: Flags = {}): Promise<Finished> {
  const finished = await runCommand(certifyArgs({ ...JOB, ...flags, out }));
  expect(finished.code, finished.stderr).toBe(0);
  return finished;
}

/** The job above, run once for the tests that only look at what it left. */
const plain = folderOfAllTests();
let plainRun: Finished;
beforeAll(async () => {
  plainRun = await certify(plain.path);
});

const jsonl = async (folder: string) => (await contentOf(folder))!['results.jsonl']!;
const withoutTime = (table: string[][]) => table.map((cells) => cells.slice(0, -1));

describe('certify writes', () => {
  it("job.json, ledger, results.jsonl and results.tsv, the latter in the columns of Cohen et al.'s scripts", async () => {
    expect(Object.keys((await contentOf(plain.path))!)).toEqual([
      'images.jsonl',
      'job.json',
      'ledger',
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);
    const text = await readFile(plain.file('results.tsv'), 'utf8');
    expect(text).toMatch(
      /^idx\tlabel\tpredict\tradius\tcorrect\ttime\n(\d+\t\d+\t(-1|\d+)\t\d+\.\d{6}\t[01]\t\d+\.\d{6}\n){6}$/,
    );
    const [, ...lines] = await tableOf(plain.path);
    const rows = await rowsOf(plain.path);
    expect(rows.map(({ image }) => image)).toEqual(IMAGES);
    expect(rows.some(({ outcome }) => outcome === 'certified')).toBe(true);
    lines.forEach(([image, label, predict, radius, correct, time], i) => {
      const row = rows[i]!;
      expect([Number(image), Number(label)]).toEqual([row.image, row.label]);
      expect(Number(predict)).toBe(row.class ?? -1);
      expect(correct).toBe(row.correct ? '1' : '0');
      // Rounded down, by less than one unit of the last digit.
      expect(Number(radius)).toBeLessThanOrEqual(row.radius);
      expect(Number(radius)).toBeGreaterThan(row.radius - 1.000001e-6);
      expect(Number(time)).toBeGreaterThan(0);
    });
  });

  it('abstentions as −1 with radius 0', async () => {
    using folder = new TemporaryFolder();
    // Noise so strong that the network sees nothing.
    await certify(folder.path, { sigma: 50 });
    const [, ...lines] = await tableOf(folder.path);
    const abstained = (await rowsOf(folder.path)).filter(({ outcome }) => outcome === 'abstained');
    expect(abstained.length).toBeGreaterThan(0);
    for (const { image, class: none, radius, correct, delta_upper: delta, p_lower: p } of abstained) {
      expect({ none, radius, correct, delta, p }).toEqual({
        none: null,
        radius: 0,
        correct: null,
        delta: null,
        p: null,
      });
      expect(lines.find(([idx]) => idx === String(image))!.slice(2, 5)).toEqual(['-1', '0.000000', '0']);
    }
  });

  it('a row with all that proves it: looks that add up, and the range of the counts', async () => {
    const { claim } = await jobOf(plain.path);
    expect(claim).toEqual({
      alpha: 0.001,
      bound: 'spending',
      stop: { kind: 'gain', minGain: 0.1 },
      looks: [64, 128, 256, 512, 1000],
      images: { start: 0, stop: 60, step: 10 },
      matchedGain: 0.1,
    });
    for (const { samples, looks, proved_by: proof, counts } of await rowsOf(plain.path)) {
      expect(looks.map(({ n }) => n)).toEqual(claim.looks.slice(0, looks.length));
      expect(looks.at(-1)!.n).toBe(samples);
      for (const { n, votes, invalid } of looks) expect(votes.reduce((a, b) => a + b, invalid)).toBe(n);
      if (!proof) continue;
      expect(proof.begin).toBe(0);
      const { n, ...proving } = looks.find((look) => look.n === proof.end)!;
      expect({ n, ...counts }).toEqual({ n: proof.end, ...proving });
    }
  });
});

describe('labels', () => {
  it('are optional: without them label −1, correct unknown, and nothing is said about accuracy', async () => {
    using folder = new TemporaryFolder();
    const data = await unlabelledDigits(folder.file('x.npy'), 60);
    const plain = await certify(folder.file('plain'), { data });
    expect(plain.stdout).not.toMatch(/accura|average certified radius/);
    expect(plain.stdout).toContain('certified share');
    const [, ...lines] = await tableOf(folder.file('plain'));
    expect(lines.map((cells) => [cells[1], cells[4]])).toEqual(IMAGES.map(() => ['-1', 'unknown']));
    const rows = await rowsOf(folder.file('plain'));
    expect(rows.map(({ label, correct }) => [label, correct])).toEqual(IMAGES.map(() => [null, null]));
    const json = await certify(folder.file('plain'), { data, json: true });
    expect(JSON.parse(json.stdout)).toMatchObject({ labelled: false, acr: null });

    const nines = folder.file('y.npy');
    await writeUint8Npy(nines, [60], new Uint8Array(60).fill(9));
    const labelled = await certify(folder.file('labelled'), { data, labels: nines });
    expect(labelled.stdout).toContain('certified accuracy');
    const own = await rowsOf(folder.file('labelled'));
    expect(own.map((row) => ({ ...row, label: null, correct: null }))).toEqual(rows);
    for (const row of own) {
      expect(row.label).toBe(9);
      expect(row.correct).toBe(row.class === null ? null : row.class === 9);
    }
  });

  it('of --labels win over those beside the images', async () => {
    using folder = new TemporaryFolder();
    await writeUint8Npy(folder.file('y.npy'), [300], new Uint8Array(300).fill(3));
    await certify(folder.file('out'), { labels: folder.file('y.npy') });
    expect((await rowsOf(folder.file('out'))).map(({ label }) => label)).toEqual(IMAGES.map(() => 3));
  });
});

/** The first bundled digits as a plain array, without labels. */
async function unlabelledDigits(file: string, count: number): Promise<string> {
  const { file: canonical } = await importDataSet({ data: ROOT + DIGITS.data, into: `${file}.canonical` });
  const reader = await DataSetReader.open(canonical);
  try {
    const pixels: number[] = [];
    for (let i = 0; i < count; i++) pixels.push(...(await reader.readValues(i)));
    await writeUint8Npy(file, [count, ...reader.imageShape], Uint8Array.from(pixels));
    return file;
  } finally {
    await reader.close();
  }
}

describe('certify prints', () => {
  it('the summary to standard output; nothing else, and no progress, into a pipe', () => {
    const { stdout, stderr } = plainRun;
    expect(stderr).toBe('');
    const [headline, ...lines] = stdout.trimEnd().split('\n');
    expect(headline).toBe(
      `Done: results.tsv, results.csv, results.jsonl and job.json are in ${plain.path} (σ = 0.25, α = 0.001, gain with spending).`,
    );
    // The line of the report stands behind the summary.
    const names = lines.flatMap((line) => /^ {2}(\S+( \S+)*) {2,}\S/.exec(line)?.[1] ?? []);
    expect(new Set(names)).toEqual(
      new Set([
        'images',
        'certified',
        'guarantee',
        ...(names.includes('abstained') ? ['abstained'] : []),
        'certified accuracy',
        'rule can reach',
        'average certified radius',
        ...(names.includes('mean radius') ? ['mean radius'] : []),
        ...(names.includes('fixed number') ? ['fixed number'] : []),
        'norms',
        'samples',
        'time',
        'audit',
      ]),
    );
  });

  it('with --json one JSON object, whose figures follow from results.jsonl', async () => {
    const before = await contentOf(plain.path);
    const { stdout, stderr } = await certify(plain.path, { json: true });
    expect(await contentOf(plain.path), 'a second run draws nothing and changes no byte').toEqual(before);
    expect(stderr).toBe('');
    expect(stdout.indexOf('\n')).toBe(stdout.length - 1);
    const summary = JSON.parse(stdout) as Record<string, unknown>;
    const rows = await rowsOf(plain.path);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / IMAGES.length;
    expect(summary).toMatchObject({
      out: plain.path,
      images: 6,
      decided: 6,
      labelled: true,
      budget: 1000,
      failed: {},
      samplesPerSecond: 0,
      certified: rows.filter(({ outcome }) => outcome === 'certified').length,
      samples: rows.reduce((sum, { samples }) => sum + samples, 0),
    });
    expect(summary['meanRadius']).toBeCloseTo(mean(rows.map(({ radius }) => radius)), 12);
    expect(summary['acr']).toBeCloseTo(mean(rows.map((row) => (row.correct ? row.radius : 0))), 12);
    for (const { radius, share } of summary['accuracy'] as { radius: number; share: number }[]) {
      const reached = rows.filter((row) => row.correct === true && row.radius >= radius);
      expect(share).toBe(reached.length / IMAGES.length);
    }
  });

  it('with --quiet nothing, also where it draws the seed', async () => {
    using folder = new TemporaryFolder();
    const { stdout, stderr } = await certify(folder.path, { quiet: true, seed: undefined });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('the seed that it drew, which a second run adopts', async () => {
    using folder = new TemporaryFolder();
    const first = await certify(folder.path, { seed: undefined });
    const { seed } = (await jobOf(folder.path)).draw;
    expect(first.stderr).toBe(`Seed ${seed}, drawn at random and kept in job.json.\n`);
    const before = await contentOf(folder.path);
    const second = await certify(folder.path, { seed: undefined });
    expect(second.stderr).toBe('');
    expect(await contentOf(folder.path)).toEqual(before);
    using other = new TemporaryFolder();
    await certify(other.path, { seed: undefined });
    expect((await jobOf(other.path)).draw.seed).not.toBe(seed);
  });
});

describe('results are a function of the job', () => {
  it('and not of the number of processes or of the run; another seed gives others', async () => {
    using folder = new TemporaryFolder();
    const expected = await jsonl(plain.path);
    for (const processes of [2, 3]) {
      const out = folder.file(String(processes));
      await certify(out, { processes });
      expect(await jsonl(out)).toBe(expected);
      expect(withoutTime(await tableOf(out))).toEqual(withoutTime(await tableOf(plain.path)));
      const [one, other] = [await contentOf(plain.path), await contentOf(out)];
      expect(other!['job.json']).toBe(one!['job.json']);
    }
    await certify(folder.file('seed'), { seed: 43 });
    expect(await jsonl(folder.file('seed'))).not.toBe(expected);
  });

  it('another batch is another job with the same results', async () => {
    using folder = new TemporaryFolder();
    for (const batch of [8, 32]) await certify(folder.file(String(batch)), { batch });
    expect(await jsonl(folder.file('32'))).toBe(await jsonl(folder.file('8')));
    const [small, large] = [await jobOf(folder.file('8')), await jobOf(folder.file('32'))];
    expect(small).toEqual({ ...large, draw: { ...large.draw, batch: 8 } });
  });
});

describe('counts that are kept', () => {
  it('change no certificate: the same votes, the same bound, more looks', async () => {
    using folder = new TemporaryFolder();
    const fixed = { 'min-gain': undefined, stop: 'fixed', n0: 20, 'max-samples': 200 };
    await certify(folder.file('plain'), fixed);
    await certify(folder.file('kept'), { ...fixed, 'keep-counts': true });
    const [plainRows, kept] = [await rowsOf(folder.file('plain')), await rowsOf(folder.file('kept'))];
    const ends = <Look>(looks: readonly Look[]) => [looks[0], looks.at(-1)];
    expect(kept.map((row) => ({ ...row, looks: ends(row.looks) }))).toEqual(plainRows);
    const sizes = [10, 16, 25, 32, 50, 64, 96, 100, 128, 144, 160, 200];
    for (const { looks } of kept) expect(looks.map(({ n }) => n)).toEqual([20, ...sizes.map((n) => 20 + n)]);
  });
});

describe('certificates of fixed', () => {
  it('are Clopper and Pearson of their counts, by another formula', async () => {
    using folder = new TemporaryFolder();
    const flags = { 'min-gain': undefined, stop: 'fixed', n0: 50, 'max-samples': 1000, images: '0:300:15' };
    await certify(folder.path, flags);
    const rows = await rowsOf(folder.path);
    expect(rows.filter(({ outcome }) => outcome === 'certified').length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(row.looks.map(({ n }) => n)).toEqual([50, 1050]);
      if (row.outcome !== 'certified') continue;
      expect(row.proved_by).toEqual({ begin: 50, end: 1050 });
      const lower = clopperPearsonLower(votesOf(row.counts, row.class!), 1000, 0.001);
      const radius = 0.25 * normalQuantile(lower);
      expect(row.radius).toBeLessThanOrEqual(radius + 1e-9);
      expect(row.radius).toBeGreaterThan(radius - 1e-6);
      expect(Number(row.p_lower)).toBeLessThanOrEqual(lower);
      expect(Number(row.p_lower)).toBeGreaterThan(lower - 1e-7);
    }
  });
});
