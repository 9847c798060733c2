import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type CoordinatorPart } from './cluster.js';
import { NatsCluster } from './nats-cluster.js';
import { NatsServer } from './nats-server.js';
import type { Part } from './parts.js';
import { childrenOf, seededRandom, signalTo } from './processes.js';
import { Taps } from './taps.js';
import { TcpProxy } from './tcp-proxy.js';

/** The faults of a storm. A cut lets nothing pass between a part and NATS, and no connection ends by it. */
export const STORM_FAULTS = [
  'kill server',
  'pause server',
  'kill coordinator',
  'pause coordinator',
  'cut coordinator',
  'kill worker',
  'kill child',
  'pause worker',
  'cut worker',
] as const;
export type StormFault = (typeof STORM_FAULTS)[number];

const WORKERS = ['one', 'two', 'three'];
/** Longer than a lease and than an acknowledgement is waited for, or shorter. */
const MOST_MS = 4_000;
const LEAST_MS = 200;
const TIMES = { ackWait: 2, lease: 2 };

/** A part and its ways to NATS: a proxy for each server. */
interface Placed<P extends Part> {
  part: P;
  readonly ways: readonly TcpProxy[];
}

/** A cluster in which servers, a coordinator and three workers are killed, paused and cut off, as a seed says. `await using` ends all of it. */
export class Storm implements AsyncDisposable {
  /** The faults that were made, in order. */
  readonly struck: StormFault[] = [];
  taps!: Taps;
  private coordinator!: Placed<CoordinatorPart>;
  private readonly workers: Placed<Part>[] = [];
  private readonly proxies: TcpProxy[] = [];
  private readonly random: (below: number) => number;

  private constructor(
    private readonly cluster: Cluster<NatsServer | NatsCluster>,
    private readonly servers: readonly NatsServer[],
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  /** @param servers 1, or 3 in a cluster */
  static async brew(servers: number, seed: number): Promise<Storm> {
    const nats = servers === 1 ? await NatsServer.start() : await NatsCluster.start({ advertised: false });
    const nodes = nats instanceof NatsServer ? [nats] : nats.nodes;
    const storm = new Storm(Cluster.around<NatsServer | NatsCluster>(nats, TIMES), nodes, seed);
    try {
      await storm.begin();
      return storm;
    } catch (error) {
      await storm[Symbol.asyncDispose]();
      throw error;
    }
  }

  get nats(): NatsServer | NatsCluster {
    return this.cluster.nats;
  }

  /** Returns true if every process that should be there is there. */
  get standing(): boolean {
    return [this.coordinator, ...this.workers].every(({ part }) => part.running);
  }

  /** Listens anew: what was missed before does not count. */
  async listen(): Promise<void> {
    this.taps = await Taps.on(this.nats);
  }

  /** Has a job drawn; its results, once it has ended. */
  async submit(job: readonly string[]) {
    return this.cluster.submit(this.coordinator.part, job);
  }

  /** Strikes `count` times at the most, after every `records` records, each fault as often as the others, until `work` is done. */
  async during<T>(
    work: Promise<T>,
    faults: readonly StormFault[],
    { count, records }: { readonly count: number; readonly records: number },
  ): Promise<T> {
    const over = new AbortController();
    const end = () => over.abort();
    work.then(end, end);
    let deck: StormFault[] = [];
    for (let strikes = 0; strikes < count; strikes++) {
      await this.taps.further(records, over.signal);
      if (over.signal.aborted) break;
      if (deck.length === 0) deck = [...faults];
      const [fault] = deck.splice(this.random(deck.length), 1);
      this.struck.push(fault!);
      await this.strike(fault!);
    }
    return work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await Promise.all(this.proxies.map((way) => way[Symbol.asyncDispose]()));
  }

  private async begin(): Promise<void> {
    await this.listen();
    const ways = await this.ways();
    this.coordinator = { part: await this.cluster.coordinator([], urlOf(ways)), ways };
    for (const name of WORKERS) {
      const own = await this.ways();
      this.workers.push({ part: this.cluster.worker(name, [], urlOf(own)), ways: own });
    }
    await this.coordinator.part.says(/ Serving:/);
    await Promise.all(this.workers.map(({ part }) => part.says(/ Ready:/)));
  }

  private async ways(): Promise<TcpProxy[]> {
    const ways = await Promise.all(this.servers.map(({ port }) => TcpProxy.to(port)));
    this.proxies.push(...ways);
    return ways;
  }

  private async strike(fault: StormFault): Promise<void> {
    const worker = this.workers[this.random(this.workers.length)]!;
    const server = this.servers[this.random(this.servers.length)]!;
    const whileMs = LEAST_MS + this.random(MOST_MS - LEAST_MS);
    switch (fault) {
      case 'kill server':
        await server.kill();
        await delay(whileMs);
        return server.begin();
      case 'pause server':
        server.pause();
        await delay(whileMs);
        server.resume();
        return;
      case 'kill child': {
        const children = await childrenOf(worker.part.pid);
        if (children.length > 0) signalTo(children[this.random(children.length)]!, 'SIGKILL');
        return;
      }
      case 'kill coordinator':
        return this.kill(this.coordinator);
      case 'kill worker':
        return this.kill(worker);
      case 'pause coordinator':
        return pause(this.coordinator, whileMs);
      case 'pause worker':
        return pause(worker, whileMs);
      case 'cut coordinator':
        return cut(this.coordinator, whileMs);
      case 'cut worker':
        return cut(worker, whileMs);
    }
  }

  private async kill<P extends Part>(placed: Placed<P>): Promise<void> {
    await placed.part.end('SIGKILL');
    placed.part = this.cluster.again(placed.part);
  }
}

async function pause({ part }: Placed<Part>, ms: number): Promise<void> {
  part.signal('SIGSTOP');
  await delay(ms);
  part.signal('SIGCONT');
}

async function cut({ ways }: Placed<Part>, ms: number): Promise<void> {
  for (const way of ways) way.blackHole();
  await delay(ms);
  for (const way of ways) way.restore();
}

const urlOf = (ways: readonly TcpProxy[]): string => ways.map(({ url }) => url).join(',');
