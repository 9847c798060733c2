import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contentOf, runCommand } from '../harness/command.js';
import { DIGITS, certifyArgs, certifyWithReport, jobOf, rowsOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const folder = folderOfAllTests();

interface Document {
  readonly source: Readonly<Record<string, unknown>>;
  readonly planned_images: number;
  readonly samples_per_second: number;
  readonly rows: readonly {
    readonly rule: string;
    readonly n: number;
    readonly acr: number;
    readonly mean_samples: number;
    readonly abstained: number;
    readonly hours: number;
    readonly certified_accuracy: readonly { readonly radius: number; readonly share: number }[];
  }[];
}

/** Thirty of the bundled digits. */
const FIXED: Flags = {
  ...DIGITS,
  sigma: 0.25,
  images: '::10',
  stop: 'fixed',
  n0: 50,
  processes: 1,
  quiet: true,
};

async function certified(name: string, flags: Flags) {
  const { code, stderr } = await runCommand(certifyArgs({ ...FIXED, ...flags, out: folder.file(name) }));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return rowsOf(folder.file(name));
}

const planArgs = (flags: Flags) => ['plan', ...certifyWithReport(flags).slice(1)];

describe('smoothcert plan --from', () => {
  it('foretells what the same samples gave, and what fewer of another seed give', async () => {
    const radii = [0.25, 0.5];
    const all = await certified('first', { seed: 1, 'max-samples': 1_000 });
    const fewer = await certified('second', { seed: 2, 'max-samples': 250 });
    const { code, stdout } = await runCommand(
      planArgs({
        from: folder.file('first'),
        samples: '250,1000',
        'min-gain': 'quick',
        json: true,
        radii: radii.join(','),
        n0: 50,
      }),
    );
    expect(code).toBe(0);
    const { source, rows } = JSON.parse(stdout) as Document;
    expect(source).toMatchObject({ kind: 'results', sigma: 0.25, images: 30, labelled: true });
    for (const [found, n] of [
      [all, 1_000],
      [fewer, 250],
    ] as const) {
      const row = rows.find((one) => one.rule === 'fixed' && one.n === n)!;
      const mean = (value: (of: (typeof found)[number]) => number) =>
        found.reduce((sum, one) => sum + value(one), 0) / found.length;
      // An image's radius has a standard deviation of about 0.02, the mean of 30 of them one of 0.004.
      expect(Math.abs(row.acr - mean(({ radius, correct }) => (correct ? radius : 0)))).toBeLessThan(0.015);
      row.certified_accuracy.forEach(({ radius, share }) => {
        const reached = mean((one) => (one.correct && one.radius >= radius ? 1 : 0));
        expect(Math.abs(share - reached)).toBeLessThan(0.12);
      });
      expect(row.mean_samples).toBe(n + 50);
    }
  });
});

describe('smoothcert plan --pilot', () => {
  const pilot = (flags: Flags = {}) =>
    planArgs({
      ...DIGITS,
      pilot: true,
      sigma: 0.25,
      images: '0:20',
      'pilot-samples': 200,
      samples: '200,1000',
      count: 5000,
      out: folder.file('plan'),
      ...flags,
    });
  const votesFolder = () => folder.file('plan', 'pilot');

  it('draws a pilot of its own, measures the rate, and writes the plan', async () => {
    const { code, stdout, stderr } = await runCommand(pilot());
    expect(code, stderr).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /^Rough: this rests on 200 samples an image; .* --pilot-samples\. To keep 95 % .* for 5,000 images /,
    );
    expect(stderr).toMatch(/^Seed \d+, drawn at random/);
    expect(await rowsOf(votesFolder())).toHaveLength(20);
    const { claim } = await jobOf(votesFolder());
    expect(claim).toMatchObject({ stop: { kind: 'fixed', selection: 100 }, looks: [100, 300] });
    const { source, ...plan } = JSON.parse(
      await readFile(folder.file('plan', 'plan.json'), 'utf8'),
    ) as Document;
    expect(source).toMatchObject({ kind: 'pilot', images: 20, samples_behind: { least: 200, most: 200 } });
    expect(plan.samples_per_second).toBeGreaterThan(0);
    const [row] = plan.rows;
    expect(row!.hours).toBeCloseTo((row!.mean_samples * 5_000) / plan.samples_per_second / 3_600, 9);
  });

  it('uses the votes that are there', async () => {
    const before = (await contentOf(votesFolder()))!;
    const { code, stdout } = await runCommand(pilot({ json: true }));
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Document).source).toMatchObject({ kind: 'pilot' });
    expect((await contentOf(votesFolder()))!['results.jsonl']).toBe(before['results.jsonl']);
  });

  it('keeps its votes from certificates: certify refuses the folder, and it refuses one of certificates', async () => {
    const before = await contentOf(votesFolder());
    const refused = await runCommand(certifyArgs({ ...FIXED, out: votesFolder() }));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^Error PILOT_FOLDER: /);
    expect(await contentOf(votesFolder())).toEqual(before);
    await certified('other/pilot', { seed: 3, images: '0:2', 'max-samples': 100 });
    const other = await runCommand(pilot({ out: folder.file('other') }));
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/^Error JOB_DIFFERS: .* holds certificates/);
  });

  it('of other values asks for another folder, and knows the flags of the check', async () => {
    const before = await contentOf(votesFolder());
    const other = await runCommand(pilot({ sigma: 0.5, 'no-check': true }));
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /^Error JOB_DIFFERS: .*--sigma.*\nFor a pilot of these values give plan another folder with --out/,
    );
    expect(await contentOf(votesFolder())).toEqual(before);
    const strict = await runCommand(pilot({ out: folder.file('strict'), mean: 100, std: 50, strict: true }));
    expect(strict.code, strict.stderr).toBe(2);
    expect(strict.stderr).toMatch(/^Error CHECK_FAILED: /m);
  });

  it('answers first with what the check of its input found', async () => {
    const { code, stdout } = await runCommand(pilot({ out: folder.file('noted'), mean: 100, std: 50 }));
    expect(code).toBe(0);
    expect(stdout.split('Rough:')[0]!.replace(/\s+/g, ' ')).toContain('smoothcert check shows more. ');
  });

  it('leaves no mark where the input is wrong', async () => {
    const { code, stderr } = await runCommand(pilot({ out: folder.file('wrong'), std: 0 }));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error OPTION_INVALID: .*std/);
    expect(await contentOf(folder.file('wrong'))).toBeNull();
  });
});
