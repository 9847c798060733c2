import { fingerprintMismatch } from '../../worker/draw/pool.js';
import type { JobPool } from '../../worker/cluster/machine.js';
import type { Drawn } from '../../worker/draw/messages.js';
import type { Shard } from '../../shared/shards.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

const DRAW_MS = 60;
const STRAGGLER_MS = 45_000;
/** A process that hangs is killed by its pool after so long, where no grace is shorter. */
const LONGEST_HANG_MS = 20_000;
/** A process notices a stop or a drain after its batch. */
const BATCH_MS = 30;

interface Draw {
  readonly shard: Shard;
  readonly end: (drawn: Drawn) => void;
  running: boolean;
  /** Notices neither a stop nor a drain. */
  hangs: boolean;
}

export interface PoolOptions {
  readonly network: Network;
  readonly life: Life;
  /** Shards that are drawn at once. */
  readonly processes: number;
  /** Returns the outcome of drawing this shard, if nothing stops it. */
  readonly outcome: (shard: Shard) => Drawn;
  readonly fingerprint: string;
  /** That of the job; another one breaks the pool. Null: any. */
  readonly expectedFingerprint: string | null;
  /** Called with the number of draws that `kill` ended. */
  readonly onKilled?: (draws: number) => void;
}

/** Draws votes where a worker would run a model in inference processes. */
export class SimulatedPool implements JobPool {
  readonly pids: number[] = [];
  readonly broken: Promise<never>;
  readonly overdueMs = 0;
  private readonly draws = new Set<Draw>();
  private draining = false;
  private fail!: (error: Error) => void;

  constructor(private readonly options: PoolOptions) {
    this.broken = new Promise((_, reject) => (this.fail = reject));
    this.broken.catch(() => undefined);
    const { fingerprint, expectedFingerprint } = options;
    if (expectedFingerprint !== null && expectedFingerprint !== fingerprint) {
      this.draining = true;
      this.fail(fingerprintMismatch());
    }
  }

  get fingerprint(): string {
    return this.options.fingerprint;
  }

  get ready(): number {
    return this.options.processes;
  }

  draw(shard: Shard): Promise<Drawn> {
    if (this.draining) return Promise.resolve({ kind: 'returned' });
    return new Promise((resolve) => {
      const draw: Draw = {
        shard,
        running: false,
        hangs: false,
        end: (drawn) => {
          if (!this.draws.delete(draw)) return;
          resolve(drawn);
          this.start();
        },
      };
      this.draws.add(draw);
      this.start();
    });
  }

  stop(images: readonly number[]): void {
    for (const draw of [...this.draws].filter(({ shard }) => images.includes(shard.image))) {
      this.interrupt(draw, { kind: 'dropped' });
    }
  }

  drain(): void {
    this.draining = true;
    for (const draw of [...this.draws]) this.interrupt(draw, { kind: 'returned' });
  }

  kill(): void {
    this.options.onKilled?.(this.draws.size);
    for (const draw of [...this.draws]) draw.end({ kind: 'returned' });
  }

  /** No process can draw any more. */
  break(error: Error): void {
    this.fail(error);
  }

  private interrupt(draw: Draw, drawn: Drawn): void {
    const { network, life } = this.options;
    if (!draw.running) draw.end(drawn);
    else if (!draw.hangs) {
      network.scheduler.after(network.random.between(0, BATCH_MS), life, () => draw.end(drawn));
    }
  }

  private start(): void {
    const running = [...this.draws].filter((draw) => draw.running).length;
    const idle = [...this.draws].filter((draw) => !draw.running);
    for (const draw of idle.slice(0, Math.max(0, this.options.processes - running))) this.run(draw);
  }

  private run(draw: Draw): void {
    const { network, life, outcome } = this.options;
    const { random, faults, scheduler } = network;
    draw.running = true;
    draw.hangs = faults.happens('process hangs');
    const extra = faults.happens('straggler') ? random.between(0, STRAGGLER_MS) : 0;
    const hang = random.between(0, LONGEST_HANG_MS);
    const ms = draw.hangs ? hang : random.between(1, DRAW_MS) + extra;
    scheduler.after(ms, life, () => {
      if (!this.draws.has(draw) || network.killedAt(life, 'killed at draw')) return;
      const unanswered = draw.hangs || faults.happens('shard returned');
      draw.end(unanswered ? { kind: 'returned' } : outcome(draw.shard));
    });
  }
}
