import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { shownOptions } from '../../library/arguments-of.js';
import { TAKEN } from '../../library/taken.js';
import { ROOT } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { compileStrictly, filesOf, installOffline, pack, writeExamples } from '../harness/packed.js';
import { Part } from '../harness/parts.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** The package as it is packed, in the hands of a user who has docs/library.md. */

const folder = folderOfAllTests();
let file: string;
let user: string;
let examples: readonly string[];

beforeAll(async () => {
  file = await pack(ROOT, folder.path);
  user = folder.file('user');
  await mkdir(user);
  await installOffline(file, user);
  examples = await writeExamples(user);
});

/** Runs a program in the folder of the user. */
function node(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = user) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const evaluate = (program: string) => node(['--input-type=module', '-e', program]);

describe('the package', () => {
  it('holds what runs and its documents, and nothing else', async () => {
    const files = await filesOf(file);
    const kinds = [
      /^(package\.json|smoothcert\.mjs|LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md)$/,
      /^dist\/[\w/-]+\.js$/,
      /^dist\/library\/[\w/-]+\.d\.ts$/,
      /^dist\/worker\/noise\/generator\.wasm$/,
      /^dist\/page\/(index\.html|assets\/[\w.-]+\.(js|css|svg))$/,
      /^proto\/(google\/rpc|smoothcert\/v1)\/\w+\.proto$/,
      /^docs\/[\w/.-]+\.(md|svg|png)$/,
    ];
    expect(files.filter((name) => !kinds.some((kind) => kind.test(name)))).toEqual([]);
    for (const kind of kinds) expect(files.some((name) => kind.test(name))).toBe(true);
    expect(files.filter((name) => name.includes('.test.'))).toEqual([]);
  });

  it('has every document and picture that its documents link to', async () => {
    const files = new Set(await filesOf(file));
    const documents = [...files].filter((name) => /^(docs\/.*|README)\.md$/.test(name));
    for (const name of documents) {
      const text = await readFile(path.join(user, 'node_modules/smoothcert', name), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:\s]+\.(?:md|svg|png))(?:#[^)]*)?\)/g)].map(([, link]) =>
        path.posix.join(path.posix.dirname(name), link!),
      );
      expect([name, links.filter((link) => link.startsWith('docs/') && !files.has(link))]).toEqual([
        name,
        [],
      ]);
    }
  });

  it('is reached by its name alone', async () => {
    const tried = [
      'smoothcert',
      'smoothcert/package.json',
      'smoothcert/dist/cli/program.js',
      'smoothcert/library',
    ];
    const { stdout } = await evaluate(
      `for (const name of ${JSON.stringify(tried)}) console.log(await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : {}).then(Object.keys, (error) => error.code))`,
    );
    expect(stdout).toBe(
      `${[
        "[\n  'SmoothcertError',\n  'certify',\n  'connect',\n  'openResults',\n  'plan',\n  'predict',\n  'verify'\n]",
        "[ 'default' ]",
        'ERR_PACKAGE_PATH_NOT_EXPORTED',
        'ERR_PACKAGE_PATH_NOT_EXPORTED',
      ].join('\n')}\n`,
    );
  });

  it('has the command', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const { bin } = JSON.parse(
      await readFile(path.join(user, 'node_modules/smoothcert/package.json'), 'utf8'),
    ) as { bin: { smoothcert: string } };
    const command = path.join(user, 'node_modules/smoothcert', bin.smoothcert);
    expect(await node([command, '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('says so where it was packed without what the build makes', async () => {
    const clone = folder.file('clone');
    await mkdir(clone);
    for (const name of ['package.json', 'smoothcert.mjs', '.npmrc', 'README.md'])
      await cp(path.join(ROOT, name), path.join(clone, name));
    const unbuilt = folder.file('unbuilt');
    await mkdir(unbuilt);
    const target = await installOffline(await pack(clone, folder.file('clone')), unbuilt);
    const { code, stdout, stderr } = await node([path.join(target, 'smoothcert.mjs'), '--version']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Error INTERNAL: this smoothcert was not built\.\nIn a clone run npm ci and npm run build; /,
    );
  });
});

describe('docs/library.md', () => {
  it('has types that need no others', async () => {
    await writeFile(path.join(user, 'alone.ts'), "export * as smoothcert from 'smoothcert';\n");
    expect(await compileStrictly(user, ['alone.ts'], [])).toBe('');
  });

  it('has examples that compile under the strictest TypeScript, and run in their order', async () => {
    expect(
      await compileStrictly(
        user,
        examples.map((name) => `${name}.ts`),
        ['node'],
      ),
    ).toBe('');
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const store = ['--store', folder.file('store'), '--grpc', grpc, '--http', http, '--processes', '2'];
    await using server = new Part('serve', ['serve', ...store]);
    await server.says(/Ready/);
    const said: string[] = [];
    for (const name of examples) {
      const { code, stdout, stderr } = await node([`${name}.js`], { SMOOTHCERT_SERVER: grpc });
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
      said.push(stdout);
    }
    const [certified, resumed, planned, opened, served, failed] = said;
    const rows = (await readFile(path.join(user, 'certificates/results.jsonl'), 'utf8')).trim().split('\n');
    const told = rows.map((row) => JSON.parse(row) as { image: number; outcome: string; radius: number });
    const lines = certified!.trim().split('\n');
    expect(lines.slice(0, -1).sort()).toEqual(
      told.map(({ image, outcome, radius }) => `${image} ${outcome} ${radius}`).sort(),
    );
    expect(lines.at(-1)).toMatch(/^average certified radius 0\.\d+$/);
    expect(resumed).toMatch(/^15 images, seed \d+\ndone: false\ndone: true certified: \d+\n$/);
    expect(planned).toMatch(/^fixed 1000 0\.\d+\n[\s\S]*true \[\]\n$/);
    expect(opened).toContain(`0.25 3 of 3 ${lines.at(-1)!.split(' ').at(-1)!}\n`);
    expect(served).toMatch(/^(pending|running) [\s\S]*succeeded 3 3\n0 \d/);
    expect(failed).toMatch(/^OPTION_INVALID --sigma -1 is not a number above 0 .* false\n$/);
    expect(existsSync(path.join(user, 'never'))).toBe(false);
    expect(await readdir(path.join(user, 'certificates'))).toContain('report.html');
  }, 300_000);

  it('names the options of every function', async () => {
    const page = await readFile(path.join(ROOT, 'docs/library.md'), 'utf8');
    const own = { certify: ['signal', 'onNews'], predict: ['signal', 'onNews'], submit: [] };
    for (const [name, taken] of Object.entries(TAKEN)) {
      const row = new RegExp(`^\\| \`${name}\` +\\| (.*) \\|$`, 'm').exec(page)![1]!;
      const named = [...row.matchAll(/`(\w+)`/g)].map(([, option]) => option);
      expect(named).toEqual([
        ...shownOptions(taken),
        ...((own as Record<string, string[]>)[name] ?? ['signal']),
      ]);
    }
  });
});
