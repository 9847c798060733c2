import { createHash } from 'node:crypto';

/** Layouts of a model's input behind its batch axis. */
export const LAYOUTS = ['nchw', 'nhwc', 'flat'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Where a model can run: one execution provider, never another one silently. */
export const DEVICES = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'] as const;
export type Device = (typeof DEVICES)[number];

/** The name of the generator that draws noise on a lattice. */
export const LATTICE_GENERATOR = 'philox4x32-10/lattice';

/** The noises; statistics/noises has a file for each. */
export const NOISE_KINDS = ['gaussian', 'laplace', 'uniform'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

/** The norms that radii are measured in. */
export type Norm = 'l1' | 'l2';

/**
 * The lattice that noisy inputs lie on: all whole multiples of `step`. The noise moves each element by a whole number of steps, so that
 * nothing of what is claimed is lost to rounding. Texts where a double would not be exact.
 */
export interface Lattice {
  /** Distance of neighbouring points in units of the data: a fraction in lowest terms, "1/510", "2". */
  readonly step: string;
  /** Scale of the noise in steps: an exact plain decimal, "63.75". */
  readonly ratio: string;
  /** The noise moves an element by at most so many steps. 1 to 2^31 − 1. */
  readonly largest: number;
  /** Elements of an input. 1 to 2^32 − 1. */
  readonly dimension: number;
}

/**
 * The noise that is added to every pixel. `scale` is that of the kind (σ of Gaussian noise, λ of the others), in units of pixels scaled to
 * [0, 1] before normalisation; statistics/noises/scale.ts makes it of a standard deviation.
 */
export interface NoiseSpec {
  readonly kind: NoiseKind;
  readonly scale: number;
  readonly generator: string;
  readonly version: number;
  /** Absent in jobs of version 0.1.0 only, whose noise was drawn in floating point. */
  readonly lattice?: Lattice;
}

/** The input that the model takes, given pixels in [0, 1]: (pixel · inputScale − mean) / std, per channel. */
export interface Normalisation {
  readonly inputScale: number;
  /** One value for each channel, or one for all. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Everything that a worker must know to draw a sample, and nothing about α, bounds, radii or stopping. */
export interface DrawSpec {
  /** sha256 (hex) of the model file as given. */
  readonly modelDigest: string;
  /** sha256 (hex) of the list of chunk digests of the canonical data set. */
  readonly dataDigest: string;
  readonly noise: NoiseSpec;
  /** Decimal, 0 to 2^64 − 1. */
  readonly seed: string;
  readonly normalisation: Normalisation;
  readonly layout: Layout;
  /** Name of the model output that holds one score a class. */
  readonly output: string;
  /** Number of classes K: the length of that output's last axis. */
  readonly classes: number;
  /** Rows of every run of the model; never another number. */
  readonly batch: number;
  /** Provider, device model or CPU instruction set, ONNX Runtime version. */
  readonly numericClass: string;
  /** `same`: only children whose probe logits are bit-equal draw for this job. `any`: near-ties may differ. */
  readonly numeric: 'same' | 'any';
  /** Ends of the segments between looks, ascending; the shard grid follows from it (shards.ts). */
  readonly segments: readonly number[];
}

/** The bounds; statistics/bounds has a file for each. `clt` proves nothing: what it gives is marked approximate and never called a certificate. */
export const BOUND_NAMES = ['spending', 'anytime', 'clopper-pearson', 'clt', 'two-sided'] as const;
export type BoundName = (typeof BOUND_NAMES)[number];

/** Decides at a look whether to draw on. */
export type StoppingRule =
  /** Stop when 1,000 further samples are forecast to gain less than `minGain` noise-scale units of radius. */
  | { readonly kind: 'gain'; readonly minGain: number }
  /** Stop when the largest of these radii is certified, or the next one is out of reach; ascending, as written. */
  | { readonly kind: 'target'; readonly radii: readonly string[] }
  /** A pilot chooses the class and how many fresh samples bound it, at the price `minGain`. */
  | { readonly kind: 'two-stage'; readonly minGain: number }
  /**
   * Cohen et al.'s CERTIFY: `selection` samples choose the class, the rest bound it. With `keepCounts` the counts are kept at the looks between, which decide
   * nothing.
   */
  | { readonly kind: 'fixed'; readonly selection: number; readonly keepCounts?: true }
  /** Spend `totalSamples` on all images of the job together, always on those that are forecast to gain most. */
  | { readonly kind: 'budget'; readonly totalSamples: number }
  /** No radius: stop when the class is decided. */
  | { readonly kind: 'predict' };

export type RuleName = StoppingRule['kind'];

/** The claim that is made from the counts; only the coordinator knows it. */
export interface Claim {
  /** Probability of a wrong certificate: per image, or of any in the job if it is `simultaneous`. At most 1/4. */
  readonly alpha: number;
  readonly bound: BoundName;
  readonly stop: StoppingRule;
  /** Numbers of samples at which an image may be decided, ascending; the last one is the budget per image. */
  readonly looks: readonly number[];
  /** Images by index in the data set: start, start + step, … below stop. */
  readonly images: { readonly start: number; readonly stop: number; readonly step: number };
  /**
   * Of `spending`: the gain (noise scales of radius per 1,000 samples) that the shares of its looks are matched to. Absent in jobs of version
   * 0.1.0 only, whose looks have even shares.
   */
  readonly matchedGain?: number;
  /** Present if radii use a bound on the runner-up's probability, too. */
  readonly runnerUp?: true;
  /** Present if `alpha` is that of all certificates of the job together. */
  readonly simultaneous?: true;
}

/** One evaluation. Immutable once created; two jobs with the same digest have the same certificates. */
export interface Job {
  readonly protocol: 1;
  readonly draw: DrawSpec;
  readonly claim: Claim;
}

export const PROTOCOL = 1;

/** Returns canonical JSON: keys sorted, no white space, every number as a decimal string (its shortest exact form). */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Returns the sha256 (hex) of the job's canonical JSON. */
export function jobDigest({ draw, claim }: Job): string {
  return jobDigestOf(draw, canonicalJson(claim));
}

/**
 * Returns the digest of a job whose claim is known as canonical JSON only. No other claim text can turn one draw spec into the
 * digest of a job with another one: `,"draw":` stands once in the canonical JSON of a job, as quotes within texts are escaped.
 */
export function jobDigestOf(draw: DrawSpec, claim: string): string {
  const text = `{"claim":${claim},"draw":${canonicalJson(draw)},"protocol":${canonicalJson(PROTOCOL)}}`;
  return createHash('sha256').update(text).digest('hex');
}

/** Returns the indices of the job's images, ascending. */
export function imagesOf(claim: Claim): number[] {
  const { start, stop, step } = claim.images;
  const indices: number[] = [];
  for (let image = start; image < stop; image += step) indices.push(image);
  return indices;
}
