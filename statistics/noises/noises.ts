import type { NoiseKind } from '../../shared/job.js';
import { gaussian } from './gaussian.js';
import type { Noise } from './noise.js';

/** Every noise. Names stand in shared/job.ts; a name without a noise does not compile. */
export const NOISES: Readonly<{ [Name in NoiseKind]: Noise & { readonly name: Name } }> = { gaussian };
