import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobNotes } from '../../test/support/job-notes.js';
import { FIXED, allShards, counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { valuesFrom } from '../../test/support/verb-values.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { PILOT_FILE } from '../certify/pilot-folder.js';
import { writeJobFile } from '../certify/job-file.js';
import { writeResults } from '../results/write-results.js';
import { plan } from './plan.js';
import { planConfig } from './plan-config.js';
import { PLAN } from './plan-verb.js';

const folder = folderOfEachTest();
const file = (name: string) => folder.file(name);
let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += text as string), true));
});
afterEach(() => void vi.restoreAllMocks());

interface Row {
  readonly rule: string;
  readonly n: number;
  readonly alpha: number;
  readonly acr: number | null;
  readonly mean_radius: number | null;
  readonly mean_samples: number;
  readonly certified_accuracy: readonly { radius: number; share: number }[];
  readonly paper: { readonly drop_4_6: number } | null;
}
interface Document {
  readonly source: { readonly notes: readonly string[]; readonly warnings: readonly string[] } & Record<
    string,
    unknown
  >;
  readonly rows: readonly Row[];
}

const run = (...args: string[]) => plan(planConfig(valuesFrom(PLAN, args)), new AbortController().signal);
/** One small plan, as JSON. */
async function planned(...args: string[]): Promise<Document> {
  printed = '';
  // Nothing reaches that radius, so that no number of samples is searched for.
  const quick = ['--samples', '200', '--min-gain', '0.5', '--reach', '9:1'];
  expect(await run(...args, ...quick, '--json')).toBe(0);
  return JSON.parse(printed) as Document;
}
const fixedOf = ({ rows }: Document) => rows.find(({ rule }) => rule === 'fixed')!;

const NOTES = jobNotes();

/** A folder as `certify --stop fixed` leaves it. */
async function certified(labels: Int32Array | null, notes: readonly string[] = []): Promise<JobFold> {
  const job = makeJob(FIXED);
  await writeJobFile(folder.path, job, { ...NOTES, notes });
  const fold = new JobFold(job);
  const voter = voterOf(4, (image) => 0.6 + image / 40);
  for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(voter, shard)] }));
  await writeResults(folder.path, fold, labels);
  return fold;
}

const TABLE = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';

describe('a plan of a folder', () => {
  it('has its α and σ, and is the same from its results.jsonl', async () => {
    const fold = await certified(Int32Array.from({ length: 200 }, (_, image) => image % 10));
    const of = await planned('--from', folder.path);
    const { scale } = fold.job.draw.noise;
    expect(of.source).toMatchObject({
      kind: 'results',
      sigma: scale,
      alpha: fold.job.claim.alpha,
      labelled: true,
    });
    expect(fixedOf(of).acr).toBeGreaterThan(0);
    expect((await planned('--from', file('results.jsonl'))).rows).toEqual(of.rows);
    await expect(planned('--from', folder.path, '--sigma', '0.75')).rejects.toThrow(
      /drawn with σ = 0.5, and not/,
    );
    await writeFile(file(PILOT_FILE), '{}');
    expect((await planned('--from', folder.path)).source['kind']).toBe('pilot');
  });

  it('without labels counts every certificate, and gives no average certified radius', async () => {
    await certified(null);
    const of = await planned('--from', folder.path);
    expect(of.source['labelled']).toBe(false);
    expect(fixedOf(of)).toMatchObject({ acr: null });
    expect(fixedOf(of).mean_radius).toBeGreaterThan(0);
  });

  it('says that its probabilities rest on few samples, before the answer where they are very few', async () => {
    await certified(null);
    const { source } = await planned('--from', folder.path);
    expect(source.notes.join()).toContain('are extrapolated');
    expect(source.warnings.join()).toMatch(
      /^Rough: this rests on [\d,]+ samples an image; .* draw a --pilot\.$/,
    );
  });

  it('says first what the check of its input found', async () => {
    const found = 'The preprocessing may be wrong. Add --bgr. smoothcert check shows more.';
    await certified(null, ['Another note.', found]);
    await run('--from', folder.path, '--samples', '200', '--min-gain', '0.5', '--reach', '9:1');
    expect(printed).toMatch(new RegExp(`^${found}\nRough: .*\nImpossible for 100 %: only 0\\.0 %`, 's'));
  });
});

describe('a plan of results.jsonl alone', () => {
  const look = { classes: [3], votes: [64], invalid: 0 };
  const line = (fields: object) =>
    `${JSON.stringify({ label: 3, bound: 'spending', outcome: 'certified', looks: [look], ...fields })}\n`;

  it('needs the noise', async () => {
    await writeFile(file('r.jsonl'), line({}));
    await expect(planned('--from', file('r.jsonl'))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const of = await planned('--from', file('r.jsonl'), '--sigma', '0.5', '--noise', 'laplace');
    expect(of.source).toMatchObject({ sigma: 0.5, noise: 'laplace', alpha: null, images: 1 });
    expect(fixedOf(of).paper).toBeNull();
  });

  it('counts failed images as images without certificates, and leaves out those that were not drawn', async () => {
    await writeFile(file('r.jsonl'), line({}) + line({ outcome: 'failed' }) + line({ looks: [] }));
    const of = await planned('--from', file('r.jsonl'), '--sigma', '1');
    expect(of.source).toMatchObject({ images: 2 });
    expect(of.source.notes.slice(0, 2).join()).toMatch(/1 images failed.*1 images were not drawn/);
    expect(fixedOf(of).certified_accuracy[0]!.share).toBeCloseTo(0.5, 9);
  });

  it('answers with a range where images never failed, whose ends hold the likely answer', async () => {
    const [never, often] = [
      { classes: [3], votes: [1_000], invalid: 0 },
      { classes: [3, 4], votes: [900, 100], invalid: 0 },
    ].map((counts) => line({ looks: [counts] }));
    await writeFile(file('r.jsonl'), never!.repeat(3) + often!);
    await run(
      '--from',
      file('r.jsonl'),
      '--sigma',
      '1',
      '--samples',
      '200',
      '--min-gain',
      '0.5',
      '--loss',
      '10',
    );
    const words = printed.replace(/\s+/g, ' ');
    const match = /you need ([\d,]+) samples an image.*? \(([\d,]+) to ([\d,]+)\) with/.exec(words);
    const [likely, least, most] = match!.slice(1).map((text) => Number(text.replaceAll(',', '')));
    expect(words).not.toContain('Rough:');
    expect(least! < likely! && likely! < most!).toBe(true);
    // With δ = 0 the radius is 0.9 of that of n = 100,000, Φ⁻¹(0.001^(1e-5)) = 3.811, from (1 − Φ(−3.43))^n ≤ 0.001 on: n ≈ 23,000.
    expect(most).toBeGreaterThan(15_000);
    expect(most).toBeLessThan(30_000);
  });

  it.each([
    ['a line that is none', `${line({})}{"image":1}\n`, /line 2/],
    ['no image with votes', line({ looks: [] }), /no image with votes/],
  ])('with %s is refused', async (_, text, message) => {
    await writeFile(file('r.jsonl'), text);
    const refused = planned('--from', file('r.jsonl'), '--sigma', '1');
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(refused).rejects.toThrow(message);
  });
});

describe('a plan of a TSV', () => {
  const rows = ['0\t1\t1\t1.91\t1\t1.0', '1\t1\t2\t0.415\t0\t1.0', '2\t1\t-1\t0.0\t0\t1.0'];

  it('finds σ and α, and says what it cannot know', async () => {
    await writeFile(file('t.tsv'), [TABLE, ...rows, ''].join('\n'));
    const of = await planned('--from', file('t.tsv'));
    expect(of.source).toMatchObject({ kind: 'cohen-tsv', sigma: 0.5, alpha: 0.001, images: 3 });
    expect(of.source.notes.join()).toMatch(
      /does not name its noise: σ = 0.5.*α = 0.001 and n = 100,000.*1 rows abstained/,
    );
    const given = await planned('--from', file('t.tsv'), '--sigma', '0.5', '--alpha', '0.01');
    expect(given.source).toMatchObject({ alpha: 0.001 });
    expect(fixedOf(given).alpha).toBe(0.01);
  });

  it('asks for σ where it cannot be found, and says where radii are not explained', async () => {
    await writeFile(file('t.tsv'), [TABLE, '0\t1\t1\t1.234567\t1\t1.0', ''].join('\n'));
    await expect(planned('--from', file('t.tsv'))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const of = await planned('--from', file('t.tsv'), '--sigma', '0.3');
    expect(of.source.notes.join()).toContain('Many radii are unexplained');
  });

  it('of which every row abstained knows no α', async () => {
    await writeFile(file('t.tsv'), [TABLE, rows[2], ''].join('\n'));
    const of = await planned('--from', file('t.tsv'), '--sigma', '0.5');
    expect(of.source).toMatchObject({ alpha: null });
    expect(of.source.notes.join()).toContain('nothing is known of α');
    expect(fixedOf(of)).toMatchObject({ alpha: 0.001, acr: 0 });
  });

  it.each([
    ['a line that is no row', [TABLE, 'x'], /line 2/],
    ['no rows', [TABLE, ''], /no rows/],
    ['another header', ['idx\tlabel'], /neither/],
  ])('with %s is refused as no source', async (_, lines, message) => {
    await writeFile(file('t.tsv'), lines.join('\n'));
    const refused = planned('--from', file('t.tsv'));
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(refused).rejects.toThrow(message);
  });
});

describe('a plan of something else', () => {
  it.each([
    ['a path with nothing', 'nothing', /cannot be read \(ENOENT\)/],
    ['an escape sequence', '\u001b[2J', /\\u\{1b\}\[2J cannot be read/],
    ['a folder without a job', '.', /holds no job/],
  ])('is refused: %s', async (_, name, message) => {
    const refused = planned('--from', file(name));
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(refused).rejects.toThrow(message);
  });

  it('is refused with what to name instead: a job, a job without results, the folder of a plan', async () => {
    await writeJobFile(folder.path, makeJob(), NOTES);
    const refused = async (from: string) => {
      const error = await planned('--from', from).catch((thrown: unknown) => thrown);
      const { code, message, remedy } = error as { code: string; message: string; remedy: string };
      expect(code).toBe('SOURCE_UNREADABLE');
      return `${message} ${remedy}`;
    };
    expect(await refused(file('job.json'))).toContain(
      `holds a job and no results. Name its folder: --from ${folder.path}.`,
    );
    expect(await refused(folder.path)).toMatch(
      /holds a job, and no results\.jsonl\. Write it from the votes with smoothcert results /,
    );
    await mkdir(file('results.jsonl'));
    expect(await refused(folder.path)).toMatch(/results\.jsonl cannot be read \(EISDIR\)/);
    await mkdir(file('plan/pilot'), { recursive: true });
    await writeFile(file(`plan/pilot/${PILOT_FILE}`), '{}');
    expect(await refused(file('plan'))).toContain(`its pilot is --from ${file('plan/pilot')}.`);
  });
});

describe('what a plan prints', () => {
  const SMALL = ['--samples', '100,1000', '--min-gain', '0.5'];

  it('answers in its first line, and shows where the formulas of the paper fail', async () => {
    await run(
      '--prior',
      'concentrated:beta=0.9,power=10',
      ...SMALL,
      '--loss',
      '20',
      '--rate',
      '1000',
      '--price',
      '2',
    );
    expect(printed).toMatch(
      /^To keep 80 % of the average certified radius of n = 100,000 \(\d\.\d{4}\), you need [\d,]+ samples\s+an\s+image/,
    );
    expect(printed.replace(/\s+/g, ' ')).toMatch(
      /--stop fixed --max-samples \d+: .* for 1,000 images, \d+\.\d\d /,
    );
    expect(printed).toContain('Images: concentrated, beta = 0.9, power = 10, 1,000 assumed; σ = 1.');
    expect(printed).toMatch(/\n {2}4\.3, mean radius +1,000 .*over-claims\n/);
    expect(printed).toMatch(/\n {2}4\.6, accuracy lost, most +1,000 .*over-claims, most at radius \d/);
    expect(printed.split('\n').find((one) => one.includes('abstained'))).toMatch(/time +cost$/);
  });

  it('fits 100 columns, with the accuracies in a table of their own where they are many', async () => {
    const radii = Array.from({ length: 14 }, (_, j) => `${(j + 1) / 4}`);
    const quick = [...SMALL, '--reach', '9:1'];
    await run('--prior', 'uniform', ...quick, '--rate', '1000', '--radii', radii.join(','));
    expect(printed).toMatch(/target, \d+ radii/);
    const lines = printed.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    const heads = lines.filter((line) => /^ {2}rule /.test(line)).join(' ');
    for (const radius of radii) expect(`${heads} `).toContain(` ≥ ${radius} `);
    printed = '';
    await run('--prior', 'uniform', ...quick.slice(0, 4), '--reach', '0.5:1', '--radii', '0.5');
    expect(printed).toMatch(/farthest +≥ 0\.5\n/);
  });

  it('says that a radius is beyond the images, however many samples', async () => {
    await run('--prior', 'uniform', ...SMALL, '--reach', '2:0.5');
    expect(printed).toMatch(/^Impossible for 50 %: only 4\.\d % of the images have a true radius above 2, /);
  });

  it('says what hours pay for', async () => {
    await run(
      '--prior',
      'uniform',
      ...SMALL,
      '--hours',
      '1',
      '--rate',
      '1000',
      '--alpha',
      '.001,.01',
      '--n0',
      '50,100',
    );
    expect(printed).toMatch(
      /^In an hour you can draw 3,600 samples an image of 1,000 images\. You get an average certified\s+radius of/,
    );
    expect(printed).toContain('--stop budget --total-samples 3600000');
    expect(printed).toMatch(/ n +α +n0 +samples /);
  });

  it('says that there is nothing to be had', async () => {
    await run('--prior', 'uniform', ...SMALL, '--hours', '0.001', '--rate', '1000');
    expect(printed).toMatch(/^In 0\.001 hours you can draw .* You get nothing: that is not\s+enough/);
  });

  it('is in files, too: figures, CSV and JSON', async () => {
    await mkdir(file('sub'));
    await run('--prior', 'uniform', ...SMALL, '--out', file('sub/plan'));
    const [csv, json, svg] = await Promise.all(
      ['plan.csv', 'plan.json', 'plan-radius.svg'].map((name) => readFile(file(`sub/plan/${name}`), 'utf8')),
    );
    const { rows } = JSON.parse(json!) as Document;
    expect(csv!.split('\n')[0]).toMatch(/^source,sigma,rule,bound,n,alpha/);
    const radii = rows[0]!.certified_accuracy.length;
    expect(csv!.trim().split('\n')).toHaveLength(1 + radii * rows.length);
    expect(csv!.split('\n')[1]).toContain('"uniform, beta = 0.5",1,fixed,clopper-pearson,100,0.001,,100,');
    expect(svg).toContain('Theorem 4.5, of n = 100,000');
    expect(await readFile(file('sub/plan/plan-accuracy.svg'), 'utf8')).toContain('n = 1,000');
  });

  it('of several sources is several plans', async () => {
    await writeFile(file('a.tsv'), [TABLE, '0\t1\t1\t1.91\t1\t1.0', ''].join('\n'));
    await writeFile(file('b.tsv'), [TABLE, '0\t1\t1\t0.953\t1\t1.0', ''].join('\n'));
    await run(
      '--from',
      file('a.tsv'),
      '--from',
      file('b.tsv'),
      '--samples',
      '200',
      '--min-gain',
      '0.5',
      '--json',
      '--out',
      file('out'),
    );
    const { plans } = JSON.parse(printed) as { plans: Document[] };
    expect(plans.map(({ source }) => source['sigma'])).toEqual([0.5, 0.25]);
    expect(await readFile(file('out/plan-radius-2.svg'), 'utf8')).toContain('b.tsv');
  });
});
