import type { NoiseSpec } from '../../shared/job.js';
import type { CountedImage, Population } from '../../analysis/populations/population.js';
import type { TriedAlpha } from '../../analysis/populations/table-population.js';
import type { PlanConfig } from './plan-config.js';

/** The flags that say what a file does not. */
export type SourceFlags = Pick<PlanConfig, 'sigma' | 'noise' | 'tableSamples' | 'alphas'>;

/** The images of a plan as they were read, before it is known how many samples are asked about. */
export interface ReadSource {
  readonly kind: 'results' | 'pilot' | 'cohen-tsv';
  /** For a person: the name of the folder or file. */
  readonly name: string;
  readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>;
  /** Null: it does not say. */
  readonly alpha: number | null;
  readonly counted: readonly CountedImage[];
  /** Images that failed: they get no certificate under any rule. */
  readonly failed: number;
  /** Of a TSV: the levels that were tried, and rows that each does not explain. */
  readonly tried: readonly TriedAlpha[];
  /** Sentences that a person must know to judge the figures. */
  readonly notes: readonly string[];
  /** Of a pilot: what the check of its input found; null: nothing. */
  readonly warning: string | null;
  /** Samples a second, where they were measured. */
  readonly rate: number | null;
}

/** The images of a plan: assumed, or read. */
export type PlanImages = { readonly kind: 'prior'; readonly population: Population } | ReadSource;
