import { describe, expect, it } from 'vitest';

import type { Counts } from '../shared/counts.js';
import type { Job } from '../shared/job.js';
import { clopperPearsonDelta } from '../shared/statistics/clopper-pearson.js';
import { anytimeDelta } from '../shared/statistics/confidence-sequence.js';
import { certifiedRadius, publishedDelta } from '../shared/statistics/radius.js';
import {
  FIXED,
  allShards,
  certificate,
  counted,
  draw,
  makeJob,
  makeRecord,
  type Voter,
} from '../test/support/jobs.js';
import { TSV_HEADER, certificateOf, tsvLine } from './certificates.js';
import { forecastRadius } from './forecast.js';
import { JobFold } from './job-fold.js';

const GAIN = makeJob({ images: 2, looks: [64, 96, 144], stop: { kind: 'gain', minGain: 0 } });
const unanimous: Voter = () => 4;

function foldOf(job: Job, voter: Voter, upTo = Infinity): JobFold {
  const fold = new JobFold(job);
  const shards = allShards(fold).filter(({ end }) => end <= upTo);
  fold.apply(makeRecord(job, { counted: shards.map((shard) => counted(voter, shard)) }));
  return fold;
}

const counts = (classes: number[], votes: number[], invalid = 0): Counts => ({ classes, votes, invalid });

describe('a certificate', () => {
  it('says what was proved, by which samples, and why they were enough', () => {
    const found = certificate(foldOf(GAIN, unanimous), 1, 4);
    const delta = anytimeDelta(0, 144, 0.001)!;
    expect(found).toEqual({
      ...{ image: 1, label: 4, outcome: 'certified', class: 4, correct: true },
      ...{ radius: certifiedRadius(delta, 0.5), norm: 'l2', alpha: 0.001, bound: 'anytime', stop: 'budget' },
      ...{ delta_upper: found.delta_upper, p_lower: found.p_lower, samples: 144 },
      ...{ proved_by: { begin: 0, end: 144 }, counts: counts([4], [144]) },
      looks: [64, 96, 144].map((n) => ({ n, ...counts([4], [n]) })),
    });
    expect(Number(found.delta_upper)).toBeGreaterThanOrEqual(publishedDelta(delta));
    expect(Number(found.delta_upper) + Number(found.p_lower)).toBeCloseTo(1, 12);
    expect(Object.keys(found)).toEqual([
      ...['image', 'label', 'outcome', 'class', 'correct', 'radius', 'norm', 'delta_upper', 'p_lower'],
      ...['alpha', 'bound', 'stop', 'samples', 'proved_by', 'counts', 'looks'],
    ]);
  });

  it('may be wrong about the label, or know none', () => {
    const fold = foldOf(GAIN, unanimous);
    expect(certificate(fold, 0, 3)).toMatchObject({ class: 4, label: 3, correct: false });
    expect(certificate(fold, 0)).toMatchObject({ class: 4, label: null, correct: null });
  });

  it('is not there before its image is decided', () => {
    expect(certificateOf(foldOf(GAIN, unanimous, 96), 0, null)).toBeNull();
    expect(certificateOf(new JobFold(GAIN), 0, null)).toBeNull();
  });

  it('rests on the look that proves most, though more was drawn', () => {
    const fold = foldOf(GAIN, (_, sample) => (sample < 96 ? 4 : sample % 2));
    const found = certificate(fold, 0);
    expect(found).toMatchObject({
      outcome: 'certified',
      class: 4,
      samples: 144,
      proved_by: { begin: 0, end: 96 },
    });
    expect(found.counts).toEqual(counts([4], [96]));
    expect(found.radius).toBe(certifiedRadius(anytimeDelta(0, 96, 0.001)!, 0.5));
  });

  it('of `fixed` rests on the samples behind the selection alone', () => {
    const job = makeJob(FIXED);
    const voter: Voter = (_, sample) => (sample < 20 || sample % 25 ? 4 : 5);
    const found = certificate(foldOf(job, voter), 0, 4);
    expect(found).toMatchObject({ samples: 120, proved_by: { begin: 20, end: 120 }, stop: 'budget' });
    expect(found.counts).toEqual(draw(voter, { image: 0, begin: 20, end: 120 }));
    expect(found.radius).toBe(certifiedRadius(clopperPearsonDelta(4, 100, 0.001), 0.5));
    expect(found.looks.map(({ n }) => n)).toEqual([20, 120]);
  });

  it('that rounding against the user leaves nothing of is none', () => {
    const fold = foldOf(GAIN, unanimous);
    const state = fold.images.get(0)!;
    state.held = { ...state.held!, deltaUpper: 0.5 - 1e-9 };
    expect(certificate(fold, 0, 4)).toMatchObject({ outcome: 'abstained', class: null, radius: 0 });
    expect(forecastRadius(fold, 0)).toBe(forecastRadius(fold, 1));
  });
});

describe('an image without a certificate', () => {
  const nothing = {
    class: null,
    correct: null,
    radius: 0,
    delta_upper: null,
    p_lower: null,
    proved_by: null,
  };

  it('abstained: with the counts of all its samples', () => {
    const voter: Voter = (_, sample) => sample % 2;
    const found = certificate(foldOf(makeJob({ images: 1 }), voter), 0, 1);
    expect(found).toMatchObject({ outcome: 'abstained', stop: 'abstain', samples: 64, ...nothing });
    expect(found.counts).toEqual(counts([0, 1], [32, 32]));
    expect(found).not.toHaveProperty('detail');
  });

  it('failed: with the code and the sentence, and what it held is not told', () => {
    const fold = foldOf(GAIN, unanimous, 96);
    const failedImages = [{ image: 0, code: 'CHILD_HUNG', detail: 'Silence.' }] as const;
    fold.apply(makeRecord(GAIN, { failedImages }));
    const found = certificate(fold, 0, 4);
    expect(fold.images.get(0)!.held).not.toBeNull();
    expect(found).toMatchObject({ outcome: 'failed', stop: 'CHILD_HUNG', detail: 'Silence.', ...nothing });
    expect(found.samples).toBe(96);
    expect(found.counts).toEqual(counts([4], [96]));
  });

  it('failed before its first look: no samples, no counts', () => {
    const fold = new JobFold(GAIN);
    fold.apply(makeRecord(GAIN, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] }));
    expect(certificate(fold, 0)).toMatchObject({ samples: 0, looks: [], counts: counts([], []) });
  });
});

describe('a line of results.tsv', () => {
  it('has the columns of the header', () => {
    const fold = foldOf(GAIN, unanimous);
    const line = tsvLine(certificate(fold, 1, 4), 2_500_000).split('\t');
    expect(line).toHaveLength(TSV_HEADER.split('\t').length);
    expect([line[0], line[1], line[2], line[4], line[5]]).toEqual(['1', '4', '4', '1', '2.500000']);
    const { radius } = certificate(fold, 1);
    expect(Number(line[3])).toBeLessThanOrEqual(radius);
    expect(radius - Number(line[3])).toBeLessThan(1e-6);
  });

  it('abstains with predict −1 and radius 0, and has label −1 without labels', () => {
    const fold = foldOf(makeJob({ images: 1 }), (_, sample) => sample % 2);
    expect(tsvLine(certificate(fold, 0, 7), 0)).toBe('0\t7\t-1\t0.000000\t0\t0.000000');
    expect(tsvLine(certificate(foldOf(GAIN, unanimous), 0), 0)).toMatch(/^0\t-1\t4\t[.0-9]+\t0\t0\.000000$/);
  });
});

describe('the forecast of the radius at the full budget', () => {
  it('follows the rate of failures seen, and is never below what is held', () => {
    const quick = makeJob({ images: 1, looks: [64, 96, 100_000], stop: { kind: 'gain', minGain: 1 } });
    const fold = foldOf(quick, unanimous, 96);
    expect(fold.images.get(0)!.ending).toMatchObject({ stop: 'gain' });
    expect(forecastRadius(fold, 0)).toBe(certifiedRadius(anytimeDelta(0, 100_000, 0.001)!, 0.5));
    expect(forecastRadius(fold, 0)).toBeGreaterThan(certificate(fold, 0).radius);
    const lucky = foldOf(GAIN, (_, sample) => (sample < 96 ? 4 : sample % 2));
    expect(forecastRadius(lucky, 0)).toBe(certificate(lucky, 0).radius);
  });

  it('is 0 for an image that was not seen, that failed, or whose votes certify nothing', () => {
    expect(forecastRadius(new JobFold(GAIN), 0)).toBe(0);
    expect(
      forecastRadius(
        foldOf(GAIN, (_, sample) => sample % 2),
        0,
      ),
    ).toBe(0);
    const broken = foldOf(GAIN, () => -1);
    expect(broken.images.get(0)!.ending).toMatchObject({ outcome: 'failed' });
    expect(forecastRadius(broken, 0)).toBe(0);
    const failed = foldOf(GAIN, unanimous, 96);
    failed.apply(makeRecord(GAIN, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] }));
    expect(forecastRadius(failed, 0)).toBe(0);
  });
});
