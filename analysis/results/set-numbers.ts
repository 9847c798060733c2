import { isLabelled, provesRadii } from './counted.js';
import type { ImageResult, ResultSet } from './result-set.js';

/** The kinds of outcome that are told apart, in the order in which they are shown. */
export const OUTCOME_KINDS = [
  'certified-right',
  'certified-wrong',
  'certified',
  'predicted-right',
  'predicted-wrong',
  'predicted',
  'approximate',
  'abstained',
  'failed',
  'not-ended',
] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** Returns the kind of outcome of an image: with a label, certificates and predictions that are right are told from those that are wrong. */
export function outcomeKind({ outcome, correct }: Pick<ImageResult, 'outcome' | 'correct'>): OutcomeKind {
  if (outcome !== 'certified' && outcome !== 'predicted') return outcome;
  if (correct === null) return outcome;
  return correct ? `${outcome}-right` : `${outcome}-wrong`;
}

/** Returns how many images of a job have each kind of outcome. */
export function outcomeCounts({ images, results }: ResultSet): ReadonlyMap<OutcomeKind, number> {
  const counts = new Map<OutcomeKind, number>();
  for (const result of results) addTo(counts, outcomeKind(result));
  if (results.length < images) counts.set('not-ended', images - results.length);
  return counts;
}

/** So many images of one outcome ended for one reason. */
export interface StopCount {
  readonly outcome: ImageResult['outcome'];
  /** The reason as results.jsonl has it; of failed images a code. */
  readonly stop: string;
  readonly count: number;
}

/** Returns how many images ended with each outcome for each reason, the most frequent first within an outcome. */
export function stopCounts({ results }: ResultSet): StopCount[] {
  const counts = new Map<string, StopCount>();
  for (const { outcome, stop } of results) {
    const key = `${outcome} ${stop}`;
    counts.set(key, { outcome, stop, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const order: readonly string[] = OUTCOME_KINDS;
  const byOutcome = (a: StopCount, b: StopCount) => order.indexOf(a.outcome) - order.indexOf(b.outcome);
  return [...counts.values()].sort((a, b) => byOutcome(a, b) || b.count - a.count || compare(a.stop, b.stop));
}

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

function addTo<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Means of the radii of a job, over ALL its images: 0 without a certificate. */
export interface MeanRadii {
  /** Average certified radius: 0, too, where the class is not the label; null without labels. */
  readonly acr: number | null;
  /** Right or wrong. */
  readonly mean: number;
}

/** Returns the means of the radii; null where no radius is proved, and of `target`, which asks for no radius beyond those named. */
export function meanRadii(set: ResultSet): MeanRadii | null {
  const { images, results, job } = set;
  if (!provesRadii(set) || job.claim.stop.kind === 'target') return null;
  const sum = (counts: (result: ImageResult) => boolean) =>
    results.reduce((all, result) => (counts(result) ? all + result.radius : all), 0);
  const acr = isLabelled(set) ? sum(({ correct }) => correct === true) / images : null;
  return { acr, mean: sum(() => true) / images };
}

/** The samples of the images that have ended and have not failed. */
export interface SampleNumbers {
  /** Such images, at least 1. */
  readonly images: number;
  readonly sum: number;
  readonly median: number;
  readonly most: number;
}

/** Returns the samples that the outcomes of a job rest on; null if no image has ended without failing. */
export function sampleNumbers({ results }: ResultSet): SampleNumbers | null {
  const samples = samplesOf(results);
  if (samples.length === 0) return null;
  return {
    images: samples.length,
    sum: samples.reduce((all, n) => all + n, 0),
    median: samples[(samples.length - 1) >> 1]!,
    most: samples.at(-1)!,
  };
}

/** Returns the samples of each image that has not failed, ascending. */
export const samplesOf = (results: readonly ImageResult[]): number[] =>
  results
    .filter(({ outcome }) => outcome !== 'failed')
    .map(({ samples }) => samples)
    .sort((a, b) => a - b);
