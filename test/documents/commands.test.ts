import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, runCommand } from '../harness/command.js';
import { blocksOf, commandsOf, documentsWithCommands } from '../support/document-blocks.js';
import { TemporaryFolder, folderOfAllTests } from '../support/temporary-folder.js';
import { NOT_RUN } from './not-run.js';
import { hasPython, makeClone, runScript, PYTHON } from './run-page.js';
import { CLUSTER_PAGES } from './cluster-pages.js';

/** Every command of README.md and docs/ is run as it stands, page by page; or a table says why it is not. */

const PAGES = documentsWithCommands(ROOT);
const notRunOf = (command: string) => NOT_RUN.find(({ begins }) => begins.test(command));
const shellOf = (page: string) => blocksOf(ROOT, page, 'sh').flatMap(commandsOf);
const runOf = (page: string) => shellOf(page).filter((command) => notRunOf(command) === undefined);

/** Run by a test of its own, or with servers. */
const ELSEWHERE = ['docs/ten-minutes.md', ...Object.keys(CLUSTER_PAGES)];
const HERE = PAGES.filter((page) => !ELSEWHERE.includes(page) && runOf(page).length > 0);

const numpy = hasPython('numpy');
if (!numpy) console.warn(`${PYTHON} has no NumPy: the commands of the documents are NOT RUN.`);

describe('the table of commands that are not run', () => {
  const left = PAGES.filter((page) => page !== 'docs/ten-minutes.md')
    .flatMap(shellOf)
    .filter((command) => notRunOf(command) !== undefined);

  it('has no entry that no page needs', () => {
    expect(
      NOT_RUN.filter(({ begins }) => !PAGES.flatMap(shellOf).some((command) => begins.test(command))),
    ).toEqual([]);
  });

  it('leaves most commands to be run', () => {
    const run = PAGES.flatMap(runOf);
    console.log(`${run.length} commands of the documents are run, ${left.length} are not.`);
    expect(run.length).toBeGreaterThan(left.length);
  });

  it('names files that are there', () => {
    const files = left.flatMap(
      (command) => command.match(/(?<=\s)(deploy|examples|scripts|clients)\/[\w./-]+/g) ?? [],
    );
    const made = /secrets|overlays|namespace/;
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !made.test(file) && !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it.each(left.filter((command) => notRunOf(command)!.parsed))(
    'and what can be parsed is: %s',
    async (command) => {
      const { code, stderr } = await runCommand([...command.split(/\s+/).slice(1), '--print-config']);
      expect([code, stderr]).toEqual([0, '']);
    },
  );
});

describe.skipIf(!numpy)('commands of', () => {
  const clone = folderOfAllTests();

  /** Makes what pages speak of without making it, in given/. */
  beforeAll(async () => {
    makeClone(clone.path);
    const small = '--model M.onnx --data D.npz --no-check --no-report --quiet';
    const made = await runScript(
      clone.path,
      `smoothcert certify ${small} --max-samples 500 --sigma 0.25 --out given/certificates
      for sigma in 0.12 0.25 0.5; do cp -r given/certificates given/sigma-$sigma; done
      smoothcert certify ${small} --images :2 --sigma 0.5 --stop fixed --out published
      cp published/results.tsv given/cohen.tsv`,
    );
    expect([made.code, made.said]).toEqual([0, expect.any(String)]);
  });

  /** Returns what a page names and makes by none of its own commands. */
  const givenOf = (page: string) => {
    const commands = runOf(page).join('\n');
    return readdirSync(clone.file('given')).filter(
      (name) => commands.includes(` ${name}`) && !commands.includes(`--out ${name}`),
    );
  };

  it.each(HERE)('%s end well', async (page) => {
    using folder = new TemporaryFolder();
    cpSync(clone.path, folder.path, { recursive: true, verbatimSymlinks: true });
    for (const name of givenOf(page))
      cpSync(clone.file('given', name), folder.file(name), { recursive: true });
    const { code, said } = await runScript(folder.path, `${runOf(page).join('\n')}\necho all done`);
    expect([code, said]).toEqual([0, expect.stringMatching(/\nall done\n$/)]);
  });

  it('a page that is wrong do not', async () => {
    const { code, said } = await runScript(clone.path, 'smoothcert results nowhere | cat\necho all done');
    expect(said).toContain('Error ');
    expect(said).not.toContain('all done');
    expect(code).toBe(2);
  });

  /** Modules of each block of Python that Debian has; those that import ours are run by the tests of clients/python. */
  const blocks = PAGES.flatMap((page) => blocksOf(ROOT, page, 'python')).filter(
    ({ text }) => !text.includes('smoothcert'),
  );
  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s in Python end well',
    (_, { text }) => {
      using folder = new TemporaryFolder();
      cpSync(clone.path, folder.path, { recursive: true, verbatimSymlinks: true });
      const modules = [...text.matchAll(/^import (\w+)/gm)].map(([, name]) => name!);
      if (!hasPython(...modules)) {
        console.warn(`${PYTHON} lacks one of ${modules.join(', ')}: a block of Python is NOT RUN.`);
        return;
      }
      for (const name of readdirSync(clone.file('given')).filter((given) => text.includes(`"${given}`)))
        cpSync(clone.file('given', name), folder.file(name), { recursive: true });
      const { status, stderr } = spawnSync(PYTHON, ['-c', text], { cwd: folder.path, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, expect.any(String)]);
    },
  );
});
