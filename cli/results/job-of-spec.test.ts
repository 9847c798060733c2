import { describe, expect, it } from 'vitest';
import type { Job } from '../../shared/job.js';
import type { JobSpec } from '../../shared/job-spec.js';
import { makeJob } from '../../test/support/jobs.js';
import { partsOtherThanAsked, refuseOtherThanAsked } from './job-of-spec.js';

const job: Job = makeJob({ alpha: 0.01 });
const { draw, claim } = job;
const spec: JobSpec = {
  model: { digest: draw.modelDigest, fileDigest: draw.modelDigest, weights: [], uri: null },
  data: { digest: draw.dataDigest, uri: null },
  images: claim.images,
  noise: 'laplace',
  sigma: 0.5,
  seed: draw.seed,
  normalisation: draw.normalisation,
  layout: draw.layout,
  output: draw.output,
  batch: draw.batch,
  device: 'cpu',
  alpha: claim.alpha,
  bound: claim.bound,
  stop: claim.stop,
  maxSamples: claim.looks.at(-1)!,
  runnerUp: false,
  simultaneous: false,
};
/** σ of Laplace noise is √2 of its scale. */
const asked: Job = {
  ...job,
  draw: { ...draw, noise: { ...draw.noise, kind: 'laplace', scale: 0.5 / Math.SQRT2 } },
};

describe('a job that a server describes', () => {
  it('is that of its spec, also where that leaves something to the server', () => {
    expect(partsOtherThanAsked(asked, spec)).toEqual([]);
    const left = { ...spec, seed: null, layout: 'auto', output: null, batch: null, images: null } as const;
    expect(partsOtherThanAsked(asked, left)).toEqual([]);
    const fixed = { ...claim, stop: { kind: 'fixed', selection: 20 }, looks: [20, 120] } as const;
    const ofFixed = { ...spec, stop: fixed.stop, maxSamples: 100 };
    expect(partsOtherThanAsked({ ...asked, claim: fixed }, ofFixed)).toEqual([]);
    expect(() => refuseOtherThanAsked('j', asked, spec)).not.toThrow();
  });

  const other: Readonly<Record<string, Partial<JobSpec>>> = {
    'the model': { model: { ...spec.model, digest: 'f'.repeat(64) } },
    'the data set': { data: { digest: 'f'.repeat(64), uri: null } },
    '--noise, --sigma': { noise: 'gaussian' },
    '--sigma': { sigma: 1 },
    '--seed': { seed: '99' },
    'the normalisation': { normalisation: { ...spec.normalisation, std: [2] } },
    '--layout': { layout: draw.layout === 'nchw' ? 'nhwc' : 'nchw' },
    '--output': { output: 'others' },
    '--batch': { batch: 999 },
    '--alpha': { alpha: 0.25 },
    '--bound': { bound: claim.bound === 'clt' ? 'anytime' : 'clt' },
    '--stop': { stop: { kind: 'predict' } },
    '--max-samples': { maxSamples: 3 },
    '--images': { images: { start: 7, stop: 9, step: 1 } },
    '--runner-up': { runnerUp: true },
    '--simultaneous': { simultaneous: true },
  };
  it.each(Object.entries(other))('is another one by %s', (parts, change) => {
    expect(() => refuseOtherThanAsked('j', asked, { ...spec, ...change })).toThrow(
      expect.objectContaining({
        code: 'PROTOCOL_MISMATCH',
        message: `The server draws or claims something else for j than was asked for; what differs: ${parts}.`,
      }),
    );
  });
});
