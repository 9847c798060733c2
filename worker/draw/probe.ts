import { createHash } from 'node:crypto';
import type { Instruments } from './drawer.js';
import { AGREED, disagreement, scaleOf, worse, type Disagreement } from '../model/batch/agreement.js';

const PROBE_BATCHES = 2;
/** Samples of the probe are numbered from here: none of them is ever drawn for a job. */
export const PROBE_SAMPLES = 2 ** 52;

/** The source of noisy copies: an image as lattice points in the model's order, and the index that its noise is drawn for. */
export interface ProbeSource {
  readonly base: Int32Array;
  readonly image: number;
}

/** The findings of a probe. */
export interface Probe {
  /** sha256 (hex) of the scores, in order: equal bits mean equal votes, near-ties included. */
  readonly fingerprint: string;
  /** True if each row's scores were the same bits in another place and among other rows. */
  readonly steady: boolean;
  readonly batchMs: number;
  /** The largest difference between the two. */
  readonly apart: Disagreement;
  /** Scale of the model's scores, by which differences are judged (agreement.ts): the smallest of any set. */
  readonly scale: number;
}

/**
 * Runs two batches of noisy copies of each set of sources three times, dealt out otherwise each time. The hash of the first
 * set's first scores is the child's fingerprint: a job's counts all come from children with the same one.
 * @param sets at least one, none empty
 */
export async function probe(
  instruments: Instruments,
  sets: readonly (readonly ProbeSource[])[],
  tolerance: number,
): Promise<Probe> {
  const found: Probe[] = [];
  for (const set of sets) found.push(await probeSet(instruments, set, tolerance));
  return {
    fingerprint: found[0]!.fingerprint,
    steady: found.every(({ steady }) => steady),
    batchMs: Math.max(...found.map(({ batchMs }) => batchMs)),
    apart: found.map(({ apart }) => apart).reduce(worse),
    scale: Math.min(...found.map(({ scale }) => scale)),
  };
}

/**
 * Runs two batches three times: the sources in turns, sorted by source, and every second row first, so that every row
 * stands elsewhere and among rows of other images, whatever batch and number of sources.
 */
async function probeSet(
  instruments: Instruments,
  sources: readonly ProbeSource[],
  tolerance: number,
): Promise<Probe> {
  const { batch, classes } = instruments;
  const rows = Array.from({ length: PROBE_BATCHES * batch }, (_, row) => row);
  const sorted = rows.toSorted((a, b) => (b % sources.length) - (a % sources.length) || b - a);
  const alternate = [
    ...rows.filter((row) => row % 2 === 0),
    ...rows.filter((row) => row % 2 === 1),
  ].reverse();
  const inTurns = await runRows(instruments, sources, rows);
  const others = [
    await runRows(instruments, sources, sorted),
    await runRows(instruments, sources, alternate),
  ];
  const scale = scaleOf(inTurns.scores, classes, sources.length);
  const rowOf = (scores: Float32Array, row: number) => scores.subarray(row * classes, (row + 1) * classes);
  let apart = AGREED;
  for (const { scores } of others) {
    for (const row of rows) {
      apart = worse(apart, disagreement(rowOf(inTurns.scores, row), rowOf(scores, row), scale, tolerance));
    }
  }
  const bytes = Buffer.from(inTurns.scores.buffer);
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    steady: others.every(({ scores }) => bytes.equals(Buffer.from(scores.buffer))),
    batchMs: Math.max(inTurns.batchMs, ...others.map(({ batchMs }) => batchMs)),
    apart,
    scale,
  };
}

/** Scores by row, whatever the order in which the rows are run. Row r is sample r of source r mod their number. */
async function runRows(instruments: Instruments, sources: readonly ProbeSource[], order: readonly number[]) {
  const { batch, classes } = instruments;
  const scores = new Float32Array(order.length * classes);
  let batchMs = 0;
  for (let from = 0; from < order.length; from += batch) {
    const here = order.slice(from, from + batch);
    here.forEach((row, at) => {
      const { base, image } = sources[row % sources.length]!;
      instruments.draw(base, at, image, PROBE_SAMPLES + row, 1);
    });
    const begun = performance.now();
    const run = await instruments.run();
    batchMs = Math.max(batchMs, performance.now() - begun);
    here.forEach((row, at) => scores.set(run.subarray(at * classes, (at + 1) * classes), row * classes));
  }
  return { scores, batchMs };
}
