import { describe, expect, it } from 'vitest';

import { looksFor } from '../../statistics/schedule.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { makeJob, type Voter } from '../../test/support/jobs.js';
import { renderJobSummary, summarizeJob } from './job-summary.js';

const stop = { kind: 'predict' } as const;
/** Images 0 to 2 are predicted to be of class 4, 3 abstains, 4 fails. */
const voter: Voter = (image, sample) => [4, 4, 4, sample % 2, sample % 20 ? 4 : -1][image]!;
const LABELS = Int32Array.of(4, 4, 5, 0, 4);
const EARLY = makeJob({ images: 5, stop, looks: looksFor(stop, 'anytime', 1000) });
const ONE_LOOK = makeJob({ images: 5, stop, bound: 'two-sided', looks: [100] });
const RUN = { seconds: 2, samples: 500 };

describe('the summary of predictions', () => {
  const fold = foldOfVotes(EARLY, voter);

  it('counts the images by outcome; shares are of all images', () => {
    const summary = summarizeJob(fold, LABELS, RUN);
    const abstaining = fold.images.get(3)!;
    const samples = 4 * 80 + EARLY.claim.looks[abstaining.look - 1]!;
    expect(summary).toEqual({
      images: 5,
      decided: 5,
      predicted: 3,
      right: 2,
      wrong: 1,
      abstained: { futile: 1 },
      failed: { MODEL_OUTPUT_NOT_FINITE: 1 },
      labelled: true,
      alpha: 0.001,
      simultaneous: false,
      accuracy: 0.4,
      abstaining: 0.2,
      budget: 1000,
      samples,
      usualSamples: 4_000,
      medianSamples: 80,
      mostSamples: samples - 4 * 80,
      totalSamples: null,
      undrawn: 0,
      drawn: fold.tally.samples,
      seconds: 2,
      samplesPerSecond: 250,
      batches: null,
    });
  });

  it('is printed with what each figure is of', () => {
    const text = renderJobSummary(summarizeJob(fold, LABELS, RUN));
    const lines = text.trimEnd().split('\n');
    expect(lines.slice(0, 7)).toEqual([
      '  images      5',
      '  predicted   3 (2 right, 1 wrong)',
      "  guarantee   an image gets a class that is not the smoothed classifier's with probability at most 0.001",
      '  abstained   1 (the class was forecast to be out of reach)',
      '  failed      1 (MODEL_OUTPUT_NOT_FINITE)',
      '  accuracy    40.0 % predicted and correct',
      '  abstaining  20.0 %',
    ]);
    expect(lines[7]).toMatch(
      /^ {2}samples {5}[\d,]+ where a fixed 1,000 an image draw 4,000 \([\d,.]+ × fewer\); half of the images took at most 80/,
    );
    expect(lines[8]).toBe('  time        2.0 s, 250 samples/s in this run');
    expect(text).not.toMatch(/radius|certified/);
  });

  it('has no accuracy without labels, and no shares before all images are decided', () => {
    expect(renderJobSummary(summarizeJob(fold, null, null))).not.toContain('accuracy');
    const part = foldOfVotes(EARLY, voter, ({ image }) => image < 2);
    const text = renderJobSummary(summarizeJob(part, LABELS, null));
    expect(text).toBe(
      "  images     5, 2 decided so far\n  predicted  2 (2 right, 0 wrong)\n  guarantee  an image gets a class that is not the smoothed classifier's with probability at most 0.001\n",
    );
  });

  it('of images that are predicted together says so', () => {
    const job = makeJob({
      images: 5,
      stop,
      looks: looksFor(stop, 'anytime', 1000),
      claim: { simultaneous: true },
    });
    const summary = summarizeJob(foldOfVotes(job, voter), LABELS, null);
    expect(summary).toMatchObject({ alpha: 0.001, simultaneous: true });
    expect(renderJobSummary(summary)).toContain(
      "with probability at least 1 − 0.001 every class of these 5 images is the smoothed classifier's",
    );
  });

  it('with one look compares with nothing, as every image takes the same samples', () => {
    const summary = summarizeJob(foldOfVotes(ONE_LOOK, voter), LABELS, { seconds: 0, samples: 0 });
    expect(summary).toMatchObject({ usualSamples: null, samples: 500, abstained: { budget: 1 } });
    expect(summary.samplesPerSecond).toBe(0);
    const text = renderJobSummary(summary);
    expect(text).toContain('  abstained   1 (no class decided within the budget)\n');
    expect(text).toContain('  samples     500\n');
  });
});
