import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { ROOT } from './command.js';

const PYTHON = '/usr/bin/python3';
const SCRIPT = path.join(ROOT, 'test/harness/distant-hosts.py');
const NETWORK = '10.77.0';

/** The way between two hosts. */
export interface Distance {
  /** Milliseconds of one way; a round trip is twice as long. */
  readonly oneWayMs: number;
  /** Probability that a packet is lost, each way. */
  readonly loss: number;
}

/** Hosts as network namespaces of this machine, far from each other: what is between them is delayed and lost, below TCP. */
export class DistantHosts<Host extends string> implements AsyncDisposable {
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  private constructor(
    private readonly child: ChildProcess,
    private readonly prefix: string,
    private readonly hosts: readonly Host[],
  ) {
    this.reader = createInterface({ input: child.stdout! });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  static async make<Host extends string>(
    hosts: readonly Host[],
    { oneWayMs, loss }: Distance,
  ): Promise<DistantHosts<Host>> {
    const prefix = `sc${process.pid}`;
    const args = [SCRIPT, prefix, `${oneWayMs}`, `${loss}`, '1'];
    const named = hosts.map((host, at) => `${host}=${NETWORK}.${at + 1}`);
    const child = spawn(PYTHON, [...args, ...named], { stdio: ['pipe', 'pipe', 'inherit'] });
    const made = new DistantHosts(child, prefix, hosts);
    await made.hear('ready');
    return made;
  }

  address(host: Host): string {
    return `${NETWORK}.${this.hosts.indexOf(host) + 1}`;
  }

  /** The words before a command that have it run on this host, as the same process. */
  on(host: Host): readonly string[] {
    return ['ip', 'netns', 'exec', `${this.prefix}-${host}`];
  }

  /** Lets nothing pass between two hosts; no connection ends by it. */
  async cut(one: Host, other: Host): Promise<void> {
    this.child.stdin!.write(`cut ${one} ${other}\n`);
    await this.hear('done');
  }

  async join(one: Host, other: Host): Promise<void> {
    this.child.stdin!.write(`join ${one} ${other}\n`);
    await this.hear('done');
  }

  /** Removes the hosts; their processes must be gone. Returns what passed and what was lost, in a line. */
  async end(): Promise<string> {
    if (this.child.exitCode !== null) return '';
    const exited = once(this.child, 'exit');
    this.child.stdin!.end();
    const { value } = (await this.lines.next()) as IteratorResult<string, string | undefined>;
    await exited;
    return value ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    this.reader.close();
  }

  private async hear(word: string): Promise<void> {
    const { value } = (await this.lines.next()) as IteratorResult<string, string | undefined>;
    if (value !== word) throw new Error(`the link said ${value ?? 'nothing'}, not ${word}`);
  }
}

/** Returns why there can be no distant hosts here; null if there can. */
function hindrance(): string | null {
  const tried = `sc${process.pid}-try`;
  const { status } = spawnSync('ip', ['netns', 'add', tried], { stdio: 'ignore' });
  if (status !== 0) return 'no network namespaces can be made here (ip netns add)';
  const opening = "import os; os.close(os.open('/dev/net/tun', os.O_RDWR))";
  const tun = spawnSync(PYTHON, ['-c', opening], { stdio: 'ignore' });
  spawnSync('ip', ['netns', 'delete', tried], { stdio: 'ignore' });
  return tun.status === 0 ? null : '/dev/net/tun cannot be opened';
}

/** Returns true if there can be distant hosts here; otherwise a line says why not. */
export function canHaveDistantHosts(): boolean {
  const why = hindrance();
  if (why !== null) console.warn(`SKIPPED: ${why}, so that distances are not tested.`);
  return why === null;
}
