import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { canBeAlone } from '../harness/shell.js';
import { blocksOf, commandsOf } from '../support/document-blocks.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { CLUSTER_PAGES } from './cluster-pages.js';
import { NOT_RUN } from './not-run.js';
import { hasPython, makeClone, runScript } from './run-page.js';

/** The commands of pages that need servers, each page in a network of its own: they name ports. */

const can = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const missing = [
  ...(can('nats-server', '--version') ? [] : ['nats-server']),
  ...(can('curl', '--version') ? [] : ['curl']),
  ...(hasPython('numpy') ? [] : ['NumPy']),
  ...(canBeAlone() ? [] : ['a network namespace (root, iproute2)']),
];
if (missing.length > 0)
  console.warn(`The commands of pages about clusters are NOT RUN: there is no ${missing.join(', no ')}.`);

const commandsOfPage = (page: string) =>
  blocksOf(ROOT, page, 'sh')
    .flatMap(commandsOf)
    .filter((command) => !NOT_RUN.some(({ begins }) => begins.test(command)))
    .map((command) => command.replace(/ +# .*$/, ''))
    .join('\n');

describe.skipIf(missing.length > 0)('the commands of', () => {
  it.each(Object.entries(CLUSTER_PAGES))(
    '%s, with servers, end well',
    { timeout: 300_000 },
    async (page, { before, names }) => {
      using folder = new TemporaryFolder();
      makeClone(folder.path);
      const script = names.reduce<string>(
        (text, [name, stands]) => text.replace(name, stands),
        commandsOfPage(page),
      );
      const { code, said } = await runScript(
        folder.path,
        `${before}\n# An answer that is an error counts.\nalias curl='curl -f'\n${script}\necho all done`,
        true,
      );
      expect([code, said]).toEqual([0, expect.stringMatching(/all done\n$/)]);
      expect(said).not.toMatch(/^Error /m);
    },
  );
});
