import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TestAuthority, type Issued } from '../service/certificates.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { DeployedNats } from './deployed-nats.js';
import type { DistantHosts } from './distant-hosts.js';
import { NATS_PROGRAM } from './nats-programs.js';
import { Part } from './parts.js';

/** NATS, the coordinator, two workers, and a client. */
export const HOSTS = ['nats', 'hub', 'one', 'two', 'client'] as const;
export type FarHost = (typeof HOSTS)[number];

const PORTS = { nats: 4222, grpc: 50051, http: 9464 };
const TOKEN = 'a-token-of-the-tests';

/** The words of a command that has ended, of both its streams. */
export interface Answer {
  readonly code: number | null;
  readonly log: string;
}

/** A cluster over distant hosts, with the accounts of deploy/nats, TLS on every way and a token, as docs/cluster.md says. */
export class FarCluster implements AsyncDisposable {
  readonly coordinator: Part;
  readonly workers: readonly [Part, Part];
  private readonly nats: ChildProcess;
  private readonly clients = new Set<Part>();
  private readonly deployed: DeployedNats;
  private readonly server: Issued;
  private readonly client: Issued;

  private constructor(
    private readonly hosts: DistantHosts<FarHost>,
    private readonly folder: TemporaryFolder,
  ) {
    this.deployed = new DeployedNats(folder.file('nats'));
    this.deployed.includeTls();
    writeFileSync(folder.file('token'), `${TOKEN}\n`, { mode: 0o600 });
    const authority = new TestAuthority(folder.file(), 'authority');
    // NATS's client asks a server that it knows by its number for the name localhost.
    const names = ['DNS:localhost', ...HOSTS.map((host) => `IP:${hosts.address(host)}`)].join(',');
    this.server = authority.issue('server', names);
    this.client = authority.issue('client', names);
    this.nats = this.startNats();
    this.coordinator = this.startCoordinator();
    this.workers = [this.startWorker('one'), this.startWorker('two')];
  }

  /** Starts everything at once, and resolves when a job can be drawn. */
  static async start(hosts: DistantHosts<FarHost>): Promise<FarCluster> {
    const cluster = new FarCluster(hosts, new TemporaryFolder());
    try {
      await cluster.coordinator.says(/ Serving:/);
      await Promise.all(cluster.workers.map((worker) => worker.says(/ Ready:/)));
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Submits a job from the client's host; its id. */
  async submit(job: readonly string[]): Promise<string> {
    const { code, log } = await this.ask(['submit', ...job, '--detach']);
    const [id] = /j-[0-9a-f]{20}/.exec(log) ?? [];
    if (code !== 0 || id === undefined) throw new Error(`submit ended with ${code}: ${log}`);
    return id;
  }

  /** Waits, at the client's host, for the end of a job; its results.jsonl. */
  async finish(id: string): Promise<string> {
    const out = this.folder.file(`results-${id}`);
    const watched = await this.ask(['watch', id]);
    const { code, log } = await this.ask(['results', id, '--out', out]);
    if (code !== 0) throw new Error(`${watched.log}\n${log}`);
    return readFile(`${out}/results.jsonl`, 'utf8');
  }

  /** Runs a command of a client, on its host, to its end. */
  async ask(command: readonly string[]): Promise<Answer> {
    const server = `${this.hosts.address('hub')}:${PORTS.grpc}`;
    const doors = ['--tls', '--tls-ca', this.client.ca, '--token-file', this.folder.file('token')];
    const part = this.part('client', 'client', [...command, '--server', server, ...doors]);
    this.clients.add(part);
    const { code } = await part.exited;
    this.clients.delete(part);
    return { code, log: part.log };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const parts = [...this.clients, ...this.workers, this.coordinator];
    await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    if (this.nats.exitCode === null && this.nats.signalCode === null) {
      this.nats.kill('SIGKILL');
      await once(this.nats, 'exit');
    }
    this.folder[Symbol.dispose]();
  }

  private part(host: FarHost, name: string, args: readonly string[]): Part {
    return new Part(name, args, {}, [], this.hosts.on(host));
  }

  private startNats(): ChildProcess {
    const { cert, key, ca } = this.server;
    const [program, ...before] = [...this.hosts.on('nats'), NATS_PROGRAM!.program];
    const args = [...before, '-c', this.deployed.file('nats.conf')];
    const env = {
      ...process.env,
      SMOOTHCERT_NATS_STORE: this.folder.file('jetstream'),
      SMOOTHCERT_NATS_TLS_CERT: cert,
      SMOOTHCERT_NATS_TLS_KEY: key,
      SMOOTHCERT_NATS_TLS_CA: ca,
    };
    return spawn(program, args, { env, stdio: 'ignore' });
  }

  private startCoordinator(): Part {
    const address = this.hosts.address('hub');
    const { cert, key } = this.server;
    const where = ['--grpc', `${address}:${PORTS.grpc}`, '--http', `${address}:${PORTS.http}`];
    const doors = ['--tls-cert', cert, '--tls-key', key, '--token-file', this.folder.file('token')];
    const store = ['--store', this.folder.file('store')];
    return this.part('hub', 'coordinator', [
      'coordinator',
      ...where,
      ...doors,
      ...store,
      ...this.natsFlags('coordinator'),
    ]);
  }

  private startWorker(host: 'one' | 'two'): Part {
    const artifacts = ['--token-file', this.folder.file('token'), '--artifacts-ca', this.client.ca];
    const own = ['--name', host, '--cache', this.folder.file(`cache-${host}`), '--processes', '1'];
    return this.part(host, `worker ${host}`, ['worker', ...own, ...artifacts, ...this.natsFlags('worker')]);
  }

  private natsFlags(role: 'coordinator' | 'worker'): string[] {
    const { cert, key, ca } = this.client;
    const url = `tls://${this.hosts.address('nats')}:${PORTS.nats}`;
    const tls = ['--nats-ca', ca, '--nats-cert', cert, '--nats-key', key];
    return ['--nats', url, '--nats-nkey', this.deployed.file(`${role}.nk`), ...tls];
  }
}
