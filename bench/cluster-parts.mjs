// What the cluster's scripts share: nats-server, coordinator and workers as real processes in a folder of their own, a client of
// the service, and what the processes cost as /proc shows it.
import { execFileSync, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificationClient } from '../dist/cli/client/certification-client.js';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const CLI = path.join(ROOT, 'dist/cli/main.js');
export const digits = (file) => path.join(ROOT, 'examples/digits', file);

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A process whose log is kept, and waited on. */
class Part {
  constructor(command, args) {
    this.log = '';
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    }
    this.exited = once(this.child, 'exit');
  }

  get pid() {
    return this.child.pid;
  }

  async says(pattern) {
    while (!pattern.test(this.log)) {
      const news = ['stdout', 'stderr'].map((name) => once(this.child[name], 'data'));
      await Promise.race([...news, this.exited]);
      const over = this.child.exitCode !== null || this.child.signalCode !== null;
      if (over && !pattern.test(this.log)) throw new Error(`ended before it said ${pattern}:\n${this.log}`);
    }
  }

  async end(signal = 'SIGTERM') {
    this.child.kill(signal);
    await this.exited;
  }
}

/** nats-server, and what is started in it. `end` leaves nothing behind. */
export class Cluster {
  parts = [];
  folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));

  static async start() {
    const cluster = new Cluster();
    const port = await freePort();
    cluster.url = `nats://127.0.0.1:${port}`;
    const file = path.join(cluster.folder, 'nats.conf');
    writeFileSync(file, `listen: "127.0.0.1:${port}"\njetstream: { store_dir: "${cluster.folder}/nats" }\n`);
    cluster.nats = cluster.add(new Part('nats-server', ['-c', file]));
    await cluster.nats.says(/Server is ready/);
    return cluster;
  }

  add(part) {
    this.parts.push(part);
    return part;
  }

  async coordinator(nodeFlags = []) {
    this.grpc = `127.0.0.1:${await freePort()}`;
    const where = ['--grpc', this.grpc, '--http', `127.0.0.1:${await freePort()}`];
    const args = [...where, '--nats', this.url, '--store', path.join(this.folder, 'store')];
    const part = this.add(new Part(process.execPath, [...nodeFlags, CLI, 'coordinator', ...args]));
    await part.says(/Serving/);
    return part;
  }

  /** A worker of one inference process a job. @param more flags of the worker */
  async worker(name, nodeFlags = [], more = []) {
    const own = ['--name', name, '--cache', path.join(this.folder, `cache-${name}`), '--processes', '1'];
    const part = this.add(
      new Part(process.execPath, [...nodeFlags, CLI, 'worker', '--nats', this.url, ...own, ...more]),
    );
    await part.says(/Ready/);
    return part;
  }

  /** A client; a server that is away is an error. */
  client() {
    const server = { address: this.grpc, tokenFile: null, tls: null, waitMs: 0 };
    const { signal } = new globalThis.AbortController();
    setMaxListeners(0, signal);
    return CertificationClient.open(server, signal, () => undefined);
  }

  /** Submits a job and does not wait for it; its id. @param flags those of `submit` */
  async submit(flags) {
    const args = [CLI, 'submit', ...flags, '--server', this.grpc, '--detach'];
    const { child, exited } = new Part(process.execPath, args);
    let text = '';
    child.stdout.on('data', (piece) => (text += piece));
    const [code] = await exited;
    const [id] = /j-[0-9a-f]{20}/.exec(text) ?? [];
    if (code !== 0 || !id) throw new Error(`submit ended with ${code}: ${text}`);
    return id;
  }

  /** A job from its submission to its end, as the service tells of it. @param flags those of `submit` */
  async run(client, flags) {
    const begun = performance.now();
    const id = await this.submit(flags);
    let first = null;
    let job;
    for await (const update of client.watch(id)) {
      ({ job } = update);
      if (first === null && job.progress.samples > 0) first = performance.now();
    }
    if (job.state !== 'succeeded') throw new Error(`${id} has ${job.state}: ${job.error?.message}`);
    return { job, submitted: begun, first, ended: performance.now() };
  }

  async end() {
    for (const part of [...this.parts].reverse()) {
      if (part.child.exitCode === null && part.child.signalCode === null) await part.end();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Seconds of processor that a process has had, those of its children that live included. */
export function cpuSeconds(pid, withChildren = false) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  return withChildren ? childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child, true), own) : own;
}

export const childrenOf = (pid) =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );

export function residentMiB(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Returns the load of the machine, to judge the figures by. */
export const load = () => `load ${loadavg()[0].toFixed(1)}`;

export const median = (values) => quantile(values, 0.5);

/** The value below which a share of them lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
