import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { IContainer, IProbe } from 'kubernetes-models/v1';
import type { Image } from './image.js';
import type { Workload } from './manifests.js';

const POLL_MS = 100;
/** Nobody here has to wait for a device as long as a manifest may allow. */
const LONGEST_MS = 60_000;
/** None outlives the tests, however they end. */
const running = new Set<Pod>();
process.once('exit', () => {
  for (const pod of running) pod.kill();
});

const ALIVE_EVERY_MS = 1_000;
/** Where the runtime puts its own tools, that no image has. */
const RUNTIME = '/.runtime';
const TOOLS = ['/usr/bin/env', '/usr/bin/setpriv'];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];
/** The libraries of the base image: those of this machine. */
const LIBRARIES = ['/usr/lib', '/usr/lib64'];

export interface PodOptions {
  readonly name: string;
  readonly workload: Workload;
  readonly image: Image;
  /** Folder of each volume, by its name. */
  readonly volumes: ReadonlyMap<string, string>;
  /** A file with the names of Services. */
  readonly hosts: string;
  /** Where it is asked whether it is well. */
  readonly address: string;
  /** Namespace of the network. */
  readonly network: string;
  readonly get: (url: string, timeoutMs: number) => Promise<{ status: number; body: string }>;
}

/** A container of a pod, started as its manifest says, and watched and ended as kubelet does. */
export class Pod implements AsyncDisposable {
  readonly exited: Promise<number | null>;
  /** Liveness probes that failed. */
  readonly failures: string[] = [];
  private readonly child: ChildProcess;
  private readonly watching = new AbortController();
  private text = '';
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: PodOptions) {
    const { network } = options;
    this.child = spawn(
      'nsenter',
      [
        `--net=${network}`,
        'unshare',
        '--mount',
        '--pid',
        '--uts',
        '--ipc',
        '--propagation=private',
        '--fork',
        'sh',
        '-c',
        scriptOf(options),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    running.add(this);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream!.setEncoding('utf8').on('data', (piece: string) => {
        this.text += piece;
        for (const look of [...this.listeners]) look();
      });
    }
    this.exited = once(this.child, 'exit').then(([code]) => {
      running.delete(this);
      this.watching.abort();
      for (const look of [...this.listeners]) look();
      return code as number | null;
    });
  }

  get log(): string {
    return this.text;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Process 1 of the container, as this machine counts; 0 before it is there. */
  get pid(): number {
    const { pid } = this.child;
    const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Number(inner);
  }

  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.test(this.text);
        if (!found && this.running) return;
        this.listeners.delete(look);
        if (found) resolve();
        else reject(new Error(`${this.options.name} ended before it said ${String(pattern)}:\n${this.text}`));
      };
      this.listeners.add(look);
      look();
    });
  }

  /** Resolves once it is ready; from then on it is watched. @throws if a probe fails for longer than its manifest allows */
  async ready(): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.options.workload.container;
    await this.succeeds(startupProbe!, 'startup');
    void this.stays(livenessProbe!);
    await this.succeeds(readinessProbe!, 'readiness');
  }

  /** As kubelet deletes a pod: the hook before, the signal, and no more time than there is. */
  async terminate(): Promise<{
    readonly code: number | null;
    readonly seconds: number;
    readonly most: number;
  }> {
    const { container, pod } = this.options.workload;
    const begun = performance.now();
    await delay(1_000 * (container.lifecycle?.preStop?.sleep?.seconds ?? 0));
    this.watching.abort();
    process.kill(this.pid, this.options.image.stopSignal);
    const code = await this.exited;
    return { code, seconds: (performance.now() - begun) / 1_000, most: pod.terminationGracePeriodSeconds! };
  }

  /** As the kernel does when memory is short. */
  async crash(): Promise<void> {
    this.kill();
    await this.exited;
  }

  /** Ends all of it at once. Process 1 takes those beneath it along; the one above it would not take it along. */
  kill(): void {
    this.watching.abort();
    if (!this.running) return;
    const { pid } = this;
    if (pid > 0) process.kill(pid, 'SIGKILL');
    else this.child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }

  private async probe({ httpGet, timeoutSeconds }: IProbe): Promise<string | null> {
    if (!httpGet) throw new Error('a probe of another kind than httpGet is not known here');
    const port = portOf(this.options.workload.container, httpGet.port);
    const scheme = (httpGet.scheme ?? 'HTTP').toLowerCase();
    const url = `${scheme}://${this.options.address}:${port}${httpGet.path}`;
    const { status, body } = await this.options.get(url, 1_000 * (timeoutSeconds ?? 1));
    return status >= 200 && status < 400 ? null : `${httpGet.path}: ${status} ${body}`;
  }

  /** Asked more often than the manifest says; a startup probe for no longer than it would be asked. */
  private async succeeds(probe: IProbe, name: 'startup' | 'readiness'): Promise<void> {
    const allowed = 1_000 * (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3);
    const until = performance.now() + (name === 'startup' ? Math.min(allowed, LONGEST_MS) : LONGEST_MS);
    let failure = await this.probe(probe);
    while (failure !== null) {
      if (!this.running || performance.now() > until) {
        throw new Error(`${this.options.name}, ${name} probe: ${failure}\n${this.text}`);
      }
      await delay(POLL_MS);
      failure = await this.probe(probe);
    }
  }

  private async stays(probe: IProbe): Promise<void> {
    const { signal } = this.watching;
    while (this.isWatched()) {
      const failure = await this.probe(probe);
      if (failure !== null && this.isWatched()) this.failures.push(failure);
      await delay(ALIVE_EVERY_MS, null, { signal }).catch(() => undefined);
    }
  }

  private isWatched(): boolean {
    return !this.watching.signal.aborted;
  }
}

function portOf({ ports }: IContainer, port: number | string): number {
  const found = ports!.find(({ name, containerPort }) => name === port || containerPort === port);
  if (!found) throw new Error(`there is no port ${port}`);
  return found.containerPort;
}

/** Returns the steps of kubelet's runtime before the program, as a script for a shell in namespaces of their own. */
function scriptOf({ name, workload, image, volumes, hosts }: PodOptions): string {
  const { container, pod } = workload;
  const { root } = image;
  const lines = ['set -e', `hostname ${quoted(name)}`, `mount --bind ${quoted(root)} ${quoted(root)}`];
  const bind = (source: string, target: string, kind: 'folder' | 'file', mode: 'ro' | 'rw') => {
    const point = path.join(root, target);
    if (kind === 'folder') mkdirSync(point, { recursive: true });
    else touch(point);
    lines.push(`mount -o bind,${mode} ${quoted(source)} ${quoted(point)}`);
  };
  for (const folder of LIBRARIES) bind(folder, folder, 'folder', 'ro');
  for (const tool of TOOLS) bind(tool, path.join(RUNTIME, path.basename(tool)), 'file', 'ro');
  for (const device of DEVICES) bind(`/dev/${device}`, `/dev/${device}`, 'file', 'rw');
  bind(hosts, '/etc/hosts', 'file', 'ro');
  for (const { name: volume, mountPath, readOnly } of container.volumeMounts!) {
    bind(volumes.get(volume)!, mountPath, 'folder', readOnly === true ? 'ro' : 'rw');
  }
  mkdirSync(path.join(root, 'proc'), { recursive: true });
  lines.push(`mount -t proc proc ${quoted(path.join(root, 'proc'))}`);
  if (container.securityContext!.readOnlyRootFilesystem === true) {
    lines.push(`mount -o remount,bind,ro ${quoted(root)}`);
  }
  const { runAsUser, runAsGroup, fsGroup } = pod.securityContext!;
  const become = [
    `${RUNTIME}/setpriv`,
    `--reuid=${runAsUser}`,
    `--regid=${runAsGroup}`,
    `--groups=${fsGroup}`,
    ...(container.securityContext!.allowPrivilegeEscalation === false ? ['--no-new-privs'] : []),
    ...(container.securityContext!.capabilities!.drop!.includes('ALL')
      ? ['--bounding-set=-all', '--inh-caps=-all']
      : []),
  ];
  const program = [...(container.command ?? image.entrypoint), ...(container.args ?? [])];
  const environment = Object.entries(environmentOf(name, container, image)).map(
    ([key, value]) => `${key}=${value}`,
  );
  const command = [`${RUNTIME}/env`, '-i', '-C', image.workdir, ...environment, ...become, '--', ...program];
  lines.push(`exec chroot ${[root, ...command].map(quoted).join(' ')}`);
  return lines.join('\n');
}

/** Returns the variables of the image and the manifest, and those that every runtime sets. */
function environmentOf(name: string, container: IContainer, image: Image): Readonly<Record<string, string>> {
  const own = (container.env ?? []).map(({ name: variable, value, valueFrom }) => {
    if (valueFrom === undefined) return [variable, value ?? ''] as const;
    const { resource } = valueFrom.resourceFieldRef!;
    if (resource !== 'limits.cpu') throw new Error(`${resource} is not known here`);
    return [variable, `${Math.ceil(Number(container.resources!.limits!['cpu']))}`] as const;
  });
  const usual = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOSTNAME: name };
  return { ...usual, ...image.env, ...Object.fromEntries(own) };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function touch(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  closeSync(openSync(file, 'a'));
}
