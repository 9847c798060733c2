import { METRICS } from '../../shared/telemetry/catalogue.js';
import { HistogramTally } from '../../shared/telemetry/histogram-tally.js';
import type { InvalidCause } from '../model/batch/score-row.js';
import type { FromChild } from './messages.js';

/** Figures of the batches that one or more processes ran. They are shown to people and decide nothing. */
export interface DrawingFigures {
  /** Batches that were counted. */
  readonly batches: number;
  /** Of these the audited ones: half of their rows were run a second time. */
  readonly audited: number;
  /** Votes for a class. */
  readonly votes: number;
  /** Of these the ties: several classes shared the largest score, and the lowest of them got the vote. */
  readonly tied: number;
  /** Invalid votes, by cause. */
  readonly invalid: Readonly<Record<InvalidCause, number>>;
}

export const NO_FIGURES: DrawingFigures = {
  batches: 0,
  audited: 0,
  votes: 0,
  tied: 0,
  invalid: { nan: 0, infinite: 0, noneFinite: 0 },
};

export function addFigures(a: DrawingFigures, b: DrawingFigures): DrawingFigures {
  return {
    batches: a.batches + b.batches,
    audited: a.audited + b.audited,
    votes: a.votes + b.votes,
    tied: a.tied + b.tied,
    invalid: {
      nan: a.invalid.nan + b.invalid.nan,
      infinite: a.invalid.infinite + b.invalid.infinite,
      noneFinite: a.invalid.noneFinite + b.invalid.noneFinite,
    },
  };
}

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
