import type { Delivery, Task, TaskQueue } from '../../shared/ports/task-queue.js';

/** The task queue of one process: first in, first out. Its publisher bounds it by the number of unanswered tasks. */
export class MemoryQueue implements TaskQueue {
  private waiting: Task[] = [];
  private readonly waiters: ((delivery: Delivery | null) => void)[] = [];
  private readonly taken = new Set<Task>();
  private readonly handedBack = new WeakSet<Task>();

  publish(task: Task): Promise<'queued'> {
    const waiter = this.waiters.shift();
    if (waiter) waiter(this.deliver(task));
    else this.waiting.push(task);
    return Promise.resolve('queued');
  }

  next(signal: AbortSignal): Promise<Delivery | null> {
    if (signal.aborted) return Promise.resolve(null);
    const task = this.waiting.shift();
    if (task) return Promise.resolve(this.deliver(task));
    return new Promise((resolve) => {
      const waiter = (delivery: Delivery | null) => {
        signal.removeEventListener('abort', giveUp);
        resolve(delivery);
      };
      const giveUp = () => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        resolve(null);
      };
      this.waiters.push(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  depth(job?: string): Promise<{ waiting: number; taken: number }> {
    const count = (tasks: Iterable<Task>) =>
      [...tasks].filter((task) => job === undefined || task.job === job).length;
    return Promise.resolve({ waiting: count(this.waiting), taken: count(this.taken) });
  }

  tasks(job: string): Promise<Task[]> {
    return Promise.resolve([...this.taken, ...this.waiting].filter((task) => task.job === job));
  }

  purge(job: string): Promise<void> {
    this.waiting = this.waiting.filter((task) => task.job !== job);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private deliver(task: Task): Delivery {
    this.taken.add(task);
    return {
      task,
      redelivered: this.handedBack.has(task),
      acknowledge: () => {
        this.taken.delete(task);
        return Promise.resolve();
      },
      handBack: () => {
        if (!this.taken.delete(task)) return;
        this.handedBack.add(task);
        void this.publish(task);
      },
    };
  }
}
