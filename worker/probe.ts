import { createHash } from 'node:crypto';
import type { Instruments } from './drawer.js';

const PROBE_BATCHES = 2;

/** What the probe of a child found (design decision 3). */
export interface Probe {
  /** sha256 (hex) of the scores, in order: equal bits mean equal votes, near-ties included. */
  readonly fingerprint: string;
  /** Whether each row's scores were the same bits in another place and among other rows. */
  readonly steady: boolean;
  readonly batchMs: number;
  /** Largest difference between the two, as a share of the largest finite score. */
  readonly spread: number;
}

/**
 * Runs the first two batches of noise of one image, in order and then with the rows dealt out otherwise.
 * The scores' hash is the child's fingerprint: a job's counts all come from children with the same one.
 */
export async function probe(instruments: Instruments, image: number): Promise<Probe> {
  const { batch, classes } = instruments;
  const base = await instruments.baseOf(image);
  const rows = PROBE_BATCHES * batch;
  const scores = new Float32Array(rows * classes);
  const shuffled = new Float32Array(rows * classes);
  let batchMs = 0;
  for (let b = 0; b < PROBE_BATCHES; b++) {
    instruments.draw(base, 0, image, b * batch, batch);
    const begun = performance.now();
    scores.set(await instruments.run(), b * batch * classes);
    batchMs = Math.max(batchMs, performance.now() - begun);
  }
  for (let b = 0; b < PROBE_BATCHES; b++) {
    for (let r = 0; r < batch; r++) instruments.draw(base, r, image, elsewhere(b, r, batch), 1);
    const run = await instruments.run();
    for (let r = 0; r < batch; r++) {
      shuffled.set(run.subarray(r * classes, (r + 1) * classes), elsewhere(b, r, batch) * classes);
    }
  }
  const bytes = Buffer.from(scores.buffer);
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    steady: bytes.equals(Buffer.from(shuffled.buffer)),
    batchMs,
    spread: spreadOf(scores, shuffled),
  };
}

function spreadOf(scores: Float32Array, shuffled: Float32Array): number {
  let largest = 0;
  let difference = 0;
  scores.forEach((score, at) => {
    const other = shuffled[at]!;
    if (Number.isFinite(score)) largest = Math.max(largest, Math.abs(score));
    if (!Object.is(score, other)) difference = Math.max(difference, Math.abs(score - other) || Infinity);
  });
  return difference === 0 ? 0 : difference / largest;
}

/** The sample that stands in row r of batch b when the rows are dealt alternately to both batches, from the end. */
function elsewhere(b: number, r: number, batch: number): number {
  return PROBE_BATCHES * (batch - 1 - r) + b;
}
