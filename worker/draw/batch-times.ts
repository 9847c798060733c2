import { METRICS } from '../../shared/telemetry/catalogue.js';
import { HistogramTally } from '../../shared/telemetry/histogram-tally.js';
import type { FromChild } from './messages.js';

const { buckets } = METRICS.smoothcert_batch_duration_seconds;

/** How long a child's batches took, gathered until it has something to say anyway. */
export class BatchTimes {
  private readonly noise = new HistogramTally(buckets);
  private readonly inference = new HistogramTally(buckets);

  /** In milliseconds. */
  add(noise: number, inference: number): void {
    this.noise.add(noise / 1_000);
    this.inference.add(inference / 1_000);
  }

  /** Returns the message about the batches since the last call; none if there were none. */
  take(): FromChild[] {
    const [noise, inference] = [this.noise.take(), this.inference.take()];
    return noise && inference ? [{ kind: 'batches', noise, inference }] : [];
  }
}
