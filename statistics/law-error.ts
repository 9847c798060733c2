import type { Lattice } from '../shared/job.js';

/** Every threshold of the sampler is a multiple of this probability. */
const RESOLUTION = 2 ** -64;

/**
 * Returns t = d · (2M + 1) · 2^-64: no probability of the noise that is drawn is farther from that of the exact law. One element takes one of
 * 2M + 1 values, each with a probability within 2^-64 of the exact one; what lies beyond M steps, of probability below 2^-65, counts as M.
 * In total variation that is at most (M + 1) · 2^-64. The d elements of an input are independent, so that their errors add up.
 *
 * 0 without a lattice: jobs of version 0.1.0 state no such error, and are folded as they were.
 */
export function lawError(lattice: Lattice | undefined): number {
  return lattice === undefined ? 0 : lattice.dimension * (2 * lattice.largest + 1) * RESOLUTION;
}
