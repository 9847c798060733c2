import { describe, expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Shard } from '../../shared/shards.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { cltDelta } from '../../statistics/bounds/clt.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { upperTail } from '../../statistics/normal.js';
import { certifiedRadius, publishedDelta } from '../../statistics/radius.js';
import { foldOfVotes } from '../../test/support/folds.js';
import {
  FIXED,
  TARGET,
  TWO_STAGE,
  certificate,
  draw,
  makeJob,
  makeRecord,
  type Voter,
} from '../../test/support/jobs.js';
import { UNANIMOUS } from '../core/approximation.js';
import { certificateOf, type Certificate } from './certificates.js';
import { forecastRadius } from '../core/forecast-radius.js';
import { JobFold } from '../core/job-fold.js';

const GAIN = makeJob({ images: 2, looks: [64, 96, 144], stop: { kind: 'gain', minGain: 0 } });
const unanimous: Voter = () => 4;
const first96 = ({ end }: Shard) => end <= 96;

const counts = (classes: number[], votes: number[], invalid = 0): Counts => ({ classes, votes, invalid });

describe('a certificate', () => {
  it('says what was proved, by which samples, and why they were enough', () => {
    const found = certificate(foldOfVotes(GAIN, unanimous), 1, 4);
    const delta = anytimeDelta(0, 144, 0.001)!;
    expect(found).toEqual({
      image: 1,
      label: 4,
      outcome: 'certified',
      class: 4,
      correct: true,
      radius: certifiedRadius(delta, 0, gaussian, 0.5),
      norm: 'l2',
      alpha: 0.001,
      bound: 'anytime',
      stop: 'budget',
      delta_upper: found.delta_upper,
      p_lower: found.p_lower,
      samples: 144,
      proved_by: { begin: 0, end: 144 },
      counts: counts([4], [144]),
      looks: [64, 96, 144].map((n) => ({ n, ...counts([4], [n]) })),
    });
    expect(Number(found.delta_upper)).toBeGreaterThanOrEqual(publishedDelta(delta, 0));
    expect(Number(found.delta_upper) + Number(found.p_lower)).toBeCloseTo(1, 12);
    expect(Object.keys(found)).toEqual([
      'image',
      'label',
      'outcome',
      'class',
      'correct',
      'radius',
      'norm',
      'delta_upper',
      'p_lower',
      'alpha',
      'bound',
      'stop',
      'samples',
      'proved_by',
      'counts',
      'looks',
    ]);
  });

  it('may be wrong about the label, or know none', () => {
    const fold = foldOfVotes(GAIN, unanimous);
    expect(certificate(fold, 0, 3)).toMatchObject({ class: 4, label: 3, correct: false });
    expect(certificate(fold, 0)).toMatchObject({ class: 4, label: null, correct: null });
  });

  it('is not there before its image is decided', () => {
    expect(certificateOf(foldOfVotes(GAIN, unanimous, first96), 0, null)).toBeNull();
    expect(certificateOf(new JobFold(GAIN), 0, null)).toBeNull();
  });

  it('rests on the look that proves most, though more was drawn', () => {
    const fold = foldOfVotes(GAIN, (_, sample) => (sample < 96 ? 4 : sample % 2));
    const found = certificate(fold, 0);
    expect(found).toMatchObject({
      outcome: 'certified',
      class: 4,
      samples: 144,
      proved_by: { begin: 0, end: 96 },
    });
    expect(found.counts).toEqual(counts([4], [96]));
    expect(found.radius).toBe(certifiedRadius(anytimeDelta(0, 96, 0.001)!, 0, gaussian, 0.5));
  });

  it('of `fixed` rests on the samples behind the selection alone', () => {
    const job = makeJob(FIXED);
    const voter: Voter = (_, sample) => (sample < 20 || sample % 25 ? 4 : 5);
    const found = certificate(foldOfVotes(job, voter), 0, 4);
    expect(found).toMatchObject({ samples: 120, proved_by: { begin: 20, end: 120 }, stop: 'budget' });
    expect(found.counts).toEqual(draw(voter, { image: 0, begin: 20, end: 120 }));
    expect(found.radius).toBe(certifiedRadius(clopperPearsonDelta(4, 100, 0.001), 0, gaussian, 0.5));
    expect(found.looks.map(({ n }) => n)).toEqual([20, 120]);
  });

  it('that rounding against the user leaves nothing of is none', () => {
    const fold = foldOfVotes(GAIN, unanimous);
    const state = fold.images.get(0)!;
    state.held = { ...state.held!, deltaUpper: 0.5 - 1e-9 };
    state.ending = { outcome: 'certified', held: state.held, stop: 'budget' };
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
    const found = certificate(foldOfVotes(makeJob({ images: 1 }), voter), 0, 1);
    expect(found).toMatchObject({ outcome: 'abstained', stop: 'abstain', samples: 64, ...nothing });
    expect(found.counts).toEqual(counts([0, 1], [32, 32]));
    expect(found).not.toHaveProperty('detail');
  });

  it('failed: with the code and the sentence, and what it held is not told', () => {
    const fold = foldOfVotes(GAIN, unanimous, first96);
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

describe('a certificate of target', () => {
  const job = makeJob({ ...TARGET, images: 1 });

  it('has the radius as it was asked for, and the look that reached it', () => {
    const found = certificate(
      foldOfVotes(job, (_, sample) => (sample % 28 ? 4 : 5)),
      0,
      4,
    );
    expect(found).toMatchObject({
      outcome: 'certified',
      class: 4,
      correct: true,
      radius: 0.5,
      target: '0.50',
      stop: 'futile',
      bound: 'anytime',
      proved_by: { begin: 0 },
    });
    const { end } = found.proved_by!;
    expect(found.looks.map(({ n }) => n)).toContain(end);
    expect(found.samples).toBeGreaterThan(end);
    expect(found.counts).toEqual(countsAt(found, end));
    // Φ(−0.5/0.5), rounded down, is the null that was rejected.
    expect(Number(found.delta_upper)).toBeLessThan(upperTail(1));
    expect(Number(found.delta_upper)).toBeCloseTo(upperTail(1), 8);
    expect(Number(found.delta_upper) + Number(found.p_lower)).toBeCloseTo(1, 12);
    const keys = Object.keys(found);
    expect(keys.slice(keys.indexOf('radius'), keys.indexOf('norm'))).toEqual(['radius', 'target']);
  });

  it('at radius 0 is one of the class', () => {
    const found = certificate(
      foldOfVotes(job, (_, sample) => (sample % 3 ? 4 : 5)),
      0,
      5,
    );
    expect(found).toMatchObject({ outcome: 'certified', class: 4, correct: false, radius: 0, target: '0' });
  });

  it('stops at its largest radius', () => {
    const found = certificate(foldOfVotes(job, unanimous), 0);
    expect(found).toMatchObject({ stop: 'certified', radius: 1, target: '1.0', samples: 512 });
    expect(found.looks).toHaveLength(6);
  });

  it('abstains with nothing reached, and names no radius', () => {
    const found = certificate(
      foldOfVotes(job, (_, sample) => sample % 2),
      0,
    );
    expect(found).toMatchObject({ outcome: 'abstained', stop: 'futile', radius: 0 });
    expect(found).not.toHaveProperty('target');
  });
});

const countsAt = ({ looks }: Certificate, end: number): Counts => {
  const { classes, votes, invalid } = looks.find(({ n }) => n === end)!;
  return { classes, votes, invalid };
};

describe('a certificate of two-stage', () => {
  const job = makeJob({ ...TWO_STAGE, images: 1 });

  it('rests on the second stage alone, and shows the counts behind the pilot and at the end', () => {
    const voter: Voter = (_, sample) => (sample < 64 || sample % 20 ? 4 : 5);
    const fold = foldOfVotes(job, voter);
    const found = certificate(fold, 0, 4);
    const end = job.claim.looks[fold.images.get(0)!.prefixes.length - 1]!;
    expect(found).toMatchObject({ outcome: 'certified', stop: 'planned', samples: end });
    expect(found.proved_by).toEqual({ begin: 64, end });
    expect(found.counts).toEqual(draw(voter, { image: 0, begin: 64, end }));
    const failures = found.counts.votes[1]!;
    expect(found.radius).toBe(
      certifiedRadius(clopperPearsonDelta(failures, end - 64, 0.001), 0, gaussian, 0.5),
    );
    expect(found.looks.map(({ n }) => n)).toEqual([64, end]);
  });

  it('abstains behind the pilot with the pilot alone', () => {
    const found = certificate(
      foldOfVotes(job, (_, sample) => sample % 2),
      0,
    );
    expect(found).toMatchObject({ outcome: 'abstained', stop: 'abstain', samples: 64 });
    expect(found.looks.map(({ n }) => n)).toEqual([64]);
  });
});

describe('what the normal approximation gives', () => {
  const job = makeJob({ ...FIXED, bound: 'clt', images: 1 });
  const nothing = {
    class: null,
    correct: null,
    radius: 0,
    delta_upper: null,
    p_lower: null,
    proved_by: null,
  };

  it('is marked approximate, proves nothing and has no radius but an approximate one', () => {
    const voter: Voter = (_, sample) => (sample < 20 || sample % 25 ? 4 : 5);
    const found = certificate(foldOfVotes(job, voter), 0, 4);
    expect(found).toMatchObject({
      outcome: 'approximate',
      approximate_class: 4,
      stop: 'budget',
      ...nothing,
    });
    expect(found.approximate_radius).toBe(certifiedRadius(cltDelta(4, 100, 0.001)!, 0, gaussian, 0.5));
    expect(found.counts).toEqual(draw(voter, { image: 0, begin: 20, end: 120 }));
    expect(found).not.toHaveProperty('detail');
    const keys = Object.keys(found);
    expect(keys.slice(keys.indexOf('radius'), keys.indexOf('norm'))).toEqual([
      'radius',
      'approximate_class',
      'approximate_radius',
    ]);
  });

  it('is no radius at all on unanimous votes, in a sentence', () => {
    const found = certificate(foldOfVotes(job, unanimous), 0);
    expect(found).toMatchObject({ outcome: 'approximate', approximate_class: 4, ...nothing });
    expect(found).toMatchObject({ approximate_radius: null, detail: UNANIMOUS });
  });

  it('is an abstention where it is no radius, and where nothing was selected', () => {
    const half = certificate(
      foldOfVotes(job, (_, sample) => sample % 2),
      0,
    );
    expect(half).toMatchObject({ outcome: 'abstained', ...nothing });
    expect(half).not.toHaveProperty('approximate_radius');
    const claim = { ...FIXED, bound: 'clt', looks: [1, 201], stop: { kind: 'fixed', selection: 1 } } as const;
    const unselected = foldOfVotes(makeJob({ ...claim, images: 1 }), (_, sample) => (sample === 0 ? -1 : 4));
    expect(certificate(unselected, 0)).toMatchObject({ outcome: 'abstained', ...nothing });
  });
});

describe('the forecast of the radius at the full budget', () => {
  it('follows the rate of failures seen, and is never below what is held', () => {
    const quick = makeJob({ images: 1, looks: [64, 96, 100_000], stop: { kind: 'gain', minGain: 1 } });
    const fold = foldOfVotes(quick, unanimous, first96);
    expect(fold.images.get(0)!.ending).toMatchObject({ stop: 'gain' });
    expect(forecastRadius(fold, 0)).toBe(certifiedRadius(anytimeDelta(0, 100_000, 0.001)!, 0, gaussian, 0.5));
    expect(forecastRadius(fold, 0)).toBeGreaterThan(certificate(fold, 0).radius);
    const lucky = foldOfVotes(GAIN, (_, sample) => (sample < 96 ? 4 : sample % 2));
    expect(forecastRadius(lucky, 0)).toBe(certificate(lucky, 0).radius);
  });

  it('is 0 for an image that was not seen, that failed, or whose votes certify nothing', () => {
    expect(forecastRadius(new JobFold(GAIN), 0)).toBe(0);
    expect(
      forecastRadius(
        foldOfVotes(GAIN, (_, sample) => sample % 2),
        0,
      ),
    ).toBe(0);
    const broken = foldOfVotes(GAIN, () => -1);
    expect(broken.images.get(0)!.ending).toMatchObject({ outcome: 'failed' });
    expect(forecastRadius(broken, 0)).toBe(0);
    const selection = makeJob(FIXED);
    const undecided = foldOfVotes(
      selection,
      () => -1,
      ({ end }) => end <= selection.claim.looks[0]!,
    );
    expect(undecided.images.get(0)!.ending).toBeNull();
    expect(undecided.images.get(0)!.prefixes).toHaveLength(1);
    expect(forecastRadius(undecided, 0)).toBe(0);
    const failed = foldOfVotes(GAIN, unanimous, first96);
    failed.apply(makeRecord(GAIN, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] }));
    expect(forecastRadius(failed, 0)).toBe(0);
  });
});

it('a certificate of images that are certified together has its own level and the claim about all', () => {
  const job = makeJob({ images: 2, looks: [64, 96], claim: { simultaneous: true } });
  const found = certificate(foldOfVotes(job, unanimous), 1, 4);
  const level = 1 - Math.sqrt(0.999);
  expect(found.alpha).toBeCloseTo(level, 15);
  expect(found.simultaneous).toEqual({ alpha: 0.001, images: 2 });
  expect(found.radius).toBeCloseTo(certifiedRadius(anytimeDelta(0, 96, level)!, 0, gaussian, 0.5)!, 9);
  const keys = Object.keys(found);
  expect(keys.indexOf('simultaneous')).toBe(keys.indexOf('alpha') + 1);
});
