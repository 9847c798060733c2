import type { WorkerLinks } from '../../shared/ports/exchange.js';
import type { ArtifactCache, Held } from '../artifacts/cache.js';
import type { SparseDataSet } from '../artifacts/sparse-data-set.js';
import { Pool, type PoolOptions } from '../pool.js';
import type { ChildSetup } from '../setup.js';
import type { WorkOrder } from '../../shared/work-order.js';

/** What is the same for all jobs of a worker. */
export type PoolSettings = Pick<PoolOptions, 'processes' | 'hangMs' | 'onDeath' | 'childModule'>;

/** The setup of children that draw for an order: nothing is left to choose. */
export function setupOf(order: WorkOrder, modelFile: string, data: SparseDataSet): ChildSetup {
  const { draw, device, probeImages } = order;
  const { modelDigest, dataDigest, layout, output, batch, normalisation, seed } = draw;
  return {
    ...{
      modelFile,
      modelDigest,
      dataFile: data.file,
      dataDigest,
      dataChunks: data.chunks,
      device,
      layout,
      output,
    },
    ...{ batch, normalisation, scale: draw.noise.scale, seed, probeImages },
  };
}

/** One job that this worker draws for: its links, its artifacts on disk, its children. */
export class JobInHand {
  /** Tasks that are being drawn. */
  tasks = 0;
  usedAt = 0;
  private readonly unlisten: () => void;

  private constructor(
    readonly links: WorkerLinks,
    readonly pool: Pool,
    private readonly model: Held<string>,
    private readonly data: Held<SparseDataSet>,
  ) {
    this.unlisten = links.stop.onAnnounce((images) => pool.stop(images));
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
        const pool = new Pool({ ...settings, setup, fingerprint: order.fingerprint });
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

  /** Brings the images' pixels here, verified. */
  ensure(images: Iterable<number>): Promise<void> {
    return this.data.value.ensure(images);
  }

  /** Ends the children, gives back what is held, and closes the links. */
  async close(): Promise<void> {
    this.unlisten();
    await this.pool.close();
    await Promise.all([this.model.release(), this.data.release()]);
    await this.links.close();
  }
}
