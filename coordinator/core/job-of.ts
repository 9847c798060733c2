import { PROTOCOL, type Job } from '../../shared/job.js';
import type { JobImages, JobSpec } from '../../shared/job-spec.js';
import type { Prepared } from '../../shared/preparation.js';
import { looksFor } from '../../statistics/schedule.js';
import { compileDecision } from './look.js';

/** The noise of a spec, which names only its scale. */
const NOISE = 'gaussian';

/** The parts of what was asked that say what is claimed. */
type ClaimSpec = Pick<JobSpec, 'alpha' | 'bound' | 'stop' | 'maxSamples'>;

/**
 * The job that was asked for, once a worker has looked at the model: a function of its arguments alone, so that one machine and a
 * cluster make the same job of the same request.
 */
export function jobOf(
  spec: ClaimSpec & Pick<JobSpec, 'normalisation' | 'sigma' | 'device'> & { readonly seed: string },
  dataDigest: string,
  images: JobImages,
  prepared: Prepared,
): Job {
  const { seed, normalisation, sigma } = spec;
  const looks = looksFor(spec.stop, spec.bound, spec.maxSamples);
  const { modelDigest, layout, output, classes, batch, numericClass, generator } = prepared;
  return {
    protocol: PROTOCOL,
    draw: {
      modelDigest,
      dataDigest,
      seed,
      normalisation,
      noise: { kind: NOISE, scale: sigma, generator: generator.name, version: generator.version },
      layout,
      output,
      classes,
      batch,
      numericClass,
      numeric: spec.device === 'cpu' && prepared.steady ? 'same' : 'any',
      segments: looks,
    },
    claim: { alpha: spec.alpha, bound: spec.bound, stop: spec.stop, looks, images },
  };
}

/** Refuses a claim that cannot be made, before anything is read or drawn. @throws SmoothcertError with exit code 2 */
export function refuseImpossibleClaim({
  stop,
  bound,
  maxSamples,
  alpha,
  sigma,
}: ClaimSpec & { sigma: number }): void {
  const looks = looksFor(stop, bound, maxSamples);
  compileDecision(
    { alpha, bound, stop, looks, images: { start: 0, stop: 1, step: 1 } },
    { kind: NOISE, scale: sigma },
  );
}
