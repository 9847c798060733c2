import type { Army } from './army.js';
import type { Part } from './parts.js';
import { childrenOf, seededRandom, signalTo } from './processes.js';

/** The faults that a nemesis can make in a cluster. Each ends when the stopped part is started again, or restored. */
export type Fault =
  | 'kill worker'
  | 'kill child'
  | 'kill coordinator'
  | 'kill nats'
  | 'end worker'
  | 'end coordinator'
  | 'pause worker'
  | 'pause coordinator'
  | 'pause nats';

/** Records between the beginning of a worker's pause and its end. */
const DURING_PAUSE = 4;

/** Does to a cluster what its seed says. It waits for records that pass, never for time: a strike falls into work that is going on. */
export class Nemesis {
  readonly struck: Fault[] = [];
  /** Exit codes of the processes that were asked to end by a signal. */
  readonly codes: (number | null)[] = [];
  private readonly random: (below: number) => number;

  constructor(
    private readonly army: Army,
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  /** Strikes `count` times at the most, after every `records` records, each fault as often as the others, until `work` is done. */
  async during<T>(
    work: Promise<T>,
    faults: readonly Fault[],
    { count, records }: { readonly count: number; readonly records: number },
  ): Promise<T> {
    const over = new AbortController();
    const end = () => over.abort();
    work.then(end, end);
    let deck: Fault[] = [];
    for (let strikes = 0; strikes < count; strikes++) {
      await this.army.taps.further(records, over.signal);
      if (over.signal.aborted) break;
      if (deck.length === 0) deck = [...faults];
      const [fault] = deck.splice(this.random(deck.length), 1);
      this.struck.push(fault!);
      await this.strike(fault!, over.signal);
    }
    return work;
  }

  private async strike(fault: Fault, over: AbortSignal): Promise<void> {
    const { army } = this;
    const { cluster, taps, coordinator } = army;
    const at = this.random(army.workers.length);
    const worker = army.workers[at]!;
    switch (fault) {
      case 'kill worker':
        await worker.end('SIGKILL');
        army.workers[at] = cluster.again(worker);
        return;
      case 'end worker':
        // One that has only begun to start is killed by the signal as any process is.
        await worker.says(/ Ready:/);
        this.codes.push(await worker.end());
        army.workers[at] = cluster.again(worker);
        return;
      case 'kill child': {
        const children = await childrenOf(worker.pid);
        if (children.length > 0) signalTo(children[this.random(children.length)]!, 'SIGKILL');
        return;
      }
      case 'kill coordinator':
        await coordinator.end('SIGKILL');
        army.coordinator = cluster.again(coordinator);
        return;
      case 'end coordinator':
        await coordinator.says(/ listens:/);
        this.codes.push(await coordinator.end());
        army.coordinator = cluster.again(coordinator);
        return;
      case 'kill nats':
        await cluster.nats.kill();
        await cluster.nats.restart();
        return;
      case 'pause worker':
        worker.signal('SIGSTOP');
        await taps.further(DURING_PAUSE, over);
        worker.signal('SIGCONT');
        return;
      case 'pause coordinator':
        await this.pauseCoordinator();
        return;
      case 'pause nats':
        await this.pauseNats();
    }
  }

  /** For longer than its lease: another one takes over, then gives it back. */
  private async pauseCoordinator(): Promise<void> {
    const { cluster, coordinator } = this.army;
    const lost = await untilServing(coordinator);
    const standby = await cluster.coordinator();
    await standby.says(/listens/);
    coordinator.signal('SIGSTOP');
    await standby.says(SERVING);
    coordinator.signal('SIGCONT');
    await coordinator.says(NOT_SERVING, lost + 1);
    this.codes.push(await standby.end());
  }

  /** Until the lease is lost for want of an answer. */
  private async pauseNats(): Promise<void> {
    const { cluster, coordinator } = this.army;
    const lost = await untilServing(coordinator);
    cluster.nats.pause();
    await coordinator.says(NOT_SERVING, lost + 1);
    cluster.nats.resume();
  }
}

const SERVING = / Serving:/;
const NOT_SERVING = / Not serving:/;

/** Resolves, once it holds the lease, with how often it has lost it. */
async function untilServing(coordinator: Part): Promise<number> {
  const lost = coordinator.heard(NOT_SERVING);
  await coordinator.says(SERVING, lost + 1);
  return coordinator.heard(NOT_SERVING);
}
