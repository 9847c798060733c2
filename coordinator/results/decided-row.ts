import { NO_COUNTS, totalOf, type Counts } from '../../shared/counts.js';
import type { BoundName, Claim } from '../../shared/job.js';
import { imageAlpha, togetherOf, type Together } from '../../statistics/simultaneous.js';

/**
 * The fields that every line of results.jsonl has, of a certificate and of a prediction: a function of the job and the counts alone. It holds
 * no time, no host and nothing else that another run of the same job could write differently.
 */
export interface DecidedRow {
  readonly image: number;
  /** Name of its file; only where that is known, as are the names of its label and its class. */
  readonly file?: string;
  readonly label: number | null;
  readonly label_name?: string;
  /** The class that is certified or predicted; null without one. */
  readonly class: number | null;
  /** Name of the class, of an approximation that of its own. */
  readonly class_name?: string;
  /** True if that class is the label; null without one of them. */
  readonly correct: boolean | null;
  /** The image gets a wrong certificate, or a wrong class, with at most this probability. */
  readonly alpha: number;
  /** Only of a claim about all images together: any of so many is wrong with at most the probability `alpha` in it. */
  readonly simultaneous?: Together;
  readonly bound: BoundName;
  /** Why no more samples were drawn, or the code of the failure. */
  readonly stop: string;
  /** Sentence of a failure, or on an approximation without a radius. */
  readonly detail?: string;
  /** Samples that the decision rests on: [0, samples) of the image. */
  readonly samples: number;
  /** Range of the samples whose counts prove the outcome; null where nothing is proved. */
  readonly proved_by: { readonly begin: number; readonly end: number } | null;
  /** Counts of that range, or of all samples where nothing is proved; of an approximation, those it is made from. */
  readonly counts: Counts;
  /** Counts of [0, n) at every look taken; of `two-stage` behind the pilot and at the end. The last n of `budget` may be between two looks. */
  readonly looks: readonly (Counts & { readonly n: number })[];
}

/** Returns what a row says of the claim, in the order of its keys. */
export function claimedOf(claim: Claim): Pick<DecidedRow, 'alpha' | 'simultaneous' | 'bound'> {
  const together = togetherOf(claim);
  return {
    alpha: imageAlpha(claim),
    ...(together === null ? {} : { simultaneous: together }),
    bound: claim.bound,
  };
}

/** Returns what a row says of the samples before each look that was taken. */
export function drawnOf(prefixes: readonly Counts[]): Pick<DecidedRow, 'samples' | 'looks'> {
  return {
    samples: totalOf(prefixes.at(-1) ?? NO_COUNTS),
    looks: prefixes.map((counts) => ({ n: totalOf(counts), ...counts })),
  };
}
