import { readFile, readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Study } from '../../analysis/study/study.js';
import { clopperPearsonLower, normalQuantile } from '../harness/binomial.js';
import { contentOf, runCommand } from '../harness/command.js';
import { DIGITS, certifyWithReport, rowsOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Six of the bundled digits at two σ. */
const FLAGS: Flags = {
  ...DIGITS,
  sigma: '0.25,0.5',
  images: '0:60:10',
  'max-samples': 500,
  seed: 3,
  processes: 1,
};
const folder = folderOfAllTests();
let out = '';
const study = (flags: Flags) => runCommand(['study', ...certifyWithReport(flags).slice(1)]);
const studied = async (at: string) => JSON.parse(await readFile(`${at}/study.json`, 'utf8')) as Study;

describe('smoothcert study', () => {
  let printed = '';
  beforeAll(async () => {
    out = folder.file('study');
    const { code, stdout, stderr } = await study({ ...FLAGS, out });
    expect(code, stderr).toBe(0);
    printed = stdout;
  });

  it('draws a job for each σ, and leaves tables, figures and study.json', async () => {
    const names = await readdir(out);
    expect(names.filter((name) => !name.includes('.') || name.startsWith('sigma-')).sort()).toEqual([
      'sigma-0.25',
      'sigma-0.5',
    ]);
    for (const name of [
      'sizes-sigma-0.25.csv',
      'rules-sigma-0.5.csv',
      'radius-sigma-0.5.svg',
      'loss-by-sigma.svg',
      'claims.csv',
    ])
      expect(names).toContain(name);
    expect(printed).toContain('σ = 0.25: 6 images, α = 0.001, 100 samples choose the class.');
    expect(printed).toMatch(
      /The paper's claims, and what this model gave\n {2}σ = 0\.25: (holds|does not hold|cannot be told): Theorem 4\.3 /,
    );
    expect(printed).toMatch(/σ = 0\.5: cannot be tested: 1000 samples .*\n.*\n +needs --max-samples 100000/);
    expect(printed).toContain(`are in ${out}.`);
    const widths = printed.split('\n').map((line) => line.length);
    // The last line names the folder, which may be long.
    expect(Math.max(...widths.slice(0, -2))).toBeLessThanOrEqual(100);
  });

  it('has the radii that its votes prove at every size, by another formula', async () => {
    const { drawings } = await studied(out);
    expect(drawings.map(({ name }) => name)).toEqual(['σ = 0.25', 'σ = 0.5']);
    for (const drawing of drawings) {
      const rows = await rowsOf(`${out}/sigma-${drawing.noise.scale}`);
      for (const [at, { n, measured }] of drawing.rows.entries()) {
        const radii = rows.map(({ looks, label }) => {
          const [first, now] = [looks[0]!, looks[at + 1]!];
          const leader = first.classes[first.votes.indexOf(Math.max(...first.votes))]!;
          const votes = (counts: typeof now) => counts.votes[counts.classes.indexOf(leader)] ?? 0;
          const lower = clopperPearsonLower(votes(now) - votes(first), n, 0.001);
          return lower > 0.5 && leader === label ? drawing.noise.scale * normalQuantile(lower) : 0;
        });
        expect(measured.acr).toBeCloseTo(radii.reduce((a, b) => a + b, 0) / 6, 5);
      }
    }
  });

  it('draws nothing again when it is run again, and writes the same study', async () => {
    const before = await studied(out);
    const ledger = (await contentOf(`${out}/sigma-0.25`))!['ledger'];
    const { code, stdout } = await study({ ...FLAGS, out, json: true });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(before);
    expect((await contentOf(`${out}/sigma-0.25`))!['ledger']).toEqual(ledger);
  });

  it('refuses to go on with another job', async () => {
    const { code, stderr } = await study({ ...FLAGS, out, 'max-samples': 400 });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^Error JOB_DIFFERS: /m)]);
  });

  it('studies folders that are there, and finds the same', async () => {
    const folders = ['sigma-0.25', 'sigma-0.5'].flatMap((name) => ['--from', `${out}/${name}`]);
    const from = folder.file('from');
    const { code, stderr } = await runCommand(['study', ...folders, '--out', from]);
    expect(code, stderr).toBe(0);
    expect(await studied(from)).toEqual(await studied(out));
  });

  it('refuses a folder that kept no counts, with a remedy that works', async () => {
    const plain = folder.file('plain');
    const fixed = { ...FLAGS, sigma: 0.25, stop: 'fixed', out: plain };
    expect((await runCommand(certifyWithReport(fixed))).code).toBe(0);
    const refused = await runCommand(['study', '--from', plain, '--out', folder.file('refused')]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /holds no counts of smaller numbers of samples\..*--stop fixed --keep-counts/s,
    );
    const kept = folder.file('kept');
    expect((await runCommand(certifyWithReport({ ...fixed, 'keep-counts': true, out: kept }))).code).toBe(0);
    expect((await runCommand(['study', '--from', kept, '--out', folder.file('taken')])).code).toBe(0);
  });
});
