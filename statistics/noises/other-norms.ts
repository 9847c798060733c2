import type { Norm } from '../../shared/job.js';

/** A norm in which a certificate says something: that of its radius, or another one. */
export type AnyNorm = Norm | 'linf';

/** The names of the norms in sentences. */
export const NORM_NAMES = { l1: 'L1', l2: 'L2', linf: 'L∞' } as const satisfies Record<AnyNorm, string>;

/** The worth of a certified radius in another norm. */
export interface OtherNorm {
  readonly norm: AnyNorm;
  /** A radius R is one of R divided by this, as text: "1", "√3072", "3072". */
  readonly divisor: string;
  /** A radius R is one of R times this: 1 / divisor, rounded down. */
  readonly factor: number;
}

/** Far above the error of a root and a division. */
const FACTOR_DEFLATION = 1 - 1e-12;

/**
 * Returns what follows in the other norms from a radius R in `norm`, for inputs of `dimension` ≥ 1 elements: the largest balls of these
 * norms inside the certified one. ‖x‖₂ ≤ ‖x‖₁ and ‖x‖₂ ≤ √d ‖x‖∞; ‖x‖₁ ≤ √d ‖x‖₂ and ‖x‖₁ ≤ d ‖x‖∞.
 */
export function otherNorms(norm: Norm, dimension: number): readonly OtherNorm[] {
  const root = {
    divisor: `√${dimension}`,
    factor: dimension === 1 ? 1 : FACTOR_DEFLATION / Math.sqrt(dimension),
  };
  switch (norm) {
    case 'l2':
      return [
        { norm: 'l1', divisor: '1', factor: 1 },
        { norm: 'linf', ...root },
      ];
    case 'l1':
      return [
        { norm: 'l2', ...root },
        {
          norm: 'linf',
          divisor: `${dimension}`,
          factor: dimension === 1 ? 1 : FACTOR_DEFLATION / dimension,
        },
      ];
  }
}
