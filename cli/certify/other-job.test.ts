import { describe, expect, it } from 'vitest';

import type { SmoothcertError } from '../../shared/errors.js';
import type { Job } from '../../shared/job.js';
import { FIXED, makeJob } from '../../test/support/jobs.js';
import { refuseOtherJob } from './other-job.js';

describe('another job in the folder', () => {
  function refusal(ours: Job, theirs = makeJob()): string {
    try {
      refuseOtherJob('out', theirs, ours, 'certify');
    } catch (error) {
      expect(error).toMatchObject({ code: 'JOB_DIFFERS', exitCode: 2 });
      return (error as SmoothcertError).message;
    }
    return 'accepted';
  }
  const message = (differs: string) => `out holds another job; what differs: ${differs}.`;
  const draw = (values: Partial<Job['draw']>) => makeJob({ draw: values });
  const noise = makeJob().draw.noise;
  const normalisation = makeJob().draw.normalisation;

  /** Jobs of `fixed` whose looks do not differ. */
  const fixed = (selection: number) =>
    makeJob({ stop: { kind: 'fixed', selection }, bound: 'clopper-pearson', looks: [20, 120] });
  const keeping = makeJob({
    stop: { kind: 'fixed', selection: 1000, keepCounts: true },
    bound: 'clopper-pearson',
    looks: [20, 40, 120],
  });
  const budget = (totalSamples: number, matchedGain?: number) =>
    makeJob({
      stop: { kind: 'budget', totalSamples },
      bound: 'spending',
      claim: matchedGain === undefined ? {} : { matchedGain },
    });

  it('is not the same one', () => expect(refusal(makeJob())).toBe('accepted'));

  it.each<[string, Job, Job?]>([
    ['the model file', draw({ modelDigest: 'ff'.repeat(32) })],
    ['the data set', draw({ dataDigest: 'ff'.repeat(32) })],
    ['--sigma (0.5 there, 0.25 here)', draw({ noise: { ...noise, scale: 0.25 } })],
    [
      '--noise (gaussian there, laplace here)',
      draw({ noise: { ...noise, kind: 'laplace', scale: 0.5 / Math.SQRT2 } }),
    ],
    [
      '--noise (gaussian there, uniform here); --sigma (0.5 there, 0.25 here)',
      draw({ noise: { ...noise, kind: 'uniform', scale: 0.25 * Math.sqrt(3) } }),
    ],
    ['the noise generator (1 there, 2 here)', draw({ noise: { ...noise, version: 2 } })],
    ['--seed (1 there, 2 here)', draw({ seed: '2' })],
    ['--mean ([0] there, [0.5,0.4] here)', draw({ normalisation: { ...normalisation, mean: [0.5, 0.4] } })],
    ['--layout (flat there, nchw here)', draw({ layout: 'nchw' })],
    ['--batch (32 there, 64 here)', draw({ batch: 64 })],
    ['the device or ONNX Runtime (test there, other here)', draw({ numericClass: 'other' })],
    ['--alpha (0.001 there, 0.01 here)', makeJob({ alpha: 0.01 })],
    ['--bound (anytime there, spending here)', makeJob({ bound: 'spending' })],
    ['--min-gain (0.02 there, 0.1 here)', makeJob({ stop: { kind: 'gain', minGain: 0.1 } })],
    ['--n0 (1,000 there, 2,000 here)', fixed(2000), fixed(1000)],
    ['--keep-counts (off there, on here)', keeping, fixed(1000)],
    ['--total-samples (30,000 there, 40,000 here)', budget(40_000, 0.08), budget(30_000, 0.12)],
    ['--runner-up (off there, on here)', makeJob({ claim: { runnerUp: true } })],
    ['--simultaneous (on there, off here)', makeJob(), makeJob({ claim: { simultaneous: true } })],
    ['the table of spending (0.12 there, 0.08 here)', budget(30_000, 0.08), budget(30_000, 0.12)],
    ['the table of spending (none there, 0.08 here)', budget(30_000, 0.08), budget(30_000)],
    [
      '--stop (gain there, target here); --min-gain (0.02 there, none here); --radii (none there, [0.5,1.0] here)',
      makeJob({ stop: { kind: 'target', radii: ['0.5', '1.0'] } }),
    ],
    ['--images (0:3 there, 0:4 here)', makeJob({ images: 4 })],
    [
      'the looks, which follow from --stop, --bound, --n0 and --max-samples (up to 1,024 there, up to 96 here)',
      makeJob({ looks: [64, 96] }),
      makeJob({ looks: [64, 1024] }),
    ],
  ])('is refused naming %s', (differs, ours, theirs) => expect(refusal(ours, theirs)).toBe(message(differs)));

  it('is refused naming all that differs, each once', () => {
    const text = refusal(makeJob(FIXED));
    expect(text).toContain('--bound (anytime there, clopper-pearson here)');
    expect(text).toContain(
      '--stop (gain there, fixed here); --min-gain (0.02 there, none here); --n0 (none there, 20 here)',
    );
    expect(text.match(/the looks/g)).toHaveLength(1);
  });

  it('is refused naming what this version does not know by its path', () => {
    const later = { ...makeJob(), draw: { ...makeJob().draw, colour: 'red' } };
    expect(refusal(later)).toBe(message('draw.colour (none there, red here)'));
  });

  describe('whose answers are of another kind', () => {
    const PREDICT = makeJob({ stop: { kind: 'predict' }, alpha: 0.01 });
    const refused = (message: string): unknown =>
      expect.objectContaining({ code: 'JOB_DIFFERS', message, remedy: 'Use another folder.' });

    it.each([
      ['out holds certificates, and predict gives classes.', makeJob(), PREDICT, 'predict'],
      ['out holds classes, and certify gives certificates.', PREDICT, makeJob(), 'certify'],
      ['out holds classes, and this job gives certificates.', PREDICT, makeJob(), 'this job'],
    ])('is refused with that alone: %s', (message, theirs, ours, by) =>
      expect(() => {
        refuseOtherJob('out', theirs, ours, by);
      }).toThrow(refused(message)),
    );

    it('is refused so before its noise is, if that was added in floating point', () => {
      const noise = { ...makeJob().draw.noise, generator: 'philox4x32-10/box-muller-f32' };
      const older = makeJob({ draw: { noise } });
      expect(() => {
        refuseOtherJob('out', older, PREDICT, 'predict');
      }).toThrow(refused('out holds certificates, and predict gives classes.'));
      expect(() => {
        refuseOtherJob('out', older, makeJob(), 'certify');
      }).toThrow(expect.objectContaining({ code: 'PROTOCOL_MISMATCH' }));
    });
  });
});
