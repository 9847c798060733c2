import { describe, expect, it } from 'vitest';

import { looksFor } from '../../statistics/schedule.js';
import { SEQUENCE_TEST } from '../../statistics/predict.js';
import { foldOf, foldOfVotes } from '../../test/support/folds.js';
import { counted, makeJob, makeRecord, type Voter } from '../../test/support/jobs.js';
import { JobFold } from '../core/job-fold.js';
import { decisionViewOf } from './decision-view-of.js';
import { predictionOf } from './predictions.js';
import { jsonLines, tsvLines } from './result-lines.js';
import { resultRowOf } from './result-rows.js';

const stop = { kind: 'predict' } as const;
const EARLY = makeJob({ images: 2, stop, looks: looksFor(stop, 'anytime', 200) });
const ONE_LOOK = makeJob({ images: 1, stop, bound: 'two-sided', looks: [100] });

const unanimous: Voter = () => 4;
/** Every eighth sample votes for 6. */
const clear: Voter = (_, sample) => (sample % 8 === 0 ? 6 : 4);
const halves: Voter = (_, sample) => sample % 2;

describe('a prediction', () => {
  it('says which class, by which votes, and why they were enough', () => {
    const found = predictionOf(foldOfVotes(EARLY, clear), 1, 4)!;
    expect(found).toEqual({
      image: 1,
      label: 4,
      outcome: 'predicted',
      class: 4,
      correct: true,
      p_value: found.p_value,
      alpha: 0.001,
      bound: 'anytime',
      stop: 'decided',
      samples: 96,
      proved_by: { begin: 64, end: 96 },
      counts: { classes: [4, 6], votes: [28, 4], invalid: 0 },
      looks: [
        { n: 64, classes: [4, 6], votes: [56, 8], invalid: 0 },
        { n: 80, classes: [4, 6], votes: [70, 10], invalid: 0 },
        { n: 96, classes: [4, 6], votes: [84, 12], invalid: 0 },
      ],
    });
    expect(Number(found.p_value)).toBeGreaterThanOrEqual(SEQUENCE_TEST.pValue(28, 4));
    expect(Number(found.p_value)).toBeLessThanOrEqual(0.001);
    const order = 'image label outcome class correct p_value alpha bound stop samples proved_by counts looks';
    expect(Object.keys(found)).toEqual(order.split(' '));
  });

  it('may be wrong about the label, or know none', () => {
    const fold = foldOfVotes(EARLY, unanimous);
    expect(predictionOf(fold, 0, 3)).toMatchObject({ class: 4, correct: false, samples: 80 });
    expect(predictionOf(fold, 0, null)).toMatchObject({ class: 4, label: null, correct: null });
  });

  it('with one look rests on all samples', () => {
    expect(predictionOf(foldOfVotes(ONE_LOOK, clear), 0, 4)).toMatchObject({
      outcome: 'predicted',
      stop: 'budget',
      samples: 100,
      proved_by: { begin: 0, end: 100 },
      counts: { classes: [4, 6], votes: [87, 13], invalid: 0 },
    });
  });

  it('is no row before its image is decided, and none in a job that is refuted', () => {
    expect(
      predictionOf(
        foldOfVotes(EARLY, unanimous, ({ end }) => end <= 64),
        0,
        4,
      ),
    ).toBeNull();
    const shard = { image: 0, begin: 0, end: 64 };
    const refuting = makeRecord(EARLY, {
      counted: [counted(unanimous, shard)],
      failed: [{ shard, code: 'MODEL_NOT_DETERMINISTIC', detail: 'Other scores.' }],
    });
    expect(predictionOf(foldOf(EARLY, [refuting]), 0, 4)).toBeNull();
  });
});

describe('an image without a prediction', () => {
  it('abstains, with all its counts', () => {
    expect(predictionOf(foldOfVotes(EARLY, halves), 0, 1)).toMatchObject({
      outcome: 'abstained',
      class: null,
      correct: null,
      p_value: null,
      proved_by: null,
      stop: 'futile',
    });
    expect(predictionOf(foldOfVotes(ONE_LOOK, halves), 0, 1)).toMatchObject({
      outcome: 'abstained',
      stop: 'budget',
      samples: 100,
      counts: { classes: [0, 1], votes: [50, 50], invalid: 0 },
    });
  });

  it('is failed where votes are invalid, or where the machinery failed', () => {
    const invalid: Voter = (_, sample) => (sample % 10 === 0 ? -1 : 4);
    expect(predictionOf(foldOfVotes(EARLY, invalid), 0, 4)).toMatchObject({
      outcome: 'failed',
      class: null,
      stop: 'MODEL_OUTPUT_NOT_FINITE',
      detail: '8 of 80 samples had a score that is NaN or +∞, or no finite score.',
      samples: 80,
    });
    const failed = { image: 1, code: 'CHILD_DIED', detail: 'It threw.' } as const;
    expect(predictionOf(foldOf(EARLY, [makeRecord(EARLY, { failedImages: [failed] })]), 1, 4)).toMatchObject({
      outcome: 'failed',
      stop: 'CHILD_DIED',
      samples: 0,
      counts: { classes: [], votes: [], invalid: 0 },
      looks: [],
    });
  });
});

it('the files hold predictions, with the columns of predict.py', () => {
  const voter: Voter = (image, sample) => (image === 0 ? clear(image, sample) : halves(image, sample));
  const fold = foldOfVotes(EARLY, voter);
  const rows = [...jsonLines(fold, () => 4)].map((line) => JSON.parse(line) as unknown);
  expect(rows).toEqual([predictionOf(fold, 0, 4), predictionOf(fold, 1, 4)]);
  const [header, ...lines] = [...tsvLines(fold, () => 4)].map((line) => line.trimEnd().split('\t'));
  expect(header).toEqual(['idx', 'label', 'predict', 'correct', 'time']);
  expect(lines.map((line) => line.slice(0, 4))).toEqual([
    ['0', '4', '4', '1'],
    ['1', '4', '-1', '0'],
  ]);
  const [, line] = [...tsvLines(fold, () => null)];
  expect(line).toMatch(/^0\t-1\t4\tunknown\t0\.\d{6}\n$/);
});

it('the files leave out images that are not decided', () => {
  const fold = foldOfVotes(EARLY, clear, ({ image }) => image === 1);
  expect([...jsonLines(fold, () => null)]).toHaveLength(1);
  expect([...tsvLines(fold, () => null)]).toHaveLength(2);
});

it('clients are told the class of a prediction, and no radius', () => {
  const fold = foldOfVotes(EARLY, clear);
  const told = { image: 1, outcome: 'predicted', class: 4, radius: 0 };
  expect(decisionViewOf(resultRowOf(fold, 1, null)!)).toEqual(told);
  expect(resultRowOf(new JobFold(EARLY), 0, null)).toBeNull();
});
