import { askingAnother, noWorker } from '../../../shared/waiting-reasons.js';
import type { Waiting } from '../../../shared/waiting.js';
import type {
  CoordinatorExchange,
  JobLinks,
  PrepareRequest,
  HeardPresence,
} from '../../../shared/ports/exchange.js';
import type { Task } from '../../../shared/ports/task-queue.js';
import type { Prepared } from '../../../shared/preparation.js';
import type { WorkOrder } from '../../../shared/work-order.js';
import { unlessAborted } from '../../../worker/tasks/unless-aborted.js';
import { InjectedFault } from '../faults.js';
import type { Network } from '../network.js';
import type { Life } from '../scheduler.js';
import type { Answerer, ExchangeStore } from '../simulated-exchange.js';
import { SimulatedLedger, type LedgerStore } from '../simulated-ledger.js';
import { SimulatedQueue } from '../simulated-queue.js';
import { SimulatedStop, StopStore } from '../simulated-stop.js';

/** A worker that says nothing for so long is asked no more: another one is. */
const ANSWER_MS = 5_000;
const ASK_AGAIN_MS = 300;
const SLOW_MS = 8_000;

/** Ledgers of an installation, and who is told of tasks that nobody answers. */
export interface ServiceStores {
  readonly exchange: ExchangeStore;
  /** The ledger of a job, made if there is none. */
  openLedger(order: WorkOrder): LedgerStore;
  removeLedger(job: string): void;
  /** Jobs of which workers were told that they have ended. */
  readonly told: Set<string>;
  readonly exhaustedListeners: Map<(task: Task) => void, Life>;
}

/** The exchange as one coordinator sees it. */
export class SimulatedCoordinatorExchange implements CoordinatorExchange {
  readonly connected = true;
  readonly hasQuorum = true;

  constructor(
    private readonly stores: ServiceStores,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  async open(order: WorkOrder): Promise<JobLinks> {
    const { network, life, stores } = this;
    const { ledger, stop } = await this.call(() => {
      if (network.faults.happens('ledger damaged')) {
        throw new InjectedFault('LEDGER_DAMAGED', 'It is damaged (simulated).', 'Restore it.');
      }
      const known = stores.exchange.jobs.get(order.job);
      const ended = new AbortController();
      const shared = known ?? { order, ledger: stores.openLedger(order), stop: new StopStore(), ended };
      stores.exchange.jobs.set(order.job, shared);
      return shared;
    });
    const view = new SimulatedStop(stop, network, life);
    return {
      ledger: new SimulatedLedger(ledger, network, life),
      queue: new SimulatedQueue(stores.exchange.queue, network, life),
      stop: view,
      close: () => view.close(),
    };
  }

  end({ job }: WorkOrder): Promise<void> {
    const { exchange, told } = this.stores;
    const { jobs, queue } = exchange;
    return this.call(() => {
      told.add(job);
      queue.purge(job);
      jobs.get(job)?.ended.abort();
      jobs.delete(job);
    });
  }

  removeLedger(job: string): Promise<void> {
    return this.call(() => this.stores.removeLedger(job));
  }

  async prepare(
    request: PrepareRequest,
    onWaiting: (why: Waiting) => void,
    signal: AbortSignal,
  ): Promise<Prepared> {
    for (;;) {
      signal.throwIfAborted();
      const answerer = this.idleAnswerer();
      if (answerer === undefined) {
        onWaiting(noWorker('cpu'));
        await unlessAborted(this.pause(ASK_AGAIN_MS), signal);
        continue;
      }
      const asked = [this.ask(answerer, request, signal)];
      const { faults } = this.network;
      const second = faults.happens('preparation answered twice') ? this.idleAnswerer() : undefined;
      if (second) asked.push(this.ask(second, request, signal));
      const silence = this.pause(ANSWER_MS).then(() => null);
      const answer = await unlessAborted(Promise.race([...asked, silence]), signal);
      if (answer !== null) return answer;
      onWaiting(askingAnother('A worker is silent.'));
    }
  }

  presences(): readonly HeardPresence[] {
    return [...this.stores.exchange.presences.values()].map((presence) => ({ ...presence, silentMs: 0 }));
  }

  onExhausted(listener: (task: Task) => void): () => void {
    const { exhaustedListeners } = this.stores;
    exhaustedListeners.set(listener, this.life);
    return () => exhaustedListeners.delete(listener);
  }

  onConnected(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private idleAnswerer(): Answerer | undefined {
    const idle = [...this.stores.exchange.answerers].filter(({ isBusy, life }) => !isBusy && life.alive);
    return this.network.random.pick(idle);
  }

  /** Has one worker answer; never resolves if the question or the answer is lost. */
  private ask(answerer: Answerer, request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    const { network, life } = this;
    const { faults, random, scheduler } = network;
    answerer.isBusy = true;
    const idle = () => (answerer.isBusy = false);
    return new Promise<Prepared>((resolve, reject) => {
      if (faults.happens('preparation lost')) {
        idle();
        return;
      }
      const slow = faults.happens('preparation slow') ? random.between(0, SLOW_MS) : 0;
      scheduler.after(network.latency() + slow, answerer.life, () => {
        answerer
          .answer(request, signal)
          .finally(idle)
          .then(
            (prepared) => network.deliver(life, () => resolve(prepared)),
            (error: unknown) =>
              network.deliver(life, () => reject(error instanceof Error ? error : new Error(String(error)))),
          );
      });
    });
  }

  private call<T>(effect: () => T): Promise<T> {
    const { network, life } = this;
    const away = () => new InjectedFault('NATS_UNREACHABLE', 'It is away (simulated).', 'Wait.');
    return network.call(life, 'exchange', () => {
      if (network.faults.happens('exchange refused')) throw away();
      const answer = effect();
      if (network.faults.happens('exchange answer lost')) throw away();
      return answer;
    });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.network.scheduler.after(ms, this.life, resolve));
  }
}
