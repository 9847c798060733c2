import { readFile } from 'node:fs/promises';
import { runCommand, temporaryFolder, type Finished, type TemporaryFolder } from './command.js';
import { NatsServer, freePort, type NatsServerOptions } from './nats-server.js';
import { Part } from './parts.js';

/** Times short enough for tests. */
const TIMES = ['--ack-wait-seconds', '3', '--lease-seconds', '3'];

/** A coordinator and where it listens. */
export interface CoordinatorPart extends Part {
  readonly grpc: string;
}

/** A cluster of real processes: nats-server, coordinators, workers with their children. `await using` ends all of it. */
export class Cluster implements AsyncDisposable {
  readonly parts: Part[] = [];
  private jobs = 0;

  private constructor(
    readonly nats: NatsServer,
    readonly folder: TemporaryFolder,
  ) {}

  static async start(options: NatsServerOptions = {}): Promise<Cluster> {
    return new Cluster(await NatsServer.start(options), await temporaryFolder());
  }

  /** Starts a coordinator; `listening` ones answer, of which one serves. @param nats another address, for example a proxy's */
  async coordinator(more: readonly string[] = [], nats = this.nats.url): Promise<CoordinatorPart> {
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    return this.restartCoordinator(grpc, http, more, nats);
  }

  restartCoordinator(
    grpc: string,
    http: string,
    more: readonly string[] = [],
    nats = this.nats.url,
  ): CoordinatorPart {
    const where = ['--nats', nats, '--grpc', grpc, '--http', http, '--store', this.folder.file('store')];
    const part = new Part('coordinator', ['coordinator', ...where, ...TIMES, ...more]);
    this.parts.push(part);
    return Object.assign(part, { grpc, http });
  }

  worker(name: string, more: readonly string[] = [], nats = this.nats.url): Part {
    const args = [
      '--nats',
      nats,
      '--name',
      name,
      '--cache',
      this.folder.file(`cache-${name}`),
      '--processes',
      '1',
    ];
    const part = new Part(`worker ${name}`, ['worker', ...args, ...TIMES, ...more]);
    this.parts.push(part);
    return part;
  }

  /** Submits a job and waits for its end; its results are in `out`. */
  async submit(
    { grpc }: Pick<CoordinatorPart, 'grpc'>,
    job: readonly string[],
  ): Promise<Finished & { readonly out: string; readonly rows: string; readonly id: string }> {
    const out = this.folder.file(`job-${++this.jobs}`);
    const finished = await runCommand(['submit', ...job, '--server', grpc, '--out', out, '--verbose']);
    const rows = await readFile(`${out}/results.jsonl`, 'utf8').catch(() => '');
    return { ...finished, out, rows, id: idIn(finished.stderr) };
  }

  /** Submits a job and does not wait; its id. */
  async detach({ grpc }: Pick<CoordinatorPart, 'grpc'>, job: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await runCommand(['submit', ...job, '--server', grpc, '--detach']);
    if (code !== 0) throw new Error(stderr);
    return idIn(stdout + stderr);
  }

  /** Waits for the end of a job, whoever serves at this address by then; its results.jsonl. */
  async finish(
    { grpc }: Pick<CoordinatorPart, 'grpc'>,
    id: string,
  ): Promise<Finished & { readonly rows: string }> {
    const watched = await runCommand(['watch', id, '--server', grpc]);
    const out = this.folder.file(`results-${id}`);
    const { code, stderr } = await runCommand(['results', id, '--server', grpc, '--out', out]);
    if (code !== 0) throw new Error(`${watched.stderr}\n${stderr}`);
    return { ...watched, rows: await readFile(`${out}/results.jsonl`, 'utf8') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.parts.map((part) => part[Symbol.asyncDispose]()));
    await this.nats[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

function idIn(text: string): string {
  const found = /j-[0-9a-f]{20}/.exec(text);
  if (!found) throw new Error(`no job id in: ${text}`);
  return found[0];
}
