import { METRICS } from '../../shared/telemetry/catalogue.js';
import { HistogramTally } from '../../shared/telemetry/histogram-tally.js';
import { NO_FIGURES, addFigures, type DrawingFigures } from './drawing-figures.js';
import type { FromChild } from './messages.js';

const { buckets } = METRICS.smoothcert_batch_duration_seconds;

/** How long a child's batches took and what their votes were like, gathered until it sends another message. */
export class BatchFigures {
  private readonly noise = new HistogramTally(buckets);
  private readonly inference = new HistogramTally(buckets);
  private figures = NO_FIGURES;

  /** Adds a batch. @param noise, inference in milliseconds. @param figures what was counted of it */
  add(noise: number, inference: number, figures: DrawingFigures = NO_FIGURES): void {
    this.noise.add(noise / 1_000);
    this.inference.add(inference / 1_000);
    this.figures = addFigures(this.figures, figures);
  }

  /** Returns the message about the batches since the last call; none if there were none. */
  take(): FromChild[] {
    const [noise, inference] = [this.noise.take(), this.inference.take()];
    if (!noise || !inference) return [];
    const { figures } = this;
    this.figures = NO_FIGURES;
    return [{ kind: 'batches', noise, inference, figures }];
  }
}
