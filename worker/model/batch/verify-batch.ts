import { AGREED, disagreement, scaleOf, worse } from './agreement.js';
import { largestScore } from './score-row.js';

/** Noisy copies with which a batch is verified. */
export const VERIFY_ROWS = 32;

/** Scores [rows × classes] of input [rows × dimension]. */
export type RunRows = (input: Float32Array, rows: number) => Promise<Float32Array>;

/** Noisy copies of a few sources: row r is one of source r mod `sources`. */
export interface NoisyRows {
  /** [32 × dimension] */
  readonly rows: Float32Array;
  readonly sources: number;
}

export interface BatchVerdict {
  readonly usable: boolean;
  /** True if a vote, or whether a row votes at all, changes with the batch by more than rounding explains. */
  readonly votesChange: boolean;
  /** Why not, as the end of the sentence "batch k cannot be used: …"; null if it can. */
  readonly reason: string | null;
  /** Largest difference of a score, as a share of the model's scale (agreement.ts); null if nothing was compared. */
  readonly difference: number | null;
}

/**
 * Compares the candidate batch with the trusted one on noisy copies. The candidate is usable if every score is within
 * `tolerance` of the model's scale (agreement.ts), so that votes change in near-ties only, and if the same rows vote. Every
 * position of the batch is compared: rows repeat until it is full. Errors of the trusted run are thrown; a candidate that throws
 * is not usable.
 */
export async function verifyBatch(
  trusted: { batch: number; run: RunRows },
  candidate: { batch: number; run: RunRows },
  { rows, sources }: NoisyRows,
  dimension: number,
  tolerance: number,
): Promise<BatchVerdict> {
  const expected = await scoresOfRows(trusted, rows, dimension, VERIFY_ROWS);
  const compared = Math.max(VERIFY_ROWS, candidate.batch);
  let found: Float32Array;
  try {
    found = await scoresOfRows(candidate, rows, dimension, compared);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return unusable(`it does not run (${words.replace(/\.$/, '')})`);
  }
  if (found.length * VERIFY_ROWS !== expected.length * compared) {
    return unusable('it changes the number of classes');
  }
  return compare(expected, found, { rows: compared, sources }, tolerance);
}

function unusable(reason: string): BatchVerdict {
  return { usable: false, votesChange: false, reason, difference: null };
}

/** Computes the scores of `count` rows, the 32 repeated as often as needed, in whole batches. */
async function scoresOfRows(
  { batch, run }: { batch: number; run: RunRows },
  rows: Float32Array,
  dimension: number,
  count: number,
): Promise<Float32Array> {
  const input = new Float32Array(batch * dimension);
  const pieces: Float32Array[] = [];
  for (let first = 0; first < count; first += batch) {
    for (let row = 0; row < batch; row += 1) {
      const source = ((first + row) % VERIFY_ROWS) * dimension;
      input.set(rows.subarray(source, source + dimension), row * dimension);
    }
    pieces.push(await run(input, batch));
  }
  const classes = pieces[0]!.length / batch;
  const scores = new Float32Array(count * classes);
  pieces.forEach((piece, index) => {
    const at = index * piece.length;
    scores.set(piece.subarray(0, Math.min(piece.length, scores.length - at)), at);
  });
  return scores;
}

function compare(
  expected: Float32Array,
  found: Float32Array,
  { rows, sources }: { rows: number; sources: number },
  tolerance: number,
): BatchVerdict {
  const classes = expected.length / VERIFY_ROWS;
  const scale = scaleOf(expected, classes, sources);
  let worst = AGREED;
  let votesChange = false;
  for (let row = 0; row < rows; row += 1) {
    const from = (row % VERIFY_ROWS) * classes;
    const trusted = expected.subarray(from, from + classes);
    const scores = found.subarray(row * classes, (row + 1) * classes);
    const here = disagreement(trusted, scores, scale, tolerance);
    const sameVote = largestScore(scores, 0, classes) === largestScore(trusted, 0, classes);
    if (here.excess > 1 && !sameVote) votesChange = true;
    worst = worse(worst, here);
  }
  if (worst.excess <= 1) return { usable: true, votesChange, reason: null, difference: worst.share };
  if (worst.share === Infinity) {
    return { usable: false, votesChange, reason: 'it changes which outputs are finite', difference: null };
  }
  const reason = votesChange
    ? 'it changes votes'
    : `it changes scores by up to ${(100 * worst.share).toPrecision(2)} %`;
  return { usable: false, votesChange, reason, difference: worst.share };
}
