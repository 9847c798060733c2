import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Packages are named exactly, may be passed on, and can be listed. No test here uses the network. */

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
}
const json = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as unknown;
const manifest = json('package.json') as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
>;
const lock = json('package-lock.json') as { packages: Record<string, Locked> };
const locked = Object.entries(lock.packages).filter(([place]) => place !== '');

const folder = folderOfAllTests();

/** Runs a script, offline unless told where a registry is. */
function run(
  script: string,
  args: string[] = [],
  registry: string | null = null,
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string }> {
  const env = {
    ...process.env,
    npm_config_cache: folder.file('cache'),
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '0',
    ...(registry === null ? { npm_config_offline: 'true' } : { npm_config_registry: registry }),
    ...more,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(ROOT, 'scripts', script), ...args], { env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout }),
    );
  });
}

describe('what is installed', () => {
  it('is one version of each package, by its own bytes, from wherever the user has his registry', () => {
    const versions = Object.values({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(versions.length).toBeGreaterThan(30);
    expect(locked.filter(([, one]) => !/^sha512-/.test(one.integrity ?? '')).map(([place]) => place)).toEqual(
      [],
    );
    expect(locked.filter(([, one]) => one.resolved !== undefined).map(([place]) => place)).toEqual([]);
    for (const line of ['ignore-scripts=true', 'save-exact=true', 'omit-lockfile-registry-resolved=true'])
      expect(readFileSync(path.join(ROOT, '.npmrc'), 'utf8')).toContain(line);
  });
});

describe('licences', () => {
  it('are all on the list, and docs/licences.md speaks of each', async () => {
    const { code, stdout } = await run('licences.mjs');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const doc = readFileSync(path.join(ROOT, 'docs/licences.md'), 'utf8');
    const named = stdout
      .split('\n')
      .slice(1)
      .flatMap((line) => line.replace(/^\d+ +/, '').match(/[\w.-]+/g) ?? []);
    expect(named.filter((word) => !['AND', 'OR'].includes(word) && !doc.includes(word))).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', 1],
    ['AGPL-3.0-or-later', 1],
    ['SSPL-1.0', 1],
    ['LGPL-3.0-or-later', 1],
    ['MIT AND GPL-2.0-only', 1],
    ['(MIT OR GPL-2.0-only) AND GPL-3.0-only', 1],
    ['SEE LICENSE IN x', 1],
    ['', 1],
    ['(MIT', 1],
    ['MIT OR GPL-2.0-only', 0],
    ['(GPL-2.0-only OR (MIT AND ISC)) AND Apache-2.0', 0],
  ])('a package under %j: exit code %i', async (license, expected) => {
    const file = folder.file('lock.json');
    const packages = {
      '': { name: 'x' },
      'node_modules/fine': { version: '1.0.0', license: 'MIT' },
      'node_modules/fine/node_modules/@a/b': { version: '2.0.0', license },
      'node_modules/tool': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
    };
    writeFileSync(file, JSON.stringify({ packages }));
    const { code, stdout } = await run('licences.mjs', [file]);
    expect(code).toBe(expected);
    if (expected === 1) expect(stdout).toContain('@a/b 2.0.0 is under');
  });
});

describe('the bill of materials', () => {
  it('is made without a network, has every production package, and names no machine', async () => {
    const files = ['one.json', 'two.json'].map((name) => folder.file(name));
    const [made] = await Promise.all(files.map((file) => run('sbom.mjs', [file])));
    expect(made).toMatchObject({ code: 0 });
    const [text, again] = files.map((file) => readFileSync(file, 'utf8'));
    expect(again).toBe(text);
    const bom = JSON.parse(text!) as {
      bomFormat: string;
      components: {
        name: string;
        version: string;
        licenses: unknown[];
        hashes: { alg: string; content: string }[];
      }[];
    };
    expect(bom.bomFormat).toBe('CycloneDX');
    const found = bom.components
      .map(({ name, version, hashes }) => `${name}@${version} ${hashes[0]!.content}`)
      .sort();
    const production = locked.filter(([, one]) => one.dev !== true);
    const hex = (integrity: string) =>
      Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    const wanted = production.map(
      ([place, { version, integrity }]) =>
        `${place.split('node_modules/').at(-1)!}@${version} ${hex(integrity!)}`,
    );
    expect(found).toEqual([...new Set(wanted)].sort());
    expect(bom.components.every(({ licenses }) => licenses.length > 0)).toBe(true);
    for (const word of [path.resolve(ROOT), '/tmp/', 'localhost']) expect(text).not.toContain(word);
    // A package that is made in a folder of another name has its own name all the same.
    expect(JSON.parse(text!)).toMatchObject({ metadata: { component: { name: 'smoothcert' } } });
  });
});

describe('the audit', () => {
  /** Asks a registry of this test's own. */
  async function audit(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    env: Readonly<Record<string, string>> = {},
  ) {
    const server = createServer(answer);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      return await run('audit.mjs', [], `http://127.0.0.1:${(server.address() as AddressInfo).port}`, env);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const tell = (response: ServerResponse, body: object) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  it('of a registry that knows nothing is clean', async () => {
    expect(await audit((_, response) => tell(response, {}))).toMatchObject({ code: 0 });
  });

  it('tells what is found', async () => {
    const advisory = {
      id: 1,
      url: 'https://example.test/1',
      title: 'A hole',
      severity: 'low',
      vulnerable_versions: '<99',
      cwe: [],
      cvss: { score: 0 },
    };
    const { code, stdout } = await audit((request, response) =>
      tell(
        response,
        request.method === 'POST'
          ? { 'fastest-levenshtein': [advisory] }
          : { name: 'fastest-levenshtein', versions: {}, 'dist-tags': {} },
      ),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('low: fastest-levenshtein <99: A hole https://example.test/1');
  });

  it('that nobody answers is none, though npm, told to be offline, calls that clean', async () => {
    const { code, stdout } = await audit((_, response) => response.writeHead(405).end(), {
      npm_config_offline: 'true',
    });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^NOT AUDITED: /);
  });
});
