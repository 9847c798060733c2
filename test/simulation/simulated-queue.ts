import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

/** A task that is not acknowledged for so long is handed out once more. */
export const ACK_WAIT_MS = 30_000;

interface Taker {
  readonly life: Life;
  readonly take: (task: Task, id: number, redelivered: boolean) => void;
}

/** Hears of every task, for the checker. */
export interface QueueWatcher {
  issued(task: Task): void;
  attempted(task: Task): void;
  acknowledged(task: Task): void;
  /** After each publication: so many tasks wait, so many of them came back or were put in twice. */
  waits(waiting: number, extra: number): void;
  /** A task was handed out too often and never answered; the queue has forgotten it. */
  exhausted(task: Task): void;
}

/** Where the tasks are. Loses, doubles and reorders them, and hands them out again, when the faults of the run say so. */
export class QueueStore {
  readonly waiting: Task[] = [];
  readonly taken = new Map<number, Task>();
  /** How often a task came back, was put in twice, or came from a process that was dead by then. */
  extra = 0;
  /** Tasks that a process gave back without an answer. */
  handedBack = 0;
  private takers: Taker[] = [];
  private readonly handedOut = new WeakSet<Task>();
  private nextId = 0;

  constructor(
    private readonly network: Network,
    private readonly watcher: QueueWatcher,
    /** Tasks that it holds at most, taken ones included. */
    private readonly capacity = 64,
  ) {}

  /** @param orphan its publisher died while it was on its way */
  publish(task: Task, orphan: boolean): 'queued' | 'full' {
    const { faults } = this.network;
    const full = this.waiting.length + this.taken.size >= this.capacity;
    if (full || faults.happens('queue full')) return 'full';
    this.watcher.issued(task);
    if (orphan) this.extra += 1;
    if (faults.happens('task lost')) return 'queued';
    this.waiting.push(task);
    if (faults.happens('task duplicated')) this.again(task);
    this.handOut();
    this.watcher.waits(this.waiting.length, this.extra);
    return 'queued';
  }

  take(taker: Taker): () => void {
    this.takers.push(taker);
    this.handOut();
    return () => void (this.takers = this.takers.filter((one) => one !== taker));
  }

  acknowledge(id: number): void {
    const task = this.taken.get(id);
    if (task) this.watcher.acknowledged(task);
    if (!this.network.faults.happens('acknowledgement lost')) this.taken.delete(id);
  }

  depth(job?: string): { waiting: number; taken: number } {
    const ofJob = (task: Task) => job === undefined || task.job === job;
    return {
      waiting: this.waiting.filter(ofJob).length,
      taken: [...this.taken.values()].filter(ofJob).length,
    };
  }

  tasks(job: string): Task[] {
    return [...this.taken.values(), ...this.waiting].filter((task) => task.job === job);
  }

  /** The job's waiting tasks are gone. */
  purge(job: string): void {
    const kept = this.waiting.filter((task) => task.job !== job);
    this.waiting.splice(0, this.waiting.length, ...kept);
  }

  /** Every task is gone, as the memory queue's are with its process. */
  empty(): void {
    this.waiting.length = 0;
    this.taken.clear();
  }

  private handOut(): void {
    const { random, faults, scheduler } = this.network;
    this.takers = this.takers.filter(({ life }) => life.alive);
    while (this.waiting.length > 0 && this.takers.length > 0) {
      const at = faults.happens('task out of order') ? random.below(this.waiting.length) : 0;
      const [task] = this.waiting.splice(at, 1);
      if (faults.happens('task exhausted')) {
        this.watcher.exhausted(task!);
        continue;
      }
      const taker = this.takers.shift()!;
      const id = this.nextId++;
      this.taken.set(id, task!);
      this.watcher.attempted(task!);
      taker.take(task!, id, this.handedOut.has(task!));
      this.handedOut.add(task!);
      const early = faults.happens('task delivered while held');
      scheduler.after(early ? random.between(0, 100) : ACK_WAIT_MS, null, () => this.handBack(id));
    }
  }

  /** It waits again. */
  handBack(id: number): void {
    const task = this.taken.get(id);
    if (!task) return;
    this.taken.delete(id);
    this.again(task);
    this.handOut();
  }

  private again(task: Task): void {
    this.extra += 1;
    this.waiting.push(task);
  }
}

/** The queue as one process sees it. */
export class SimulatedQueue implements TaskQueue {
  constructor(
    private readonly store: QueueStore,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  publish(task: Task): Promise<'queued' | 'full'> {
    return this.network.call(this.life, 'publish', () => {
      this.network.refuse('publish refused');
      return this.store.publish(task, !this.life.alive);
    });
  }

  next(signal: AbortSignal): Promise<Delivery | null> {
    const { store, network, life } = this;
    return new Promise((resolve) => {
      const end = (delivery: Delivery | null) => {
        signal.removeEventListener('abort', giveUp);
        resolve(delivery);
      };
      const take: Taker['take'] = (task, id, redelivered) =>
        network.deliver(life, () => {
          if (network.killedAt(life, 'killed at next')) return;
          const handBack = () =>
            network.send(() => {
              store.handedBack += 1;
              store.handBack(id);
            });
          const acknowledge = () => network.call(life, 'acknowledge', () => store.acknowledge(id));
          end({ task, redelivered, acknowledge, handBack });
        });
      const leave = signal.aborted ? () => undefined : store.take({ life, take });
      const giveUp = () => {
        leave();
        end(null);
      };
      if (signal.aborted) end(null);
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  depth(job?: string): Promise<{ waiting: number; taken: number }> {
    return this.network.ask(this.life, 'killed at depth', () => {
      this.network.refuse('depth refused');
      return this.store.depth(job);
    });
  }

  tasks(job: string): Promise<Task[]> {
    return this.network.ask(this.life, 'killed at depth', () => {
      this.network.refuse('depth refused');
      return this.store.tasks(job);
    });
  }

  purge(job: string): Promise<void> {
    return this.network.ask(this.life, 'killed at depth', () => {
      this.network.refuse('depth refused');
      this.store.purge(job);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
