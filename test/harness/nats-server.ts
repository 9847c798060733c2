import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';

import { connectNats, type NatsOptions } from '../../adapters/nats/link/connect.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { NatsTimes } from '../../adapters/nats/link/times.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { NATS_PROGRAM } from './nats-programs.js';

/** True if there is a nats-server to run. Where there is none, tests that need it say so and are skipped. */
export const hasNatsServer: boolean = NATS_PROGRAM !== null;

/** Those that run: none outlives the tests, however they end. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Times short enough for tests; all in proportion. */
export const TEST_TIMES: NatsTimes = {
  ackWaitMs: 1000,
  workingEveryMs: 250,
  leaseTtlMs: 1000,
  leaseRenewMs: 250,
  standbyPollMs: 100,
  presenceEveryMs: 200,
  stopEveryMs: 100,
  stopCoalesceMs: 5,
  pingMs: 500,
  quorumAskMs: 500,
  quorumLostMs: 12_000,
  connectMs: 10_000,
  requestMs: 1000,
  copiesMs: 1000,
  steadyMs: 2000,
  silentMs: 200,
  pullMs: 5000,
  pullBeatMs: 1000,
  retryLeastMs: 20,
  retryMostMs: 200,
};

export interface NatsServerOptions {
  /** Another server than that of the tests. */
  readonly program?: string;
  /** Lines of a configuration file beside those of port and store, for example a section `authorization`. */
  readonly config?: string;
  /** Without it the server has no JetStream. */
  readonly jetStream?: boolean;
  /** Bytes that JetStream may store; nats-server's own default otherwise. */
  readonly maxFileStore?: number;
  /** How to connect to it, for a configuration that asks for credentials. */
  readonly login?: Partial<NatsOptions>;
  /** Files as they are deployed, in place of a configuration of the harness's own: only its addresses and its store are chosen here. */
  readonly files?: {
    readonly config: string;
    /** Variables that the files name. */
    readonly env: Readonly<Record<string, string>>;
  };
}

/** A real nats-server with a port and a store of its own; both stay the same when it is killed and started again. */
export class NatsServer implements AsyncDisposable {
  private child: ChildProcess | null = null;
  private readonly links: NatsLink[] = [];
  private config: string;
  private program: string;

  private constructor(
    readonly port: number,
    private readonly folder: TemporaryFolder,
    private readonly options: NatsServerOptions,
  ) {
    this.program = options.program ?? NATS_PROGRAM?.program ?? 'nats-server';
    this.config = options.config ?? '';
  }

  /** Returns a server that is not started yet. */
  static async prepare(options: NatsServerOptions = {}): Promise<NatsServer> {
    return new NatsServer(await freePort(), new TemporaryFolder(), options);
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = await NatsServer.prepare(options);
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Where its streams lie. */
  get store(): string {
    return this.folder.file('store');
  }

  /** Starts it (again) on the same port and store, and waits until a client is served. */
  async restart(): Promise<void> {
    await this.begin();
    await (
      await connectNats({ ...this.options.login, servers: [this.url], name: 'harness' }).catch(this.unsuited)
    )?.close();
  }

  /** Starts it (again) on the same port and store, and waits for nothing. */
  async begin(): Promise<void> {
    await writeFile(this.folder.file('nats.conf'), this.configuration());
    this.child = spawn(this.program, await this.flags(), {
      stdio: 'ignore',
      env: { ...process.env, ...this.environment },
    });
    running.add(this.child);
  }

  /** A connection that is closed with the server. @param times others than `TEST_TIMES` @param login of somebody else */
  async connect(
    times: Partial<NatsTimes> = {},
    servers: readonly string[] = [this.url],
    login = this.options.login,
  ): Promise<NatsLink> {
    const link = await connectNats({
      ...login,
      servers,
      name: 'test',
      times: { ...TEST_TIMES, ...times },
    });
    this.links.push(link);
    return link;
  }

  /** Lets it read its files again. Of a harness's own configuration another one may be given, which stays. */
  async reload(config = this.config): Promise<void> {
    this.config = config;
    await writeFile(this.folder.file('nats.conf'), this.configuration());
    this.child?.kill('SIGHUP');
  }

  /** Stops it as an operator does, and starts another program on the same port and store; waits for nothing. */
  async upgrade(program: string): Promise<void> {
    await this.stop();
    this.program = program;
    await this.begin();
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops it in the midst of whatever it does; its connections stay open. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    for (const link of this.links) await link.close();
    await this.kill();
    this.folder[Symbol.dispose]();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
    running.delete(child);
  }

  private get environment(): Readonly<Record<string, string>> {
    const { files } = this.options;
    return files ? { ...files.env, SMOOTHCERT_NATS_STORE: this.store } : {};
  }

  private async flags(): Promise<string[]> {
    const { files } = this.options;
    if (!files) return ['-c', this.folder.file('nats.conf')];
    const ports = ['-p', `${this.port}`, '-m', `${await freePort()}`];
    return ['-c', files.config, '-a', '127.0.0.1', ...ports];
  }

  private configuration(): string {
    const { jetStream = true, maxFileStore } = this.options;
    const store = JSON.stringify(this.store);
    const most = maxFileStore === undefined ? '' : `, max_file_store: ${maxFileStore}`;
    const section = jetStream ? `jetstream: { store_dir: ${store}${most} }` : '';
    return `listen: "127.0.0.1:${this.port}"\n${section}\n${this.config}\n`;
  }

  /** A server that serves, but not as we need it, is what some tests want. */
  private readonly unsuited = (error: unknown): null => {
    if (error instanceof Error && 'code' in error && error.code === 'NATS_UNSUITABLE') return null;
    throw error;
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
