import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { certifiedRows } from '../harness/army.js';
import { runCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { PYTHON, PythonProgram, installedPython, type Told } from '../harness/python.js';
import { DIGITS, jobOf } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** A job of some 100 records and two seconds. */
const FLAGS = { seed: 11, images: '::20', min_gain: 0.005, bound: 'anytime' };
const WORDS = Object.entries(FLAGS).flatMap(([name, value]) => [`--${name.replace('_', '-')}`, `${value}`]);
const SIGMA = 0.25;
const JOB = ['--model', DIGITS.model, '--data', DIGITS.data, '--sigma', `${SIGMA}`, ...WORDS];

const isAtWork = ({ news, samples, decided, images }: Told) =>
  news === 'progress' && (samples as number) > 0 && decided !== images;

describe.skipIf(PYTHON === undefined)('a job that Python asks a server for', () => {
  let python: string;
  beforeAll(async () => {
    python = await installedPython();
  });

  const ask = (grpc: string, out: string) => {
    const asked = { ...DIGITS, sigma: SIGMA, flags: FLAGS, out, server: { address: grpc } };
    return new PythonProgram(python, ['test/python/on_server.py', JSON.stringify(asked)]);
  };

  it('has the results of certify, through kill -9 of Python and of the server', async () => {
    const expected = await certifiedRows(JOB);
    using folder = new TemporaryFolder();
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const begin = () =>
      new Part('serve', ['serve', '--store', folder.file('store'), '--grpc', grpc, '--http', http]);
    const out = folder.file('out');
    let server = begin();
    try {
      await server.says(/Ready/);
      await using killed = ask(grpc, out);
      await killed.tells(isAtWork);
      killed.signal('SIGKILL');
      await killed.exited;

      await using again = ask(grpc, out);
      await again.tells(isAtWork);
      await server.end('SIGKILL');
      await again.tells(({ news, text }) => news === 'note' && /Waiting up to 300 s/.test(String(text)));
      server = begin();
      expect(await again.exited).toEqual({ code: 0, stderr: '' });
      expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(expected);

      const { stdout } = await runCommand(['jobs', '--server', grpc, '--json']);
      const jobs = JSON.parse(stdout) as { id: string }[];
      expect(jobs).toHaveLength(1);
      const told = again.told.filter(({ news }) => news === 'image').map(({ row }) => JSON.stringify(row));
      expect(`${told.join('\n')}\n`).toBe(expected);
      expect(again.told.find(({ news }) => news === 'begun')).toMatchObject({
        out,
        seed: '11',
        resumed: true,
      });
      expect(again.told.at(-1)).toMatchObject({ news: 'ended', done: true });
      await checkFolder(folder, out, jobs[0]!.id, grpc);
    } finally {
      await server[Symbol.asyncDispose]();
    }

    // What is done needs no server.
    await using done = ask(grpc, out);
    expect(await done.exited).toEqual({ code: 0, stderr: '' });
    expect(done.told.at(-1)).toMatchObject({ news: 'ended', done: true });
  });

  /** Checks that the folder holds what the command takes of the same job. */
  async function checkFolder(folder: TemporaryFolder, out: string, id: string, grpc: string): Promise<void> {
    const taken = folder.file('taken');
    expect(await runCommand(['results', id, '--server', grpc, '--out', taken])).toMatchObject({ code: 0 });
    for (const file of ['results.jsonl', 'results.tsv'])
      expect(await readFile(`${out}/${file}`, 'utf8')).toBe(await readFile(`${taken}/${file}`, 'utf8'));
    expect(await jobOf(out)).toEqual(await jobOf(taken));
    const verified = await runCommand(['verify', out]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain(`${out} holds: nothing that was checked is wrong.`);
  }
});
