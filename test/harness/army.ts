import { readFile } from 'node:fs/promises';
import { Cluster, type ClusterTimes, type CoordinatorPart } from './cluster.js';
import { runCommand } from './command.js';
import { DIGITS_JOB } from './local-job.js';
import type { Part } from './parts.js';
import { Taps } from './taps.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const digits = (images: string): readonly string[] => [
  ...DIGITS_JOB,
  '--seed',
  '11',
  '--images',
  images,
  '--min-gain',
  '0.005',
  '--bound',
  'anytime',
];

/** A job of some 200 records and, for one process, some 4 seconds: long enough to be disturbed again and again. */
export const LONG_JOB = digits('::10');
/** Of some 100 records. */
export const SHORT_JOB = digits('::20');
/** Of some 20. */
export const TINY_JOB = digits('::100');

/** Returns the results.jsonl that `certify` writes for these flags. */
export async function certifiedRows(job: readonly string[], code = 0): Promise<string> {
  using folder = new TemporaryFolder();
  const finished = await runCommand(['certify', ...job, '--out', folder.file('out')]);
  if (finished.code !== code) throw new Error(`certify ended with ${finished.code}: ${finished.stderr}`);
  return await readFile(folder.file('out', 'results.jsonl'), 'utf8');
}

/** A cluster that is ready, with somebody who listens in. `await using` ends all of it. */
export class Army implements AsyncDisposable {
  private constructor(
    readonly cluster: Cluster,
    public taps: Taps,
    public coordinator: CoordinatorPart,
    readonly workers: Part[],
  ) {}

  /** @param workers their names */
  static async raise(
    workers: readonly string[],
    times: Partial<ClusterTimes> = { ackWait: 1, lease: 1 },
  ): Promise<Army> {
    const cluster = await Cluster.start({}, times);
    try {
      const taps = await Taps.on(cluster.nats);
      const coordinator = await cluster.coordinator();
      const parts = workers.map((name) => cluster.worker(name));
      await Promise.all([coordinator.says(/Serving/), ...parts.map((part) => part.says(/Ready/))]);
      return new Army(cluster, taps, coordinator, parts);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Every process that should be there is there. */
  get standing(): boolean {
    return [this.coordinator, ...this.workers].every(({ running }) => running);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cluster[Symbol.asyncDispose]();
  }
}
