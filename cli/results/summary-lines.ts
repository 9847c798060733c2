import type { Claim } from '../../shared/job.js';
import { namedLines, outputColumns } from '../command/hanging-lines.js';
import { whole } from '../../shared/written-numbers.js';
import { printDown } from '../../statistics/radius.js';

export { guaranteeLine } from '../../statistics/claim-words.js';

/** Parts that the summaries of certificates and of predictions have in common. */

/** A line of a summary: its name, and what it says. */
export type Line = readonly [name: string, text: string];

/** Writes a whole number with separators; others are rounded. */
export const number = whole;

export const timeLine = (seconds: number, rate: number): string =>
  `${seconds.toFixed(1)} s, ${number(rate)} samples/s in this run`;

/** Returns the numbers of rows with an outcome, by why no more samples were drawn. */
export function byStop<O extends string>(
  rows: readonly { readonly outcome: O; readonly stop: string }[],
  outcome: O,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { outcome: found, stop } of rows)
    if (found === outcome) counts.set(stop, (counts.get(stop) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Returns the words for a reason; the reason itself where there are none, as of an error's code. */
export const wordsFor = (words: Readonly<Record<string, string>>, stop: string): string =>
  Object.hasOwn(words, stop) ? words[stop]! : stop;

/** The samples of a job, as every summary has them. */
export interface SampleFigures {
  /** Samples that the outcomes rest on, and those of a fixed --max-samples for each image that did not fail; null where none stops early. */
  readonly samples: number;
  readonly usualSamples: number | null;
  /** Half of the decided images took at most so many samples. */
  readonly medianSamples: number;
  /** None of them took more than so many. */
  readonly mostSamples: number;
  /** The total that the images share; null where they share none. */
  readonly totalSamples: number | null;
  /** Decided images of which no sample was drawn: a shared total was spent before, or all of them failed. */
  readonly undrawn: number;
  /** Samples in the ledger: work ahead of a decision included. */
  readonly drawn: number;
}

/** Returns the figures of the samples of some rows. @param drawn samples in the ledger. @param claim of the job */
export function sampleFigures(
  rows: readonly { readonly outcome: string; readonly samples: number }[],
  drawn: number,
  { stop, bound, looks }: Pick<Claim, 'stop' | 'bound' | 'looks'>,
): SampleFigures {
  const samples = rows.map((row) => row.samples).sort((a, b) => a - b);
  const takesTheSame = stop.kind === 'fixed' || bound === 'two-sided';
  return {
    samples: samples.reduce((sum, n) => sum + n, 0),
    usualSamples: takesTheSame ? null : looks.at(-1)! * rows.filter((row) => row.outcome !== 'failed').length,
    medianSamples: samples[(samples.length - 1) >> 1] ?? 0,
    mostSamples: samples.at(-1) ?? 0,
    totalSamples: stop.kind === 'budget' ? stop.totalSamples : null,
    undrawn: samples.filter((n) => n === 0).length,
    drawn,
  };
}

/** Returns a factor of at least 1 as it is printed, rounded down. */
const factor = (value: number): string => (value < 100 ? printDown(value, 1) : number(Math.floor(value)));

/** Returns the samples of a fixed number for each image, and how many times fewer were drawn where it is worth a word. */
function usualWords(usual: number, budget: number, fewer: number): string {
  if (fewer === 1) return `, as many as a fixed ${number(budget)} an image`;
  const words = ` where a fixed ${number(budget)} an image draw ${number(usual)}`;
  return fewer < 1.05 ? words : `${words} (${factor(fewer)} × fewer)`;
}

/** Returns a count of answers, and how many of them the labels confirm. */
export function countsLine(
  count: number,
  { right, wrong }: { readonly right: number | null; readonly wrong: number | null },
): string {
  return right === null || wrong === null || count === 0
    ? number(count)
    : `${number(count)} (${number(right)} right, ${number(wrong)} wrong)`;
}

/** Returns the text of the line `samples`. @param median true if it is to say what half of the images took */
export function samplesLine(s: SampleFigures & { readonly budget: number }, median: boolean): string {
  const fewer =
    s.usualSamples !== null && s.samples > 0 && s.undrawn === 0 ? s.usualSamples / s.samples : null;
  const half = `; half of the images took at most ${number(s.medianSamples)}`;
  const most = s.totalSamples === null ? '' : `, none more than ${number(s.mostSamples)}`;
  const spread = median || s.totalSamples !== null ? half + most : '';
  const planned = s.totalSamples === null ? '' : ` of a total of ${number(s.totalSamples)}`;
  const ahead = s.drawn > s.samples ? `; ${number(s.drawn)} drawn with work ahead` : '';
  // Where images failed, their samples may be more than was saved.
  const usual = fewer === null || fewer < 1 ? '' : usualWords(s.usualSamples!, s.budget, fewer);
  const comma = planned === '' || usual === '' || usual.startsWith(',') ? '' : ',';
  return `${number(s.samples)}${planned}${comma}${usual}${spread}${ahead}`;
}

/** Returns the lines as a table, no wider than the terminal that it is printed on. */
export const renderLines = (lines: readonly Line[]): string => namedLines(lines, outputColumns());
