import type { InvalidCause } from '../model/batch/score-row.js';

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
