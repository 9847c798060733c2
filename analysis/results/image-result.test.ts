import { describe, expect, it } from 'vitest';

import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { FADING, linesOf } from '../../test/support/result-sets.js';
import { fieldsOfLine } from '../populations/row-counts.js';
import { imageResultOf, voteShare } from './image-result.js';

/** A line as certify writes it. */
const LINE = {
  image: 7,
  label: 3,
  outcome: 'certified',
  class: 3,
  correct: true,
  radius: 0.25,
  norm: 'l2',
  delta_upper: '0.100000000000',
  p_lower: '0.900000000000',
  stop: 'gain',
  samples: 64,
  counts: { classes: [3, 5], votes: [60, 4], invalid: 0 },
};
const read = (fields: object) => imageResultOf({ ...LINE, ...fields });
const NONE = { class: null, radius: 0, p_lower: null };

describe('the result in a line of results.jsonl', () => {
  it('has what figures need', () => {
    expect(read({})).toEqual({
      image: 7,
      label: 3,
      outcome: 'certified',
      class: 3,
      correct: true,
      radius: 0.25,
      samples: 64,
      stop: 'gain',
      detail: null,
      pLower: 0.9,
      counts: LINE.counts,
    });
  });

  it('finds anew whether the class is right, whatever the line says', () => {
    expect(read({ label: 4, correct: true })?.correct).toBe(false);
    expect(read({ label: null, correct: false })?.correct).toBeNull();
  });

  it.each([
    ['an abstention', { ...NONE, outcome: 'abstained' }, { radius: 0, pLower: null, correct: null }],
    [
      'an approximation, which has no radius',
      { ...NONE, outcome: 'approximate', approximate_radius: 1 },
      { radius: 0 },
    ],
    [
      'a failure with its sentence',
      { ...NONE, outcome: 'failed', detail: 'It failed.' },
      { detail: 'It failed.' },
    ],
    [
      'a prediction, which has neither radius nor bound',
      { outcome: 'predicted', radius: undefined, p_lower: undefined },
      { class: 3, correct: true, radius: 0, pLower: null },
    ],
    ['an image of no class', { label: -1 }, { label: -1, correct: false }],
    ['a radius of 0 that was asked for', { radius: 0 }, { radius: 0, outcome: 'certified' }],
  ])('is read of %s', (_name, fields, found) => {
    expect(read(fields)).toMatchObject(found);
  });

  it.each([
    ['an outcome of another program', { outcome: 'toString' }],
    ['an outcome that is no text', { outcome: 1 }],
    ['an image that is no index', { image: -1 }],
    ['a label that is no index', { label: 0.5 }],
    ['a label that is a text', { label: '3' }],
    ['a class that is a text', { class: '3' }],
    ['a certificate without a class', { class: null }],
    ['an abstention with a class', { outcome: 'abstained' }],
    ['no samples', { samples: undefined }],
    ['a reason that is no text', { stop: 3 }],
    ['counts that do not ascend', { counts: { classes: [5, 3], votes: [1, 1], invalid: 0 } }],
    ['a negative radius', { radius: -0.1 }],
    ['a radius that is a text', { radius: '0.25' }],
    ['an infinite radius', { radius: Infinity }],
    ['a bound that is a number', { p_lower: 0.9 }],
    ['a bound beyond 1', { p_lower: '1.5' }],
    ['a bound that is no number', { p_lower: 'NaN' }],
  ])('is none with %s', (_name, fields) => {
    expect(read(fields)).toBeNull();
  });

  it.each<[string, ResultJob]>([
    ['gain', {}],
    ['anytime', { bound: 'anytime' }],
    ['target', { stop: { kind: 'target', radii: ['0', '0.25', '0.5'] }, bound: 'anytime' }],
    ['two-stage', { stop: { kind: 'two-stage', minGain: 0.02 }, bound: 'clopper-pearson' }],
    ['fixed', { stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson' }],
    ['the runner-up', { runnerUp: true }],
    ['a simultaneous claim', { simultaneous: true }],
    ['clt', { stop: { kind: 'fixed', selection: 20 }, bound: 'clt' }],
    ['laplace noise', { noise: 'laplace' }],
    ['uniform noise', { noise: 'uniform' }],
    ['a shared total', { stop: { kind: 'budget', totalSamples: 4000 } }],
  ])('is read from every line of a job of %s', (_name, options) => {
    const lines = linesOf(resultJob({ images: 20, ...options }), FADING);
    expect(lines).toHaveLength(20);
    for (const line of lines) {
      const fields = fieldsOfLine(line)!;
      const { image, label, outcome, class: classIndex, correct, radius, samples, counts } = fields;
      expect(imageResultOf(fields)).toMatchObject({
        image,
        label,
        outcome,
        class: classIndex,
        correct,
        radius,
        samples,
        counts,
      });
    }
  });
});

describe('the share of votes for a class', () => {
  const counts = { classes: [2, 3], votes: [6, 3], invalid: 1 };

  it('is that of the class, and without a class that of the leader; invalid votes are for none', () => {
    expect(voteShare({ class: 3, counts })).toBe(0.3);
    expect(voteShare({ class: null, counts })).toBe(0.6);
  });

  it('is 0 where all votes are invalid, and none without votes', () => {
    expect(voteShare({ class: null, counts: { classes: [], votes: [], invalid: 4 } })).toBe(0);
    expect(voteShare({ class: null, counts: { classes: [], votes: [], invalid: 0 } })).toBeNull();
  });
});
