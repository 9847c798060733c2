import { appendFile, readFile, readdir, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Long enough that it is still drawn while three other commands read it. */
const LONG = { images: ':300', 'max-samples': 1_000_000, 'min-gain': 0.001, quiet: true } as const;

let folder: TemporaryFolder;
beforeEach(() => void (folder = new TemporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

const lines = async (...names: string[]) =>
  (await readFile(folder.file(...names), 'utf8')).trim().split('\n');

describe('results of a folder', () => {
  it('in which certify draws are those of the votes by now; nothing in it changes, and with --out files go elsewhere', async () => {
    const out = folder.file('out');
    await using drawing = startCommand(digitsJob(out, LONG));
    expect(await ledgerGrows(drawing, out, 30_000)).toBe(true);
    const before = (await readdir(out)).sort();
    const lock = await readFile(folder.file('out', 'lock'), 'utf8');

    const shown = await runCommand(['results', out]);
    expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(
      new RegExp(
        `^So far, from the votes in ${out}, in which another process draws \\(\\d+ of 300 images decided; no file is written\\)`,
      ),
    );
    const written = await runCommand(['results', out, '--out', folder.file('so-far')]);
    expect({ code: written.code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' });
    expect(drawing.running).toBe(true);
    expect((await readdir(out)).sort()).toEqual(before);
    expect(await readFile(folder.file('out', 'lock'), 'utf8')).toBe(lock);
    expect((await readdir(folder.file('so-far'))).sort()).toEqual([
      'results.csv',
      'results.jsonl',
      'results.tsv',
    ]);

    const refused = await runCommand(['results', out, '--out', out]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });

    // It ends by Ctrl-C, and its own results have every line that was there before.
    drawing.kill('SIGINT');
    expect((await drawing.exited).code).toBe(130);
    const all = new Set(await lines('out', 'results.jsonl'));
    const some = await lines('so-far', 'results.jsonl');
    expect(some.length).toBeGreaterThan(0);
    for (const line of some) if (line !== '') expect(all).toContain(line);
  }, 120_000);

  it('whose certify was killed in the midst of a record are written, and the ledger is left as it is', async () => {
    const out = folder.file('out');
    await using drawing = startCommand(digitsJob(out, LONG));
    expect(await ledgerGrows(drawing, out, 20_000)).toBe(true);
    drawing.kill('SIGKILL');
    await drawing.exited;
    await appendFile(folder.file('out', 'ledger'), Buffer.from([200, 1, 0, 0, 7, 7, 7]));
    const { size } = await stat(folder.file('out', 'ledger'));
    const { code, stdout, stderr } = await runCommand(['results', out, '--no-report']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^From the votes in ${out} `));
    expect((await stat(folder.file('out', 'ledger'))).size).toBe(size);
    const names = await readdir(out);
    expect(names).toContain('results.tsv');
    expect(names).not.toContain('lock');
  }, 120_000);
});
