import type { Delivery, Task, TaskQueue } from '../../ports/task-queue.js';

/** The task queue of one process: first in, first out. Bounded by its publisher, which watches `depth`. */
export class MemoryQueue implements TaskQueue {
  private readonly tasks: Task[] = [];
  private readonly waiters: ((delivery: Delivery | null) => void)[] = [];
  private taken = 0;

  publish(task: Task): Promise<void> {
    const waiter = this.waiters.shift();
    if (waiter) waiter(this.deliver(task));
    else this.tasks.push(task);
    return Promise.resolve();
  }

  next(signal: AbortSignal): Promise<Delivery | null> {
    if (signal.aborted) return Promise.resolve(null);
    const task = this.tasks.shift();
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

  depth(): Promise<{ waiting: number; taken: number }> {
    return Promise.resolve({ waiting: this.tasks.length, taken: this.taken });
  }

  private deliver(task: Task): Delivery {
    this.taken += 1;
    let open = true;
    return {
      task,
      acknowledge: () => {
        if (open) this.taken -= 1;
        open = false;
        return Promise.resolve();
      },
    };
  }
}
