import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ROOT, type Finished } from '../harness/command.js';
import type { Image } from './image.js';
import { ofKind, selects, workloadsOf, type Resource, type Workload } from './manifests.js';
import { Pod } from './pod.js';
import { makeVolume } from './volumes.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Of all pods, as of a Service before them. Whoever listens on 127.0.0.1 alone is not reached here. */
export const ADDRESS = '10.96.0.10';

const UNSHARE = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork'];
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

/** True if this machine can stand in for a node: as root, with namespaces. Otherwise tests say so and are skipped. */
export const canRunPods: boolean =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  works('unshare', ...UNSHARE, 'mount', '--make-rprivate', '/') &&
  works('ip', '-V') &&
  works('setpriv', '--version') &&
  works('nsenter', '--version');
if (!canRunPods) {
  console.warn(
    'Not root, or no namespaces (unshare, nsenter, setpriv, ip): running the manifests is SKIPPED.',
  );
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One machine of a cluster: a network of its own, in which pods run as their manifests say. `await using` ends all of it. */
export class LittleNode implements AsyncDisposable {
  private readonly folder = new TemporaryFolder();
  private readonly agent: ChildProcess;
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private readonly pods: Pod[] = [];
  private started = 0;

  private constructor(
    private readonly resources: readonly Resource[],
    private readonly images: Readonly<Record<string, Image>>,
  ) {
    const agent = fileURLToPath(new URL('agent.mjs', import.meta.url));
    const begin = `ip link set lo up && ip address add ${ADDRESS}/32 dev lo && exec "$0" "$1"`;
    this.agent = spawn('unshare', ['--net', 'sh', '-c', begin, process.execPath, agent], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.agent.stdout! }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
      this.asked.get(id)?.(answer);
      this.asked.delete(id);
    });
  }

  /** @param images by the names that manifests have */
  static async open(
    resources: readonly Resource[],
    images: Readonly<Record<string, Image>>,
  ): Promise<LittleNode> {
    const node = new LittleNode(resources, images);
    // It answers from inside of its network, so that is there.
    await node.get('http://127.0.0.1:1/', 1_000);
    return node;
  }

  /** Of a Deployment or StatefulSet, one pod. @param labels of its component */
  workload(component: string): Workload {
    return workloadsOf(this.resources).find(({ container }) => container.name === component)!;
  }

  /** Starts a pod; it may not be ready yet. */
  start(workload: Workload): Pod {
    const name =
      workload.kind === 'StatefulSet' ? `${workload.name}-0` : `${workload.name}-${++this.started}`;
    const image = this.images[workload.container.image!];
    if (!image) throw new Error(`there is no image ${workload.container.image}`);
    const own = this.folder.file(name);
    rmSync(own, { recursive: true, force: true });
    mkdirSync(own);
    const hosts = path.join(own, 'hosts');
    writeFileSync(hosts, this.hosts());
    const options = { name, workload, image, hosts, volumes: this.volumes(workload, name, own) };
    const network = `/proc/${this.agent.pid}/ns/net`;
    const pod = new Pod({
      ...options,
      network,
      address: ADDRESS,
      get: (url, timeoutMs) => this.get(url, timeoutMs),
    });
    this.pods.push(pod);
    return pod;
  }

  /** Asks from inside of the node. Status 0: nobody answered. */
  get(url: string, timeoutMs = 5_000): Promise<Answer> {
    const id = this.asked.size + Math.random();
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      this.agent.stdin!.write(`${JSON.stringify({ id, url, timeoutMs })}\n`);
    });
  }

  /** Runs our command inside of the node, as a client there. */
  run(args: readonly string[]): Promise<Pick<Finished, 'code' | 'stdout' | 'stderr'>> {
    const command = [
      `--net=/proc/${this.agent.pid}/ns/net`,
      process.execPath,
      `${ROOT}dist/cli/main.js`,
      ...args,
    ];
    return new Promise((resolve) => {
      execFile('nsenter', command, { cwd: ROOT }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  file(...names: string[]): string {
    return this.folder.file(...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.pods.map((pod) => pod[Symbol.asyncDispose]()));
    this.agent.kill('SIGKILL');
    await once(this.agent, 'exit');
    this.folder[Symbol.dispose]();
  }

  private volumes(workload: Workload, pod: string, own: string): ReadonlyMap<string, string> {
    const fsGroup = workload.pod.securityContext!.fsGroup!;
    const folderOf = (claim: string) => this.folder.file('claims', claim);
    const made = (workload.pod.volumes ?? []).map((volume) => {
      const folder = path.join(own, volume.name);
      return [volume.name, makeVolume(volume, this.resources, folder, { folderOf, fsGroup })] as const;
    });
    const claimed = workload.claims.map((claim) => {
      const persistentVolumeClaim = { claimName: `${claim}-${pod}` };
      const volume = { name: claim, persistentVolumeClaim };
      return [claim, makeVolume(volume, this.resources, '', { folderOf, fsGroup })] as const;
    });
    return new Map([...made, ...claimed]);
  }

  /** The names of Services that have a pod behind them, all at one address; ports must be the pod's own. */
  private hosts(): string {
    const workloads = workloadsOf(this.resources);
    const names = ofKind(this.resources, 'Service').map(({ metadata, spec }) => {
      const [behind] = workloads.filter(({ labels }) => selects(spec!.selector, labels));
      for (const { port, targetPort } of spec!.ports!) {
        const target = behind!.container.ports!.find(({ name }) => name === targetPort)!;
        if (target.containerPort !== port)
          throw new Error(`${metadata.name}: port ${port} is another in the pod`);
      }
      return metadata.name;
    });
    return `127.0.0.1 localhost\n${ADDRESS} ${names.join(' ')}\n`;
  }
}

/** NATS' own image, stood in for by the server that this machine has: one program, and nothing else of ours. */
export function natsImage(folder: string): Image {
  const { stdout } = spawnSync('sh', ['-c', 'readlink -f "$(command -v nats-server)"'], { encoding: 'utf8' });
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, 'nats-server');
  try {
    linkSync(stdout.trim(), program);
  } catch {
    copyFileSync(stdout.trim(), program);
  }
  withLibraries(folder);
  return {
    root: folder,
    env: {},
    workdir: '/',
    user: '',
    entrypoint: ['/nats-server'],
    stopSignal: 'SIGTERM',
  };
}

/** The links of a Debian root by which programs find their libraries. */
export function withLibraries(root: string): void {
  for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, path.join(root, name));
}
