/**
 * A process of the simulation from its start to its end. Killing it at an await point means that nothing it waits
 * for ever resolves; whatever it had sent by then is on its way all the same.
 */
export class Life {
  alive = true;
  /** Stopped (SIGSTOP, a long pause) until this simulated time. */
  pausedUntil = 0;
  /** When it was told to end in good order; null if it was not. */
  interruptedAt: number | null = null;

  constructor(
    readonly name: string,
    readonly kind: 'coordinator' | 'worker',
  ) {}
}

interface Step {
  readonly due: number;
  readonly order: number;
  readonly life: Life | null;
  readonly action: () => void;
}

/**
 * Simulated time: a list of what will happen when. One step is one happening and all that the code under test does
 * because of it, up to its next await of a port; between two steps nothing moves, so that invariants can be checked.
 */
export class Scheduler {
  now = 0;
  steps = 0;
  private order = 0;
  private readonly pending: Step[] = [];

  /** Does `action` after `ms`, unless `life` is dead by then; null: it belongs to no process. */
  after(ms: number, life: Life | null, action: () => void): void {
    this.insert({ due: this.now + ms, order: this.order++, life, action });
  }

  /** Takes the next step; false if nothing is left to happen. */
  async step(): Promise<boolean> {
    const next = this.pending.pop();
    if (!next) return false;
    const { life } = next;
    if (life && !life.alive) return true;
    this.now = Math.max(this.now, next.due);
    if (life && life.pausedUntil > this.now) {
      this.insert({ ...next, due: life.pausedUntil });
      return true;
    }
    this.steps += 1;
    next.action();
    await quiet();
    return true;
  }

  /** Keeps the latest step first, so that the next one is taken from the end. */
  private insert(step: Step): void {
    let low = 0;
    let high = this.pending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { due, order } = this.pending[middle]!;
      if (due > step.due || (due === step.due && order > step.order)) low = middle + 1;
      else high = middle;
    }
    this.pending.splice(low, 0, step);
  }
}

/** Resolves when every promise that could settle has settled, and all that followed from it. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
