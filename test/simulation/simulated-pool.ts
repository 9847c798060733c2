import type { Shard } from '../../shared/shards.js';
import type { Drawn, ShardDrawer } from '../../worker/draw/pool.js';
import type { Network } from './network.js';
import type { Life } from './scheduler.js';

const DRAW_MS = 60;
const STRAGGLER_MS = 45_000;
/** A child notices a stop or a drain after its batch. */
const BATCH_MS = 30;

interface Draw {
  readonly shard: Shard;
  readonly end: (drawn: Drawn) => void;
  running: boolean;
}

export interface PoolOptions {
  readonly network: Network;
  readonly life: Life;
  /** Shards that are drawn at once. */
  readonly slots: number;
  /** What drawing this shard gives, if nothing stops it. */
  readonly outcome: (shard: Shard) => Drawn;
}

/** Draws votes where a worker would run a model in child processes. */
export class SimulatedPool implements ShardDrawer {
  readonly broken: Promise<never>;
  private readonly draws = new Set<Draw>();
  private draining = false;
  private fail!: (error: Error) => void;

  constructor(private readonly options: PoolOptions) {
    this.broken = new Promise((_, reject) => (this.fail = reject));
    this.broken.catch(() => undefined);
  }

  draw(shard: Shard): Promise<Drawn> {
    if (this.draining) return Promise.resolve({ kind: 'returned' });
    return new Promise((resolve) => {
      const draw: Draw = {
        shard,
        running: false,
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

  /** No child can draw any more. */
  break(error: Error): void {
    this.fail(error);
  }

  private interrupt(draw: Draw, drawn: Drawn): void {
    const { network, life } = this.options;
    if (!draw.running) draw.end(drawn);
    else network.scheduler.after(network.random.between(0, BATCH_MS), life, () => draw.end(drawn));
  }

  private start(): void {
    const running = [...this.draws].filter((draw) => draw.running).length;
    const idle = [...this.draws].filter((draw) => !draw.running);
    for (const draw of idle.slice(0, Math.max(0, this.options.slots - running))) this.run(draw);
  }

  private run(draw: Draw): void {
    const { network, life, outcome } = this.options;
    const { random, faults, scheduler } = network;
    draw.running = true;
    const extra = faults.happens('straggler') ? random.between(0, STRAGGLER_MS) : 0;
    scheduler.after(random.between(1, DRAW_MS) + extra, life, () => {
      if (!this.draws.has(draw) || network.killedAt(life, 'killed at draw')) return;
      draw.end(faults.happens('shard returned') ? { kind: 'returned' } : outcome(draw.shard));
    });
  }
}
