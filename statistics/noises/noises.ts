import type { NoiseKind } from '../../shared/job.js';
import { gaussian } from './gaussian.js';
import { laplace } from './laplace.js';
import type { Noise } from './noise.js';
import { uniform } from './uniform.js';

/** Every noise. Names stand in shared/job.ts; a name without a noise does not compile. */
export const NOISES: Readonly<{ [Name in NoiseKind]: Noise & { readonly name: Name } }> = {
  gaussian,
  laplace,
  uniform,
};
