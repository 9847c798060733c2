import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson, type Job } from '../../shared/job.js';
import type { JobSpec } from '../../shared/job-spec.js';
import { scaleOf } from '../../statistics/noises/scale.js';

/**
 * Returns the parts of a job that are not as its spec asks for: what a server says that it draws and claims, against what it says was asked.
 * What a spec leaves to the server (batch, layout, output) is not compared. Looks are by their last one alone: versions may place others elsewhere.
 */
export function partsOtherThanAsked({ draw, claim }: Job, spec: JobSpec): readonly string[] {
  const { selection = 0 } = claim.stop.kind === 'fixed' ? claim.stop : {};
  const pairs: Readonly<Record<string, readonly [there: unknown, asked: unknown]>> = {
    'the model': [draw.modelDigest, spec.model.digest],
    'the data set': [draw.dataDigest, spec.data.digest],
    '--noise': [draw.noise.kind, spec.noise],
    '--sigma': [draw.noise.scale, scaleOf(spec.noise, spec.sigma)],
    '--seed': [draw.seed, spec.seed ?? draw.seed],
    'the normalisation': [draw.normalisation, spec.normalisation],
    '--layout': [draw.layout, spec.layout === 'auto' ? draw.layout : spec.layout],
    '--output': [draw.output, spec.output ?? draw.output],
    '--batch': [draw.batch, spec.batch ?? draw.batch],
    '--alpha': [claim.alpha, spec.alpha],
    '--bound': [claim.bound, spec.bound],
    '--stop': [claim.stop, spec.stop],
    '--max-samples': [claim.looks.at(-1)! - selection, spec.maxSamples],
    '--images': [claim.images, spec.images ?? claim.images],
    '--runner-up': [claim.runnerUp ?? false, spec.runnerUp],
    '--simultaneous': [claim.simultaneous ?? false, spec.simultaneous],
  };
  return Object.keys(pairs).filter((name) => {
    const [there, asked] = pairs[name]!;
    return canonicalJson(there) !== canonicalJson(asked);
  });
}

/** @throws PROTOCOL_MISMATCH if a server draws or claims something else than was asked for */
export function refuseOtherThanAsked(id: string, job: Job, spec: JobSpec): void {
  const parts = partsOtherThanAsked(job, spec);
  if (parts.length === 0) return;
  throw new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `The server draws or claims something else for ${id} than was asked for; what differs: ${parts.join(', ')}.`,
    'Run the same version of smoothcert everywhere.',
  );
}
