import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { PICTURES, certifyArgs, type Flags } from '../harness/results.js';
import { News } from '../support/news.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const folder = folderOfEachTest();
const results = () => readFile(folder.file('out', 'results.jsonl'), 'utf8');

const QUICK: Flags = { ...PICTURES, sigma: 0.25, images: '0:6', seed: 5, processes: 2, 'json-lines': true };

describe('the news of a run', () => {
  it.each<[rule: string, command: string, flags: Flags]>([
    ['gain', 'certify', { 'max-samples': 2_000 }],
    ['target', 'certify', { stop: 'target', radii: '0.1,0.2', 'max-samples': 2_000 }],
    ['budget', 'certify', { stop: 'budget', 'total-samples': 3_000, 'max-samples': 2_000 }],
    ['fixed', 'certify', { stop: 'fixed', n0: 20, 'max-samples': 500 }],
    ['predict', 'predict', { 'max-samples': 500 }],
  ])('of %s has the rows of results.jsonl, and the summary of --json', async (_rule, command, flags) => {
    const out = folder.file('out');
    const args = (more: Flags) => [command, ...certifyArgs({ ...QUICK, ...flags, ...more, out }).slice(1)];
    const { code, stdout, stderr } = await runCommand(args({}));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const news = new News(stdout);
    const { job_digest: job } = JSON.parse(await readFile(folder.file('out', 'job.json'), 'utf8')) as {
      job_digest: string;
    };
    expect(news.all[0]).toEqual({ news: 'begun', out, job, seed: '5', images: 6, resumed: false });
    expect(news.progress[0]).toMatchObject({ decided: 0, images: 6, samples: 0 });
    expect(news.rows).toBe(await results());
    expect(news.rows.split('\n')).toHaveLength(7);
    expect(news.progress.at(-1)).toMatchObject({ decided: 6, images: 6 });
    expect(news.ended).toMatchObject({ done: true, summary: { out, images: 6, decided: 6 } });

    // The same again has nothing to draw: every row is of an earlier run.
    const again = new News((await runCommand(args({}))).stdout);
    expect(again.order.filter((kind) => kind !== 'note')).toEqual(['begun', 'image', 'ended']);
    expect(again.all[0]).toMatchObject({ resumed: true, job });
    expect(again.rows).toBe(news.rows);
    const json = await runCommand(args({ 'json-lines': undefined, json: true }));
    expect(withoutTime(again.ended.summary!)).toEqual(withoutTime(JSON.parse(json.stdout) as object));
  });

  it('of an interrupted run ends with what is decided so far; that of the next one begins with it', async () => {
    const out = folder.file('out');
    const flags: Flags = { images: '::20', 'json-lines': true };
    await using command = startCommand(digitsJob(out, flags));
    expect(await ledgerGrows(command, out, 12_000)).toBe(true);
    command.kill('SIGINT');
    const { code, stdout, stderr } = await command.exited;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const first = new News(stdout);
    expect(first.ended).toMatchObject({ done: false, summary: { out, images: 15 } });
    expect(first.rows).toBe(await results());
    const rows = (news: News) => news.rows.split('\n').slice(0, -1);
    expect(rows(first).length).toBeLessThan(15);

    const second = new News((await runCommand(digitsJob(out, flags))).stdout);
    expect(second.ended).toMatchObject({ done: true, summary: { decided: 15 } });
    expect(second.rows).toBe(await results());
    expect(rows(second)).toHaveLength(15);
    const begun = second.all.findIndex(({ news }) => news === 'progress');
    const earlier = second.all.slice(0, begun).filter(({ news }) => news === 'image');
    expect(earlier).toHaveLength(rows(first).length);
  });

  it('of a run that is interrupted before its job has begun is that it has ended', async () => {
    await using command = startCommand(digitsJob(folder.path, { 'json-lines': true }));
    await command.until(folder.path, () => existsSync(folder.file('lock')));
    command.kill('SIGINT');
    const { code, stdout, stderr } = await command.exited;
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: '{"news":"ended","done":false,"summary":null}\n',
      stderr: '',
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('has the notes, and an error is on standard error alone', async () => {
    const out = folder.file('out');
    const { stdout, stderr } = await runCommand(certifyArgs({ ...QUICK, images: 3, out }));
    expect(stderr).toBe('');
    expect(new News(stdout).notes[0]).toMatch(/^--images 3 is image 3 alone; /);
    const wrong = await runCommand(certifyArgs({ ...QUICK, images: '900:', out }));
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^Error OPTION_INVALID: .+\n.+\n$/);
    const both = await runCommand(certifyArgs({ ...QUICK, json: true, out }));
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toMatch(
      /^Error OPTION_INVALID: --json and --json-lines are two forms of one output\./,
    );
  });
});

const withoutTime = (summary: object) => ({ ...summary, seconds: null, samplesPerSecond: null });
