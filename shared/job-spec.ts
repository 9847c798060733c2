import type { JobNames } from './job-names.js';
import type { BoundName, Device, Layout, NoiseKind, Normalisation, RuleName, StoppingRule } from './job.js';

/** A file that a model keeps weights in: its path relative to the model, and its sha256 (hex). */
export interface WeightFile {
  readonly path: string;
  readonly digest: string;
}

/** An ONNX classifier by digest (hex), as `readModel` makes it. */
export interface ModelReference {
  readonly digest: string;
  /** sha256 (hex) of the model file alone; the same as `digest` where there are no weight files. */
  readonly fileDigest: string;
  readonly weights: readonly WeightFile[];
  /** Address from which the coordinator fetches the model if it has not got it; null: a client uploads it. */
  readonly uri: string | null;
}

/** A canonical data set by its data digest (hex). */
export interface DataReference {
  readonly digest: string;
  readonly uri: string | null;
}

/** Images start, start + step, … below stop. */
export interface JobImages {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/** Returns how many images a range has. */
export const imageCount = ({ start, stop, step }: JobImages): number => Math.ceil((stop - start) / step);

/** Everything of a job that a person chooses, complete and checked; a worker has not prepared the model yet. */
export interface JobSpec {
  readonly model: ModelReference;
  readonly data: DataReference;
  /** Null: all images that the data set holds. */
  readonly images: JobImages | null;
  readonly noise: NoiseKind;
  /** The standard deviation of the noise, in pixels scaled to [0, 1]. */
  readonly sigma: number;
  /** Decimal; null: drawn at creation. */
  readonly seed: string | null;
  readonly normalisation: Normalisation;
  readonly layout: Layout | 'auto';
  /** Null: the only output that fits. */
  readonly output: string | null;
  /** Null: the worker that prepares the model chooses it. */
  readonly batch: number | null;
  readonly device: Device;
  readonly alpha: number;
  readonly bound: BoundName;
  readonly stop: StoppingRule;
  readonly maxSamples: number;
  /** True: radii use a bound on the runner-up's probability, too. */
  readonly runnerUp: boolean;
  /** True: `alpha` is that of all certificates of the job together. */
  readonly simultaneous: boolean;
  /** For display: in no digest of the job. Absent: none are known. */
  readonly names?: JobNames;
}

type LaterFields = Pick<JobSpec, 'noise' | 'runnerUp' | 'simultaneous'>;

/** Returns the fields of a spec that version 0.1.0 did not know, as far as they ask for something. */
export function laterFieldsOf({ noise, runnerUp, simultaneous }: LaterFields): Partial<LaterFields> {
  return {
    ...(noise === SPEC_DEFAULTS.noise ? {} : { noise }),
    ...(runnerUp ? { runnerUp } : {}),
    ...(simultaneous ? { simultaneous } : {}),
  };
}

/** The bound of each stopping rule unless another one is named. */
export const DEFAULT_BOUNDS = {
  gain: 'spending',
  target: 'anytime',
  'two-stage': 'clopper-pearson',
  fixed: 'clopper-pearson',
  budget: 'spending',
  predict: 'anytime',
} as const satisfies Record<RuleName, BoundName>;

export const RULE_NAMES = Object.keys(DEFAULT_BOUNDS) as [RuleName, ...RuleName[]];

/** Defaults of a job spec. `minGain`: noise scales of radius per 1,000 samples; `selection`: samples (`fixed`). */
export const SPEC_DEFAULTS = {
  noise: 'gaussian',
  alpha: 0.001,
  maxSamples: 100_000,
  minGain: 0.02,
  selection: 100,
} as const;
