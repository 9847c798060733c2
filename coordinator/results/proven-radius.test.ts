import { describe, expect, it } from 'vitest';

import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { certifiedRadius } from '../../statistics/radius.js';
import { compileTarget } from '../../statistics/target.js';
import { foldOfVotes } from '../../test/support/folds.js';
import {
  FIXED,
  TARGET,
  allShards,
  certificate,
  counted,
  makeJob,
  makeRecord,
  voterOf,
  type Voter,
} from '../../test/support/jobs.js';
import { JobFold } from '../core/job-fold.js';
import { certifiedBy, provenRadius } from './proven-radius.js';

const provenOf = (fold: JobFold, image = 0) => provenRadius(fold, certificate(fold, image));

describe('the largest radius that is proved', () => {
  it.each([
    ['gain', makeJob({ images: 1 })],
    ['fixed', makeJob({ ...FIXED, images: 1 })],
    ['fixed with the runner-up', makeJob({ ...FIXED, images: 1, claim: { runnerUp: true } })],
  ])('is that of the certificate (%s)', (_, job) => {
    const fold = foldOfVotes(job, (_i, sample) => (sample % 10 ? 4 : 5));
    const { class: classIndex, radius } = certificate(fold, 0);
    expect(provenOf(fold)).toEqual({ class: classIndex, radius });
    expect(radius).toBeGreaterThan(0);
  });

  it('of target is the largest over its looks of the bound itself', () => {
    const job = makeJob({ ...TARGET, images: 1 });
    const fold = foldOfVotes(job, (_, sample) => (sample < 64 || sample % 10 ? 4 : 5));
    const found = certificate(fold, 0);
    const radii = found.looks.map(({ n, votes }) => {
      const delta = anytimeDelta(n - Math.max(...votes), n, 0.001);
      return delta === null ? 0 : certifiedRadius(delta, 0, gaussian, 0.5)!;
    });
    const proven = provenOf(fold)!;
    expect(proven).toEqual({ class: 4, radius: Math.max(...radii) });
    expect(radii.indexOf(proven.radius)).toBeGreaterThan(0);
    expect(radii.indexOf(proven.radius)).toBeLessThan(radii.length - 1);
    expect(proven.radius).toBeGreaterThan(found.radius);
    expect(proven.radius).toBeLessThan(1);
  });

  it('of target is never below what was certified, and agrees with a run that had asked for another radius', () => {
    const images = 60;
    const voter = voterOf(3, (image) => 0.5 + image / 120);
    const job = makeJob({ ...TARGET, images });
    const fold = foldOfVotes(job, voter);
    const others = ['0.1', '0.3', '0.45', '0.7', '0.9'];
    const targets = others.map((r) => Number(r) / 0.5);
    const asked = compileTarget({ targets, alpha: 0.001, maxSamples: 2048, noise: gaussian, lawError: 0 });
    for (let image = 0; image < images; image++) {
      const found = certificate(fold, image);
      const proven = provenOf(fold, image);
      expect(proven?.radius ?? -1).toBeGreaterThanOrEqual(certifiedBy(found)?.radius ?? -1);
      const direct = Math.max(...found.looks.map(({ n, votes }) => asked.reached(n - Math.max(...votes), n)));
      expect(others.filter((r) => (proven?.radius ?? -1) >= Number(r))).toEqual(others.slice(0, direct));
    }
  });

  it('of target may be there where none of its radii was reached, and keeps a radius of 0', () => {
    const far = makeJob({ ...TARGET, stop: { kind: 'target', radii: ['1.0'] }, images: 1 });
    const fold = foldOfVotes(far, (_, sample) => (sample % 20 ? 4 : 5));
    expect(certificate(fold, 0)).toMatchObject({ outcome: 'abstained' });
    expect(provenOf(fold)!.radius).toBeGreaterThan(0.1);
    const edge = makeJob({ ...TARGET, stop: { kind: 'target', radii: ['0'] }, looks: [13], images: 1 });
    const held = foldOfVotes(edge, () => 4);
    expect(provenOf(held)!.radius).toBeGreaterThan(0);
    held.images.get(0)!.prefixes[0] = { classes: [4], votes: [6], invalid: 7 };
    expect(provenOf(held)).toEqual({ class: 4, radius: 0 });
  });

  it('is none of an image that abstained, failed or is approximate', () => {
    const halves: Voter = (_, sample) => sample % 2;
    expect(provenOf(foldOfVotes(makeJob({ images: 1 }), halves))).toBeNull();
    const target = makeJob({ ...TARGET, images: 1 });
    expect(provenOf(foldOfVotes(target, halves))).toBeNull();
    expect(provenOf(foldOfVotes(makeJob({ ...FIXED, bound: 'clt', images: 1 }), () => 4))).toBeNull();
    const failed = new JobFold(target);
    const shards = allShards(failed).filter(({ end }) => end <= 64);
    failed.apply(makeRecord(target, { counted: shards.map((shard) => counted(() => 4, shard)) }));
    failed.apply(makeRecord(target, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] }));
    expect(certificate(failed, 0)).toMatchObject({ outcome: 'failed', samples: 64 });
    expect(provenOf(failed)).toBeNull();
    const invalid = foldOfVotes(target, () => 4);
    invalid.images.get(0)!.prefixes[0] = { classes: [], votes: [], invalid: 32 };
    expect(provenOf(invalid)!.class).toBe(4);
  });
});
