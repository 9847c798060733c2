import { setMaxListeners } from 'node:events';
import type { Device } from '../../shared/job.js';
import type { PrepareRequest, Presence, WorkerExchange, WorkerLinks } from '../../shared/ports/exchange.js';
import type { Prepared } from '../../shared/preparation.js';
import type { WorkOrder } from '../../shared/work-order.js';
import { InjectedFault } from './faults.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';
import { SimulatedLedger, type LedgerStore } from './simulated-ledger.js';
import { SimulatedQueue, type QueueStore } from './simulated-queue.js';
import { SimulatedStop, type StopStore } from './simulated-stop.js';

/** A job as coordinators and workers share it. */
export interface SharedJob {
  readonly order: WorkOrder;
  readonly ledger: LedgerStore;
  readonly stop: StopStore;
  /** Aborts once workers are told that the job has ended. */
  readonly ended: AbortController;
}

/** A worker that answers preparations, one at a time. */
export interface Answerer {
  readonly life: Life;
  readonly answer: (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>;
  isBusy: boolean;
}

/** The state that outlives every process: the jobs that workers can open, the queue of their tasks, and who answers. */
export class ExchangeStore {
  readonly jobs = new Map<string, SharedJob>();
  readonly presences = new Map<string, Presence>();
  readonly answerers = new Set<Answerer>();

  constructor(readonly queue: QueueStore) {}
}

/** The exchange as one worker sees it. */
export class SimulatedWorkerExchange implements WorkerExchange {
  readonly connected = true;
  readonly hasQuorum = true;

  constructor(
    private readonly store: ExchangeStore,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  tasks(): Promise<SimulatedQueue> {
    return Promise.resolve(new SimulatedQueue(this.store.queue, this.network, this.life));
  }

  open(job: string): Promise<WorkerLinks | null> {
    const { network, life, store } = this;
    return network.ask(life, 'killed at open', () => {
      if (network.faults.happens('exchange away')) {
        throw new InjectedFault('NATS_UNREACHABLE', 'It is away (simulated).', 'Wait.');
      }
      const shared = store.jobs.get(job);
      return shared && !shared.ended.signal.aborted ? this.linksOf(shared) : null;
    });
  }

  answerPreparations(_: Device, answer: Answerer['answer'], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const answerer = { life: this.life, answer, isBusy: false };
    this.store.answerers.add(answerer);
    return new Promise((resolve) => {
      const leave = () => {
        this.store.answerers.delete(answerer);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  announce(presence: Presence): void {
    this.network.send(() => this.store.presences.set(presence.worker, presence));
  }

  artifactsUrl(): Promise<null> {
    return Promise.resolve(null);
  }

  onConnected(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private linksOf({ order, ledger, stop, ended }: SharedJob): WorkerLinks {
    const { network, life } = this;
    const view = new SimulatedStop(stop, network, life);
    const told = new AbortController();
    setMaxListeners(0, ended.signal);
    const tell = () => network.deliver(life, () => told.abort());
    if (ended.signal.aborted) tell();
    else ended.signal.addEventListener('abort', tell, { once: true });
    return {
      order,
      ledger: new SimulatedLedger(ledger, network, life),
      stop: view,
      ended: told.signal,
      close: async () => {
        ended.signal.removeEventListener('abort', tell);
        await view.close();
      },
    };
  }
}
