import type { WorkerLinks } from '../../shared/ports/exchange.js';
import type { ArtifactCache, Held } from './artifacts/cache.js';
import type { SparseDataSet } from './artifacts/sparse-data-set.js';
import { Pool, type PoolOptions } from '../draw/pool.js';
import type { ChildSetup } from '../draw/setup.js';
import type { WorkOrder } from '../../shared/work-order.js';

/** What is the same for all jobs of a worker. */
export interface PoolSettings extends Pick<PoolOptions, 'processes' | 'hangMs' | 'childModule' | 'metrics'> {
  /** As of the pool, with the job that the child drew for. */
  readonly onDeath: (how: string, lastWords: string, job: string) => void;
}

/** The setup of children that draw for an order: nothing is left to choose. */
export function setupOf(order: WorkOrder, modelFile: string, data: SparseDataSet): ChildSetup {
  const { draw, device, probeImages } = order;
  const { modelDigest, dataDigest, layout, output, batch, normalisation, seed } = draw;
  return {
    modelFile,
    modelDigest,
    dataFile: data.file,
    dataDigest,
    dataChunks: data.chunks,
    device,
    layout,
    output,
    batch,
    normalisation,
    scale: draw.noise.scale,
    seed,
    probeImages,
  };
}

/** One job that this worker draws for: its links, its artifacts on disk, its children. */
export class JobInHand {
  readonly id: string;
  /** Tasks that are being drawn. */
  tasks = 0;
  /** Grows with each task; 0 before the first. */
  takenAt = 0;
  private readonly unlisten: (() => void)[] = [];

  private constructor(
    readonly links: WorkerLinks,
    readonly pool: Pool,
    private readonly model: Held<string>,
    private readonly data: Held<SparseDataSet>,
  ) {
    this.id = links.order.job;
    this.unlisten.push(links.stop.onAnnounce((images) => pool.stop(images)));
  }

  /** Fetches what the job needs and starts its children. @throws what cache and source throw */
  static async begin(links: WorkerLinks, cache: ArtifactCache, settings: PoolSettings): Promise<JobInHand> {
    const { order } = links;
    const model = await cache.model(order.model);
    try {
      const data = await cache.dataSet(order.draw.dataDigest);
      try {
        await data.value.ensure(order.probeImages);
        const setup = setupOf(order, model.value, data.value);
        const { job, fingerprint } = order;
        const onDeath = (how: string, words: string) => settings.onDeath(how, words, job);
        const pool = new Pool({ ...settings, setup, fingerprint, onDeath });
        return new JobInHand(links, pool, model, data);
      } catch (error) {
        await data.release();
        throw error;
      }
    } catch (error) {
      await model.release();
      throw error;
    }
  }

  /** Calls `listener` once the job has ended, at once if it has, until this is closed. */
  onEnded(listener: () => void): void {
    const { ended } = this.links;
    if (ended.aborted) listener();
    ended.addEventListener('abort', listener, { once: true });
    this.unlisten.push(() => ended.removeEventListener('abort', listener));
  }

  /** Brings the images' pixels here, verified. */
  ensure(images: Iterable<number>): Promise<void> {
    return this.data.value.ensure(images);
  }

  /** Ends the children by SIGKILL, also those that no word reaches. To be called when the pool drains: it replaces none. */
  kill(): void {
    for (const pid of this.pool.pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It was gone already.
      }
    }
  }

  /** Ends the children, gives back what is held, and closes the links. Never rejects. */
  async close(): Promise<void> {
    for (const unlisten of this.unlisten) unlisten();
    await this.pool.close();
    // What the cache could not remove it removes when it next makes room; links that cannot say goodbye are gone all the same.
    await Promise.allSettled([this.model.release(), this.data.release()]);
    await this.links.close().catch(() => undefined);
  }
}
