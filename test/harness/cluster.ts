import { readFile } from 'node:fs/promises';
import type { JobSpec } from '../../shared/job-spec.js';
import type { JobState } from '../../api/job-view.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import type { Progress } from '../../shared/job-progress.js';
import { runCommand, type Finished } from './command.js';
import { NatsServer, freePort, type NatsServerOptions } from './nats-server.js';
import { Part } from './parts.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Seconds, short enough for tests. */
const TIMES: ClusterTimes = { ackWait: 3, lease: 3 };

/** In seconds. */
export interface ClusterTimes {
  /** A silent worker's tasks go to others. */
  readonly ackWait: number;
  /** A silent coordinator's standby takes over. */
  readonly lease: number;
}

/** A coordinator and where it listens. */
export interface CoordinatorPart extends Part {
  readonly grpc: string;
  readonly http: string;
}

/** A job as its JSON shows it. */
export interface SeenJob {
  readonly state: JobState;
  readonly progress: Progress;
  readonly refusals: readonly Refusal[];
  readonly spec: JobSpec;
}

/** One nats-server, or several of them. */
interface NatsPart extends AsyncDisposable {
  readonly url: string;
}

/** A cluster of real processes: nats-server, coordinators, workers with their children. `await using` ends all of it. */
export class Cluster<Nats extends NatsPart = NatsServer> implements AsyncDisposable {
  readonly parts: Part[] = [];
  private jobs = 0;
  private readonly times: readonly string[];

  private constructor(
    readonly nats: Nats,
    readonly folder: TemporaryFolder,
    times: ClusterTimes,
  ) {
    this.times = ['--ack-wait-seconds', `${times.ackWait}`, '--lease-seconds', `${times.lease}`];
  }

  static async start(options: NatsServerOptions = {}, times: Partial<ClusterTimes> = {}): Promise<Cluster> {
    return Cluster.around(await NatsServer.start(options), times);
  }

  /** Returns a cluster around servers that somebody else has started; it ends them. */
  static around<Nats extends NatsPart>(nats: Nats, times: Partial<ClusterTimes> = {}): Cluster<Nats> {
    return new Cluster(nats, new TemporaryFolder(), { ...TIMES, ...times });
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
    const part = new Part('coordinator', ['coordinator', ...where, ...this.times, ...more]);
    this.parts.push(part);
    return Object.assign(part, { grpc, http });
  }

  worker(
    name: string,
    more: readonly string[] = [],
    nats = this.nats.url,
    env: Readonly<Record<string, string>> = {},
  ): Part {
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
    const part = new Part(`worker ${name}`, ['worker', ...args, ...this.times, ...more], env);
    this.parts.push(part);
    return part;
  }

  /** Starts a process again that has ended, as it was: a coordinator at the same addresses, a worker with the same cache. */
  again<P extends Part>(before: P): P {
    const part = new Part(before.name, before.args, before.env);
    this.parts.push(part);
    const { grpc, http } = before as Partial<CoordinatorPart>;
    return Object.assign(part, grpc === undefined ? {} : { grpc, http }) as P;
  }

  /** Submits a job and waits for its end; its results are in `out`. */
  async submit(
    { grpc }: Pick<CoordinatorPart, 'grpc'>,
    job: readonly string[],
  ): Promise<Finished & { readonly out: string; readonly rows: string; readonly id: string }> {
    const out = this.folder.file(`job-${++this.jobs}`);
    await this.listening(grpc);
    const finished = await runCommand(['submit', ...job, '--server', grpc, '--out', out, '--verbose']);
    const rows = await readFile(`${out}/results.jsonl`, 'utf8').catch(() => '');
    return { ...finished, out, rows, id: idIn(finished.stderr) };
  }

  /** Submits a job and does not wait; its id. */
  async detach({ grpc }: Pick<CoordinatorPart, 'grpc'>, job: readonly string[]): Promise<string> {
    await this.listening(grpc);
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

  /** Returns a job as `smoothcert job` shows it. */
  async look({ grpc }: Pick<CoordinatorPart, 'grpc'>, id: string): Promise<SeenJob> {
    const { stdout, stderr, code } = await runCommand(['job', id, '--server', grpc, '--json']);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as SeenJob;
  }

  /** Resolves when the coordinator of this address listens: how long a client waits for its first connection is not what tests try. */
  private async listening(grpc: string): Promise<void> {
    const coordinator = this.parts.findLast((part) => (part as Partial<CoordinatorPart>).grpc === grpc);
    await coordinator?.says(/ listens: gRPC at /);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.parts.map((part) => part[Symbol.asyncDispose]()));
    await this.nats[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

function idIn(text: string): string {
  const found = /j-[0-9a-f]{20}/.exec(text);
  if (!found) throw new Error(`no job id in: ${text}`);
  return found[0];
}
