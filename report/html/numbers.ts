import type { ImageResult, ResultSet } from '../../analysis/results/result-set.js';
import { printDown } from '../../statistics/radius.js';
import { whole } from '../../shared/written-numbers.js';

/** Numbers as a report writes them. */

/** Returns a share of images with its count: "290 (96.6 %)", rounded down, as nothing is said that was not reached. */
export const ofImages = (count: number, images: number): string =>
  `${whole(count)} (${percentDown(count / images)})`;

/** Returns a share as a percentage with one digit, rounded down. */
export const percentDown = (share: number): string => `${printDown(100 * share, 1)} %`;

/** Returns a count with its noun: "1 image", "2,000 images". */
export const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Counts of the outcomes of a set. */
export interface Tally {
  /** True if at least one label is known. */
  readonly labelled: boolean;
  readonly ended: number;
  readonly certified: number;
  readonly predicted: number;
  readonly approximate: number;
  /** Certified or predicted, and as the label says, or not. */
  readonly right: number;
  readonly wrong: number;
  readonly abstained: number;
  readonly failed: number;
  readonly samples: number;
}

/** Returns how the images of a set have ended. */
export function tallyOf({ results }: ResultSet): Tally {
  const count = (holds: (result: ImageResult) => boolean) => results.filter(holds).length;
  const outcome = (name: ImageResult['outcome']) => count((result) => result.outcome === name);
  return {
    labelled: results.some(({ label }) => label !== null),
    ended: results.length,
    certified: outcome('certified'),
    predicted: outcome('predicted'),
    approximate: outcome('approximate'),
    right: count(({ correct }) => correct === true),
    wrong: count(({ correct }) => correct === false),
    abstained: outcome('abstained'),
    failed: outcome('failed'),
    samples: results.reduce((sum, { samples }) => sum + samples, 0),
  };
}

/** Returns how many images are certified to at least a radius, as their label where labels are known. */
export const reaching = ({ results }: ResultSet, radius: number, labelled: boolean): number =>
  results.filter(
    (one) => one.outcome === 'certified' && one.radius >= radius && (labelled ? one.correct === true : true),
  ).length;
