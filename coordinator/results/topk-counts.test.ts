import { describe, expect, it } from 'vitest';

import { totalOf, votesOf } from '../../shared/counts.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { FIXED, TWO_STAGE, certificate, makeJob, voterOf, type Voter } from '../../test/support/jobs.js';
import type { JobFold } from '../core/job-fold.js';
import { topkRows } from './topk-counts.js';

const LABELS = Int32Array.of(7, 0, 9, 3);
const unanimous: Voter = (image) => image;

const numbersOf = (fold: JobFold, labels = LABELS) =>
  [...topkRows(fold, labels)].map((row) => row.split(' ').map(Number));

describe('rows for top-k certificates', () => {
  it('are the votes of every class and the label, one image a line', () => {
    const fold = foldOfVotes(makeJob({ ...FIXED, images: 3 }), (image, sample) => (sample % 4 ? image : 5));
    expect([...topkRows(fold, LABELS)]).toEqual([
      '75 0 0 0 0 25 0 0 0 0 7',
      '0 75 0 0 0 25 0 0 0 0 0',
      '0 0 75 0 0 25 0 0 0 0 9',
    ]);
  });

  it('follow the images of the job, and their labels', () => {
    const job = makeJob({ ...FIXED, images: 4 });
    const images = { start: 1, stop: 4, step: 2 };
    const fold = foldOfVotes({ ...job, claim: { ...job.claim, images } }, unanimous);
    expect([...topkRows(fold, LABELS)]).toEqual(['0 100 0 0 0 0 0 0 0 0 0', '0 0 0 100 0 0 0 0 0 0 3']);
  });

  it.each([
    ['fixed', makeJob({ ...FIXED, images: 4 })],
    ['two-stage', makeJob({ ...TWO_STAGE, images: 4 })],
  ])('of %s have the counts that prove the certificate, without the samples that chose', (_, job) => {
    const fold = foldOfVotes(
      job,
      voterOf(1, () => 0.9),
    );
    numbersOf(fold).forEach((row, image) => {
      const { outcome, counts, proved_by: proof, samples } = certificate(fold, image);
      expect(outcome).toBe('certified');
      expect(row.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, c) => votesOf(counts, c)));
      expect(proof).toEqual({ begin: job.claim.looks[0], end: samples });
      expect(totalOf(counts)).toBe(samples - job.claim.looks[0]!);
    });
  });

  it('of an abstention have the samples behind the selection too, and none where the pilot drew no more', () => {
    const halves: Voter = (_, sample) => sample % 2;
    const fixed = foldOfVotes(makeJob({ ...FIXED, images: 1 }), halves);
    expect(certificate(fixed, 0).outcome).toBe('abstained');
    expect([...topkRows(fixed, LABELS)]).toEqual(['50 50 0 0 0 0 0 0 0 0 7']);
    const pilot = foldOfVotes(makeJob({ ...TWO_STAGE, images: 1 }), halves);
    expect(certificate(pilot, 0)).toMatchObject({ outcome: 'abstained', samples: 64 });
    expect([...topkRows(pilot, LABELS)]).toEqual(['0 0 0 0 0 0 0 0 0 0 7']);
  });

  it('of an image that failed have zeros, so that no line is missing and nothing follows from it', () => {
    const job = makeJob({ ...FIXED, images: 2 });
    const fold = foldOfVotes(job, (image, sample) => (image === 0 && sample % 50 === 49 ? -1 : 2));
    expect(certificate(fold, 0)).toMatchObject({ outcome: 'failed', stop: 'MODEL_OUTPUT_NOT_FINITE' });
    expect([...topkRows(fold, LABELS)]).toEqual(['0 0 0 0 0 0 0 0 0 0 7', '0 0 100 0 0 0 0 0 0 0 0']);
  });

  it('keep invalid votes in the sum: one more class in every row, if any image has some', () => {
    const job = makeJob({ ...FIXED, images: 2 });
    const fold = foldOfVotes(job, (image, sample) => (image === 1 && sample === 77 ? -1 : 2));
    expect(certificate(fold, 1)).toMatchObject({ outcome: 'certified', counts: { invalid: 1 } });
    expect([...topkRows(fold, LABELS)]).toEqual(['0 0 100 0 0 0 0 0 0 0 0 7', '0 0 99 0 0 0 0 0 0 0 1 0']);
  });
});
