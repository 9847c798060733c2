import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from '../harness/local-job.js';
import { zipOf } from '../fuzz/zip-writer.js';
import { execForm, pairsOf, parseDockerfile, readDockerfile, type Stage } from './dockerfile.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const FILES = ['deploy/docker/Dockerfile.cpu', 'deploy/docker/Dockerfile.cuda'] as const;
const textsOf = (stage: Stage, name: string) =>
  stage.instructions.filter((one) => one.name === name).map(({ text }) => text);

describe.each(FILES)('%s', (file) => {
  const stages = readDockerfile(file, { ORT_CUDA_SHA256: '0'.repeat(64) });
  const final = stages.at(-1)!;

  it('is built in stages from bases with a full version, none of them latest', () => {
    expect(stages.map(({ alias }) => alias)).toEqual(['build', 'dependencies', null]);
    for (const { base } of stages) expect(base).toMatch(/^[a-z/]+:\d+\.\d+(\.\d+)?-[a-z0-9.-]+$/);
  });

  it('installs from the lock file, runs no install script, and ships no development package', () => {
    const installs = stages.flatMap((stage) => textsOf(stage, 'RUN')).filter((text) => text.includes('npm '));
    expect(installs.map((text) => text.replace(/ --no-audit --no-fund$/, ''))).toEqual([
      'npm ci --ignore-scripts',
      'npm run build',
      'npm ci --ignore-scripts --omit=dev',
    ]);
    const [, dependencies] = stages;
    expect(textsOf(dependencies!, 'COPY')[0]).toBe('package.json package-lock.json .npmrc ./');
    expect(textsOf(final, 'RUN')).toEqual([]);
  });

  it('ends as a user by number who is not root, with an entry point that needs no shell', () => {
    const names = final.instructions.map(({ name }) => name);
    expect(textsOf(final, 'USER')).toEqual(['10001:10001']);
    expect(names.slice(names.indexOf('USER'))).toEqual(['USER', 'STOPSIGNAL', 'EXPOSE', 'ENTRYPOINT', 'CMD']);
    expect(execForm(textsOf(final, 'ENTRYPOINT')[0]!)).toEqual([
      '/usr/local/bin/node',
      '/app/dist/cli/main.js',
    ]);
    expect(textsOf(final, 'STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it('says in OCI labels what it is, of the version that package.json has', async () => {
    const { version } = JSON.parse(await readFile(project('package.json'), 'utf8')) as { version: string };
    const labels = pairsOf(textsOf(final, 'LABEL').join(' '));
    expect(labels).toMatchObject({
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.base.name': final.base,
    });
  });
});

it('a Dockerfile with a word that is no instruction, or an argument that no stage declares, is refused', () => {
  expect(() => parseDockerfile('FROM a:1\nCOPPY a b\n')).toThrow('line 2: COPPY a b is no instruction');
  expect(() => parseDockerfile('ARG V=1\nFROM a:$V\nLABEL v=$V\n')).toThrow('line 3: $V is not declared');
  expect(() => parseDockerfile('COPY a b\n')).toThrow('before FROM');
});

describe('cuda-provider.mjs', () => {
  const libraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
  const archive = zipOf(
    [...libraries, 'libonnxruntime.so'].map((name) => ({
      name: `runtimes/linux-x64/native/${name}`,
      content: Buffer.from(name),
    })),
  );
  const sha256 = createHash('sha256').update(archive).digest('hex');

  /** Runs it against a server that has `bytes`, in a node_modules of its own. */
  async function provide(hash: string, bytes: Buffer = archive, version = '1.30.0') {
    using folder = new TemporaryFolder();
    const runtime = folder.file('node_modules/onnxruntime-node');
    const bin = path.join(runtime, 'bin/napi-v6/linux/x64');
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(runtime, 'package.json'), JSON.stringify({ version: '1.30.0' }));
    const server = createServer((_, response) => response.end(bytes)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const ran = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [project('deploy/docker/cuda-provider.mjs'), folder.file('node_modules')],
        { env: { ORT_CUDA_URL: `http://127.0.0.1:${port}/gpu.${version}.nupkg`, ORT_CUDA_SHA256: hash } },
        (error, _, stderr) => resolve({ code: error ? Number(error.code) : 0, stderr }),
      );
    });
    server.close();
    return { ...ran, installed: await readdir(bin) };
  }

  it('puts the provider in place if the archive has the hash', async () => {
    expect(await provide(sha256)).toEqual({ code: 0, stderr: '', installed: libraries.toSorted() });
  });

  it.each([
    ['the archive has another hash', 'f'.repeat(64), archive, '1.30.0', `${sha256}, not fff`],
    ['no hash is given', '', archive, '1.30.0', 'ORT_CUDA_SHA256 is not given'],
    ['it is of another version', sha256, archive, '1.29.0', 'not of version 1.30.0'],
  ] as const)('installs nothing if %s', async (_, hash, bytes, version, words) => {
    const { code, stderr, installed } = await provide(hash, bytes, version);
    expect([code, installed]).toEqual([1, []]);
    expect(stderr).toContain(words);
  });
});
