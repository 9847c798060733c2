import { PROTOCOL, type Job } from '../../shared/job.js';
import type { JobImages, JobSpec } from '../../shared/job-spec.js';
import { otherNoise } from '../../shared/other-noise.js';
import type { Prepared } from '../../shared/preparation.js';
import { fitsNoise } from '../../statistics/noises/lattice.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { claimOf, type ClaimSpec } from './claim-of.js';

/**
 * The job that was asked for, once a worker has looked at the model: a function of its arguments alone, so that one machine and a
 * cluster make the same job of the same request. @throws PROTOCOL_MISMATCH if the worker draws no noise that this version knows
 */
export function jobOf(
  spec: ClaimSpec & Pick<JobSpec, 'normalisation' | 'noise' | 'sigma' | 'device'> & { readonly seed: string },
  dataDigest: string,
  images: JobImages,
  prepared: Prepared,
): Job {
  const { seed, normalisation, noise, sigma } = spec;
  const claim = claimOf(spec, images);
  const { modelDigest, layout, output, classes, batch, numericClass, generator, lattice } = prepared;
  const drawn = {
    kind: noise,
    scale: scaleOf(noise, sigma),
    generator: generator.name,
    version: generator.version,
  };
  // A lattice that is not that of the noise would state another error of its law.
  if (lattice === undefined || !fitsNoise({ ...drawn, lattice })) throw otherNoise(drawn);
  return {
    protocol: PROTOCOL,
    draw: {
      modelDigest,
      dataDigest,
      seed,
      normalisation,
      noise: { ...drawn, lattice },
      layout,
      output,
      classes,
      batch,
      numericClass,
      numeric: spec.device === 'cpu' && prepared.steady ? 'same' : 'any',
      segments: claim.looks,
    },
    claim,
  };
}
