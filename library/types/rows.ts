import type { BoundName } from './job-options.js';

/** Votes over a range of samples: those of each class, and invalid ones (a score that is NaN or +∞). */
export interface Counts {
  /** Classes with a vote, ascending. */
  readonly classes: readonly number[];
  /** Votes of each of them. */
  readonly votes: readonly number[];
  readonly invalid: number;
}

/** The fields that the rows of certificates and of predictions have; names and order are those of results.jsonl. */
export interface Row {
  /** Index of the image in the data set. */
  readonly image: number;
  /** Its file, where that is known. */
  readonly file?: string;
  readonly label: number | null;
  readonly label_name?: string;
  /** The class that is certified or predicted; null without one. */
  readonly class: number | null;
  readonly class_name?: string;
  /** True if that class is the label; null without one of them. */
  readonly correct: boolean | null;
  /** The image gets a wrong certificate, or a wrong class, with at most this probability. */
  readonly alpha: number;
  /** Only of a claim about all images together. */
  readonly simultaneous?: { readonly alpha: number; readonly images: number };
  readonly bound: BoundName;
  /** Why no more samples were drawn, or the code of the failure. */
  readonly stop: string;
  /** A sentence on a failure, or on an approximation without a radius. */
  readonly detail?: string;
  /** Samples that the decision rests on. */
  readonly samples: number;
  /** Range of the samples whose counts prove the outcome; null where nothing is proved. */
  readonly proved_by: { readonly begin: number; readonly end: number } | null;
  /** Counts of that range, or of all samples where nothing is proved. */
  readonly counts: Counts;
  /** Counts of the first n samples at every look that was taken. */
  readonly looks: readonly (Counts & { readonly n: number })[];
}

/** The certificate of one image. */
export interface Certificate extends Row {
  /** 'approximate' is no certificate: the normal approximation proves nothing. */
  readonly outcome: 'certified' | 'approximate' | 'abstained' | 'failed';
  /** In pixels of [0, 1], rounded down; the certified ball is open. 0 without a certificate. */
  readonly radius: number;
  /** Only of a certificate of 'target': the radius as the job has it, digit by digit. */
  readonly target?: string;
  readonly approximate_class?: number;
  readonly approximate_radius?: number | null;
  readonly norm: 'l1' | 'l2';
  /** Upper bound on the probability that a sample votes otherwise, rounded up; null without a certificate. */
  readonly delta_upper: string | null;
  /** 1 − delta_upper. */
  readonly p_lower: string | null;
  /** Only of a job with the runner-up; null without a certificate. */
  readonly runner_up?: {
    readonly class_votes: number;
    /** The class with most other votes, or 'invalid' ones; null if no sample voted otherwise. */
    readonly outcome: number | 'invalid' | null;
    readonly votes: number;
    readonly p_upper: string;
    readonly radius_of_class_alone: number;
  } | null;
}

/** The prediction of one image: a class, and no radius. */
export interface Prediction extends Row {
  readonly outcome: 'predicted' | 'abstained' | 'failed';
  /** The smallest level at which the counts refute that the class is no more likely than another outcome; null without a prediction. */
  readonly p_value: string | null;
}
