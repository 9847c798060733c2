import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import { project } from '../harness/local-job.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { readDockerfile } from './dockerfile.js';
import { buildImage, bytesBelow, type Image } from './image.js';
import { ADDRESS, LittleNode, canRunPods, natsImage, withLibraries } from './little-node.js';
import { hasKubectl, kustomize, type Resource } from './manifests.js';
import type { Pod } from './pod.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/**
 * The image that the CPU Dockerfile describes, and the overlay single-node run from it by what stands in for kubelet: command,
 * environment, user, volumes, probes and signals are those of the rendered YAML. No container engine and no cluster takes part.
 */

const folder = folderOfAllTests();
let image: Image;
let expected: Promise<string>;

/** Follows docs/deploy.md in a copy of deploy/: keys, tokens, and what kustomize makes of them. */
function manifests(): readonly Resource[] {
  const deploy = folder.file('deploy');
  cpSync(project('deploy'), deploy, { recursive: true });
  const secrets = path.join(deploy, 'kubernetes/secrets');
  execFileSync(process.execPath, [project('deploy/nats/make-keys.mjs'), secrets], { stdio: 'pipe' });
  const [worker, client] = [1, 2].map(() => randomBytes(32).toString('hex'));
  writeFileSync(path.join(secrets, 'worker-token'), `${worker}\n`);
  writeFileSync(path.join(secrets, 'tokens'), `${worker}\n${client}\n`);
  writeFileSync(folder.file('client-token'), `${client}\n`);
  return [...kustomize(path.join(deploy, 'kubernetes/overlays/single-node')), ...kustomize(secrets)];
}

const runnable = hasKubectl && canRunPods && hasNatsServer;
beforeAll(async () => {
  if (runnable) expected = certifiedRows(LONG_JOB);
  await mkdir(folder.file('image'));
  image = buildImage(readDockerfile('deploy/docker/Dockerfile.cpu'), folder.file('image'));
});

describe('the CPU image, as far as it can be laid out without an engine', () => {
  const inside = (...names: string[]) => path.join(image.root, 'app', ...names);

  it('is small: ONNX Runtime for one system, no compiler, no declarations', () => {
    const bytes = bytesBelow(inside());
    console.log(`/app of the CPU image: ${Math.round(bytes / 1e6)} MB`);
    expect(bytes).toBeLessThan(130e6);
    expect(readdirSync(inside('node_modules'))).not.toContain('typescript');
    const runtime = inside('node_modules/onnxruntime-node/bin');
    const [abi] = readdirSync(runtime);
    expect(readdirSync(path.join(runtime, abi!))).toEqual([process.platform]);
    expect(readdirSync(path.join(runtime, abi!, process.platform))).toEqual([process.arch]);
  });

  it('holds no test, no source, no secret', () => {
    const ours = readdirSync(inside(), { recursive: true, encoding: 'utf8' }).filter(
      (file) => !file.startsWith('node_modules'),
    );
    expect(ours).toContain('dist/cli/main.js');
    expect(ours.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.nk$|\.pem$/.test(file))).toEqual([]);
  });

  it('leaves the checkout as it was: nothing but links was removed', () => {
    const there = readdirSync(project('node_modules/onnxruntime-node/bin'), { recursive: true });
    expect(there.some((file) => file.includes('win32'))).toBe(true);
  });
});

const statusOf = (pid: number) =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line) => line.split(':\t').map((part) => part.trim().replaceAll('\t', ' ')) as [string, string]),
  );

/** Where a pod can write: mount points, but for what every runtime gives. */
const writableIn = (pid: number) =>
  readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(
      ([, , , , point, options]) => options?.split(',').includes('rw') && !/^\/(proc|dev)\b/.test(point!),
    )
    .map(([, , , , point]) => point!);

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** Every file of the image, and when it was changed. */
const snapshot = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('usr/lib'))
    .map((file) => `${file} ${lstatSync(path.join(root, file)).mtimeMs}`);

async function expectConfined(pod: Pod, user: number, writable: readonly string[]): Promise<void> {
  expect(statusOf(pod.pid)).toMatchObject({
    Uid: Array(4).fill(user).join(' '),
    Gid: Array(4).fill(user).join(' '),
    Groups: `${user}`,
    NoNewPrivs: '1',
    CapEff: '0'.repeat(16),
    CapPrm: '0'.repeat(16),
    CapBnd: '0'.repeat(16),
    // Process 1 of its container.
    NSpid: `${pod.pid} 1`,
  });
  expect(writableIn(pod.pid).toSorted()).toEqual(writable.toSorted());
  // Not even root may, who stands outside and looks in.
  for (const place of ['/', '/app', '/etc', '/usr/local/bin', '/run/secrets']) {
    const file = `/proc/${pod.pid}/root${place}/written`;
    if (!existsSync(path.dirname(file))) continue;
    await expect(writeFile(file, ''), place).rejects.toMatchObject({ code: 'EROFS' });
  }
}

describe.runIf(runnable)('the overlay single-node', () => {
  it('runs as its manifests say: a job through the crash of a pod, the certificates of certify, and an orderly end', async () => {
    withLibraries(image.root);
    await using node = await LittleNode.open(manifests(), {
      'smoothcert:0.1.0': image,
      'nats:2.12.3': natsImage(folder.file('nats')),
    });
    const nats = node.start(node.workload('nats'));
    await nats.ready();
    const [coordinator, worker] = [
      node.start(node.workload('coordinator')),
      node.start(node.workload('worker')),
    ];
    await Promise.all([coordinator.ready(), worker.ready()]);
    const before = snapshot(image.root);

    await expectConfined(nats, 1000, ['/data']);
    await expectConfined(coordinator, 10001, ['/var/lib/smoothcert', '/tmp']);
    await expectConfined(worker, 10001, ['/var/cache/smoothcert', '/tmp']);
    expect(worker.log).toContain('2 processes of class');

    const server = ['--server', `${ADDRESS}:50051`];
    const stranger = await node.run(['jobs', ...server, '--wait-seconds', '5']);
    expect([stranger.code === 0, stranger.stderr]).toEqual([
      false,
      expect.stringContaining('UNAUTHENTICATED'),
    ]);
    const token = ['--token-file', folder.file('client-token')];
    const out = folder.file('out');
    let ended = false;
    const submitted = node.run(['submit', ...LONG_JOB, ...server, ...token, '--out', out]);
    void submitted.then(() => (ended = true));
    await worker.says(/Looked at the model/);
    await drawing(node);

    // A child that dies is reaped by the command, which is process 1; nobody else would.
    const [child] = childrenOf(worker.pid);
    process.kill(child!, 'SIGKILL');
    await worker.says(/An inference process ended/);
    expect(existsSync(`/proc/${child}`)).toBe(false);

    // The container is started again beside the same volumes, as kubelet does.
    await coordinator.crash();
    expect(ended).toBe(false);
    const again = node.start(node.workload('coordinator'));
    await again.ready();
    const { code, stderr } = await submitted;
    expect(code, stderr).toBe(0);
    expect(await readFile(path.join(out, 'results.jsonl'), 'utf8')).toBe(await expected);

    for (const [port, metric] of [
      [9464, 'smoothcert_images_decided_total'],
      [9465, 'smoothcert_drawn_samples_total'],
    ] as const) {
      const { status, body } = await node.get(`http://${ADDRESS}:${port}/metrics`);
      expect([status, body]).toEqual([200, expect.stringContaining(metric)]);
    }

    const ends = await Promise.all([again, worker].map((pod) => pod.terminate()));
    expect(ends.map((end) => end.code)).toEqual([0, 0]);
    ends.push(await nats.terminate());
    for (const { seconds, most } of ends) expect(seconds).toBeLessThan(most);
    expect([nats, again, worker].flatMap(({ failures }) => failures)).toEqual([]);
    expect(snapshot(image.root)).toEqual(before);
  });
});

/** Resolves once the worker has drawn something. */
async function drawing(node: LittleNode): Promise<void> {
  for (;;) {
    const { body } = await node.get(`http://${ADDRESS}:9465/metrics`);
    if (/^smoothcert_drawn_samples_total(\{[^}]*\})? [1-9]/m.test(body)) return;
    await delay(20);
  }
}
