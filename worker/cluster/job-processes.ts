import type { WorkOrder } from '../../shared/work-order.js';
import type { ArtifactCache } from './artifacts/cache.js';
import type { SparseDataSet } from './artifacts/sparse-data-set.js';
import { Pool, type PoolOptions } from '../draw/pool.js';
import type { ChildSetup } from '../draw/setup.js';
import type { JobProcesses } from './machine.js';

/** The settings that the pools of all jobs of a worker share. */
export interface PoolSettings extends Pick<PoolOptions, 'processes' | 'hangMs' | 'childModule' | 'metrics'> {
  /** As `onDeath` of the pool, with the job that the process drew for. */
  readonly onDeath: (how: string, stderr: string, job: string) => void;
  /** Share of its batches that each process audits, 0 to 1. */
  readonly auditShare: number;
}

/**
 * Fetches what an order needs and starts a pool that draws for it. The files stay in the cache until the processes are closed.
 * @throws what the cache and its source throw
 */
export async function startProcesses(
  order: WorkOrder,
  cache: ArtifactCache,
  settings: PoolSettings,
): Promise<JobProcesses> {
  const model = await cache.model(order.model);
  try {
    const data = await cache.dataSet(order.draw.dataDigest);
    try {
      await data.value.ensure(order.probeImages);
      const setup = setupOf(order, model.value, data.value, settings.auditShare);
      const { job, fingerprint } = order;
      const onDeath = (how: string, stderr: string) => settings.onDeath(how, stderr, job);
      const pool = new Pool({ ...settings, setup, fingerprint, onDeath });
      return {
        pool,
        ensure: (images) => data.value.ensure(images),
        close: async () => {
          await pool.close();
          // What the cache cannot remove now, it removes when it next makes room.
          await Promise.allSettled([model.release(), data.release()]);
        },
      };
    } catch (error) {
      await data.release();
      throw error;
    }
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** Returns the setup of processes that draw for an order: nothing is left to choose. */
function setupOf(order: WorkOrder, modelFile: string, data: SparseDataSet, auditShare: number): ChildSetup {
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
    noise: { ...draw.noise, drawn: draw.noise },
    seed,
    probeImages,
    auditShare,
  };
}
