import type { BoundName, NoiseKind } from './job-options.js';

/** A number of samples under one rule, and what it gives to the images of a plan. Shares are of all images, radii in the units of σ. */
export interface PlanRow {
  readonly rule: string;
  readonly bound: BoundName;
  readonly n: number;
  readonly alpha: number;
  readonly min_gain: number | null;
  readonly n0: number | null;
  readonly targets: readonly string[] | null;
  readonly acr: number | null;
  readonly mean_radius: number | null;
  readonly mean_samples: number;
  readonly total_samples: number;
  readonly abstained: number;
  readonly farthest: number;
  readonly certified_accuracy: readonly { readonly radius: number; readonly share: number }[];
  readonly hours: number | null;
  readonly cost: number | null;
  readonly radius_error: number;
  /** The numbers of the formulas of the paper; null where they give none. */
  readonly paper: Readonly<Record<string, number | readonly string[]>> | null;
}

/** Between what samples an answer lies; `most` null: without an end. */
export interface AnswerRange {
  readonly least: number;
  readonly most: number | null;
}

/** The least samples that answer a question, by rule; null where no plan of the rule does. */
export interface PlanAnswer {
  readonly question:
    | { readonly kind: 'loss'; readonly loss: number; readonly acr: number }
    | { readonly kind: 'reach'; readonly radius: string; readonly share: number; readonly limit: number }
    | { readonly kind: 'affordable'; readonly samples: number };
  readonly fixed: PlanRow | null;
  readonly gain: PlanRow | null;
  readonly target: PlanRow | null;
  readonly ranges: Readonly<Record<'fixed' | 'gain' | 'target', AnswerRange | null>> | null;
}

/** The plan of one source: what `smoothcert plan --json` prints. */
export interface Plan {
  readonly source: {
    readonly kind: 'prior' | 'results' | 'pilot' | 'cohen-tsv';
    readonly name: string;
    readonly alpha: number | null;
    readonly sigma: number;
    readonly noise: NoiseKind;
    readonly images: number;
    readonly labelled: boolean;
    readonly samples_behind: {
      readonly least: number;
      readonly median: number;
      readonly most: number;
    } | null;
    readonly tried_alphas: readonly { readonly alpha: number; readonly unexplained: number }[];
    readonly notes: readonly string[];
    readonly warnings: readonly string[];
  };
  readonly planned_images: number;
  readonly samples_per_second: number | null;
  readonly answers: readonly PlanAnswer[];
  readonly rows: readonly PlanRow[];
}
