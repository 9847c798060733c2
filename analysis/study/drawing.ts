import { leaderOf, subtractCounts, totalOf, votesOf, type Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import type { Population } from '../populations/population.js';

/** One image of a drawing: its votes at every size that was kept. */
export interface DrawnImage {
  readonly image: number;
  readonly label: number | null;
  /** The class that the selection chose; null if no sample of it voted for a class. */
  readonly classIndex: number | null;
  /** True if that class is the image's label; null without a label. */
  readonly right: boolean | null;
  /** By size the counts of the first samples behind the selection: subsamples of one another. */
  readonly kept: readonly Counts[];
  /** By size how many of those samples did not vote for the class; all, if there is none. */
  readonly failures: readonly number[];
}

/** One drawing of `fixed` with its counts kept: every image at every size, under one noise. */
export interface Drawing {
  readonly name: string;
  readonly noise: Population['noise'];
  /** Of one image. */
  readonly alpha: number;
  /** Samples that chose the class; none of them is among those of the sizes. */
  readonly selection: number;
  /** Numbers of samples behind the selection, ascending. */
  readonly sizes: readonly number[];
  readonly images: readonly DrawnImage[];
  /** Images without a result, which are left out. */
  readonly failed: number;
}

/** The part of a line of results.jsonl that a study needs. */
export interface KeptRow {
  readonly image: number;
  readonly label: number | null;
  readonly looks: readonly Counts[];
}

/**
 * Returns the drawing of a job of `fixed`.
 *
 * @param rows of its images; one with fewer looks than the claim has failed, and is left out
 */
export function drawingOf(
  name: string,
  noise: Population['noise'],
  { alpha, looks }: Pick<Claim, 'alpha' | 'looks'>,
  rows: readonly KeptRow[],
): Drawing {
  const [selection, ...ends] = looks as readonly [number, ...number[]];
  const whole = rows.filter((row) => row.looks.length === looks.length);
  return {
    name,
    noise,
    alpha,
    selection,
    sizes: ends.map((end) => end - selection),
    images: whole.map(imageOf),
    failed: rows.length - whole.length,
  };
}

function imageOf({ image, label, looks }: KeptRow): DrawnImage {
  const [first, ...later] = looks as readonly [Counts, ...Counts[]];
  const classIndex = leaderOf(first);
  const kept = later.map((counts) => subtractCounts(counts, first));
  const failures = kept.map((counts) =>
    classIndex === null ? totalOf(counts) : totalOf(counts) - votesOf(counts, classIndex),
  );
  return { image, label, classIndex, right: label === null ? null : label === classIndex, kept, failures };
}

/** Returns the population that a drawing shows: of each image the share of failures in all samples behind the selection. */
export function populationOf({ name, noise, sizes, images }: Drawing): Population {
  const n = sizes.at(-1)!;
  return {
    name,
    noise,
    images: images.map(({ failures, right }) => ({ delta: failures.at(-1)! / n, right })),
  };
}
