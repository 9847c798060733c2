import type { Resting } from '../../analysis/populations/counted-image.js';
import type { Population } from '../../analysis/populations/population.js';
import type { AnswerRanges } from '../../analysis/plan/answer-range.js';
import type { Answer } from '../../analysis/plan/answers.js';
import type { Rates } from '../../analysis/plan/cost.js';
import type { PlanRow } from '../../analysis/plan/plan-rows.js';
import type { TriedAlpha } from '../../analysis/populations/table-population.js';

/** Where the images of a plan come from, for a person and for --json. */
export interface PlanSource {
  readonly kind: 'prior' | 'results' | 'pilot' | 'cohen-tsv';
  readonly name: string;
  readonly population: Population;
  /** Images; a population may hold each in several parts. */
  readonly images: number;
  /** The level of the source itself; null: it has none. */
  readonly alpha: number | null;
  readonly sigma: number;
  readonly labelled: boolean;
  /** Samples that the probabilities rest on; null of a prior. */
  readonly resting: Resting | null;
  readonly tried: readonly TriedAlpha[];
  readonly notes: readonly string[];
  /** Sentences without which the answers would be believed too much: they stand before them. */
  readonly warnings: readonly string[];
}

/** An answer, and how far it depends on what is not known of images that never failed; null where nothing does. */
export type RangedAnswer = Answer & { readonly ranges: AnswerRanges | null };

/** The plan of one source. */
export interface OnePlan {
  readonly source: PlanSource;
  readonly rates: Rates;
  /** Hours that are asked about; null: none. */
  readonly hours: number | null;
  /** Wanted radii, ascending. */
  readonly radii: readonly number[];
  /** Further radii, of rows of `fixed` alone; empty but for Gaussian noise. */
  readonly compared: readonly number[];
  /** By α: the average certified radius of `fixed` with n = 100,000. */
  readonly references: ReadonlyMap<number, number>;
  readonly answers: readonly RangedAnswer[];
  readonly rows: readonly PlanRow[];
}
