import { METRICS } from '../../shared/telemetry/catalogue.js';
import { Tally } from '../../shared/telemetry/tally.js';
import type { FromChild } from './messages.js';

const { buckets } = METRICS.smoothcert_batch_duration_seconds;

/** How long a child's batches took, gathered until it has something to say anyway. */
export class BatchTimes {
  private readonly noise = new Tally(buckets);
  private readonly inference = new Tally(buckets);

  /** In milliseconds. */
  add(noise: number, inference: number): void {
    this.noise.add(noise / 1_000);
    this.inference.add(inference / 1_000);
  }

  /** What is to be said of those since the last time. */
  take(): FromChild[] {
    const [noise, inference] = [this.noise.take(), this.inference.take()];
    return noise && inference ? [{ kind: 'batches', noise, inference }] : [];
  }
}
