import { clopperPearsonLower, normalQuantile } from './binomial.js';
import type { LinearModel } from './linear-model.js';

/**
 * CERTIFY of Cohen, Rosenfeld and Kolter (ICML 2019, Figure 1), written from its definition in plain TypeScript: its own
 * noise, model, bound and quantile, nothing shared with what it is compared with.
 */
export interface Reference {
  /** Class, or null for ABSTAIN. */
  readonly class: number | null;
  readonly radius: number;
  /** Votes for the chosen class among the n samples that bound it. */
  readonly votes: number;
}

/** Standard normal numbers: Marsaglia's polar method on a 32-bit generator (mulberry32). */
export function normalNumbers(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  };
}

export function referenceCertify(
  model: LinearModel,
  image: Float32Array,
  { sigma, n0, n, alpha }: { sigma: number; n0: number; n: number; alpha: number },
  normal: () => number,
): Reference {
  const sampleUnderNoise = (samples: number) => {
    const votes = Array.from(model.bias, () => 0);
    for (let i = 0; i < samples; i++) votes[classOfNoisy(model, image, sigma, normal)]! += 1;
    return votes;
  };
  const selection = sampleUnderNoise(n0);
  const chosen = selection.indexOf(Math.max(...selection));
  const votes = sampleUnderNoise(n)[chosen]!;
  const lower = clopperPearsonLower(votes, n, alpha);
  return lower > 0.5
    ? { class: chosen, radius: sigma * normalQuantile(lower), votes }
    : { class: null, radius: 0, votes };
}

function classOfNoisy(
  { weights, bias }: LinearModel,
  image: Float32Array,
  sigma: number,
  normal: () => number,
): number {
  const scores = Float64Array.from(bias);
  for (let i = 0; i < image.length; i++) {
    const pixel = image[i]! + sigma * normal();
    for (let c = 0; c < scores.length; c++) scores[c]! += weights[c * image.length + i]! * pixel;
  }
  return scores.indexOf(Math.max(...scores));
}
