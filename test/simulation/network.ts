import { InjectedError, type Fault, type Faults } from './faults.js';
import type { Random } from './random.js';
import type { Life, Scheduler } from './scheduler.js';

const LATENCY_MS = 20;
const LATE_MS = 3_000;

type Kills = Extract<Fault, `killed ${string}`>;
type CalledPoint = Kills extends infer K ? (K extends `killed before ${infer P}` ? P : never) : never;

/** The network that the simulated ports share: messages take time, overtake each other, and die with their process or not. */
export class Network {
  /** Ends a process at once. */
  kill: (life: Life) => void = (life) => void (life.alive = false);
  private era = 0;

  constructor(
    readonly scheduler: Scheduler,
    readonly random: Random,
    readonly faults: Faults,
  ) {}

  latency(): number {
    const late = this.faults.happens('message late') ? this.random.between(0, LATE_MS) : 0;
    return this.random.between(0, LATENCY_MS) + late;
  }

  /**
   * A request and its answer. `effect` happens once, when the request arrives; a process killed before it was sent,
   * or before the answer came, never learns of it. What `effect` throws is the answer, too.
   */
  call<T>(life: Life, point: CalledPoint, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.send(() => {
        if (!life.alive && this.random.chance(0.5)) return;
        if (this.killedAt(life, `killed before ${point}`)) return;
        const answer = settled(effect);
        if (this.killedAt(life, `killed after ${point}`)) return;
        this.deliver(life, () => (answer.ok ? resolve(answer.value) : reject(answer.error)));
      });
    });
  }

  /** A question that changes nothing: killed before or after is the same. */
  ask<T>(life: Life, fault: Kills, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.deliver(life, () => {
        if (this.killedAt(life, fault)) return;
        const outcome = settled(answer);
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      });
    });
  }

  /** A message that is on its way whatever becomes of its sender. */
  send(arrives: () => void): void {
    const { era } = this;
    this.scheduler.after(this.latency(), null, () => {
      if (era === this.era) arrives();
    });
  }

  /** A message to a process. */
  deliver(life: Life, arrives: () => void): void {
    this.scheduler.after(this.latency(), life, arrives);
  }

  killedAt(life: Life, fault: Kills): boolean {
    if (!life.alive || !this.faults.happens(fault)) return false;
    this.kill(life);
    return true;
  }

  /** Everything that is on its way is lost. */
  cut(): void {
    this.era += 1;
  }

  refuse(fault: Fault): void {
    if (this.faults.happens(fault)) throw new InjectedError(fault);
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error };

function settled<T>(effect: () => T): Outcome<T> {
  try {
    return { ok: true, value: effect() };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
