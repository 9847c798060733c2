import { isComplete, isLabelled } from '../../analysis/results/counted.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import type { OutcomeKind } from '../../analysis/results/set-numbers.js';
import { whole } from '../../shared/written-numbers.js';

/** The words of figures and tables of results. */

/** The name of the share of images that count, by whether labels are known. */
export interface ShareText {
  readonly title: string;
  readonly short: string;
  /** Of an image that counts: "certified and right". */
  readonly counted: string;
}

const ACCURACY: ShareText = {
  title: 'Certified accuracy',
  short: 'certified accuracy',
  counted: 'certified and right',
};
const SHARE: ShareText = { title: 'Certified share', short: 'certified share', counted: 'certified' };
const MIXED: ShareText = {
  title: 'Certified accuracy, or share',
  short: 'certified accuracy, without labels share',
  counted: 'certified and, where there are labels, right',
};

/** Returns the words for the share of images that count: accuracy with labels, share without. */
export function textOf(sets: readonly ResultSet[]): ShareText {
  if (sets.every(isLabelled)) return ACCURACY;
  return sets.some(isLabelled) ? MIXED : SHARE;
}

export const shareNow = (sets: readonly ResultSet[]): string => textOf(sets).short;

/** Returns a sentence about jobs that have not ended, with a space before it; nothing if all have. */
export function soFarWords(sets: readonly ResultSet[]): string {
  const open = sets.filter((set) => !isComplete(set));
  if (open.length === 0) return '';
  const ended = open.reduce((sum, { results }) => sum + results.length, 0);
  const images = open.reduce((sum, set) => sum + set.images, 0);
  return ` So far ${whole(ended)} of ${whole(images)} images have ended; the others count as not certified, and those that end first are not like them.`;
}

/** Words for the kinds of outcome. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  'certified-right': 'certified, right',
  'certified-wrong': 'certified, wrong',
  certified: 'certified',
  'predicted-right': 'predicted, right',
  'predicted-wrong': 'predicted, wrong',
  predicted: 'predicted',
  approximate: 'approximate, no certificate',
  abstained: 'abstained',
  failed: 'failed',
  'not-ended': 'not ended',
};

/** Words for the reasons why no more was drawn of an image; of failed ones the code stands for itself. */
const STOP_WORDS: Readonly<Record<string, string>> = {
  gain: 'little to gain',
  abstain: 'not worth more samples',
  certified: 'all radii certified',
  futile: 'more is out of reach',
  planned: 'as planned',
  budget: 'samples used up',
  decided: 'class decided',
};

/** Returns why images ended, in words. */
export const stopWords = (outcome: string, stop: string): string =>
  `${outcome}: ${(Object.hasOwn(STOP_WORDS, stop) ? STOP_WORDS[stop] : undefined) ?? stop}`;
