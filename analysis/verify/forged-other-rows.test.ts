import { describe, expect, it } from 'vitest';
import { changed, more, strip, type Forgery } from '../../test/support/forged-results.js';

describe('a forged row of two counts, of one look, or without a radius', () => {
  const CASES: Readonly<Record<string, Forgery>> = {
    'a larger radius with the runner-up': [
      'gain with the runner-up',
      0,
      ({ radius }) => ({ radius: radius! + 1e-6 }),
      'do not prove the radius',
    ],
    'a smaller radius with the runner-up': [
      'gain with the runner-up',
      0,
      ({ radius }) => ({ radius: radius! - 1e-5 }),
      'prove more than the radius',
    ],
    'a smaller p_upper': [
      'gain with the runner-up',
      0,
      ({ runner_up: r }) => ({ runner_up: { ...r, p_upper: more(r!.p_upper, -1e-6) } }),
      'do not prove delta_upper and p_upper',
    ],
    'a larger p_upper': [
      'gain with the runner-up',
      0,
      ({ runner_up: r }) => ({ runner_up: { ...r, p_upper: more(r!.p_upper, 1e-6) } }),
      'prove a smaller p_upper',
    ],
    'other votes of the runner-up': [
      'gain with the runner-up',
      0,
      ({ runner_up: r }) => ({ runner_up: { ...r, votes: 400 } }),
      'not those of its counts',
    ],
    'nothing said of the runner-up': [
      'gain with the runner-up',
      0,
      () => ({ runner_up: null }),
      'lacks what it says of the runner-up',
    ],
    'a radius of the class alone': [
      'gain with the runner-up',
      0,
      ({ runner_up: r }) => ({ runner_up: { ...r, radius_of_class_alone: 0 } }),
      'radius_of_class_alone',
    ],
    'the runner-up where there is none': [
      'gain',
      0,
      () => ({ runner_up: null }),
      'with, or without, the runner-up',
    ],
    'a larger radius of fixed with the runner-up': [
      'fixed with the runner-up',
      0,
      ({ radius }) => ({ radius: radius! + 1e-6 }),
      'do not prove the radius',
    ],
    'a smaller delta_upper of fixed with the runner-up': [
      'fixed with the runner-up',
      0,
      ({ delta_upper: d, p_lower: p }) => ({ delta_upper: more(d!, -1e-6), p_lower: more(p!, 1e-6) }),
      'do not prove delta_upper and p_upper',
    ],
    'a smaller p_upper of fixed with the runner-up': [
      'fixed with the runner-up',
      0,
      ({ runner_up: r }) => ({ runner_up: { ...r, p_upper: more(r!.p_upper, -1e-6) } }),
      'do not prove delta_upper and p_upper',
    ],
    'a larger radius of fixed': [
      'fixed',
      0,
      ({ radius }) => ({ radius: radius! + 1e-6 }),
      'do not prove the radius',
    ],
    'another end of fixed': ['fixed', 0, () => ({ stop: 'gain' }), 'end with all samples'],
    'a certificate of the normal approximation': [
      'clt',
      0,
      () => ({
        outcome: 'certified',
        class: 0,
        correct: true,
        delta_upper: '0.100000000000',
        p_lower: '0.900000000000',
        proved_by: { begin: 20, end: 532 },
      }),
      'certifies nothing',
    ],
    'an approximation with a radius': [
      'clt with Gaussian noise',
      0,
      () => ({ radius: 0.1 }),
      'claims something all the same',
    ],
    'an approximate radius of its own': [
      'clt with Gaussian noise',
      0,
      ({ approximate_radius: r }) => ({ approximate_radius: r! + 1e-5 }),
      'not that of the formula',
    ],
    'another approximate class': [
      'clt with Gaussian noise',
      0,
      () => ({ approximate_class: 7 }),
      'not the one that was selected',
    ],
    'other counts of an approximation': [
      'clt with Gaussian noise',
      0,
      ({ counts }) => ({ counts: { ...counts, invalid: 1 } }),
      'not those behind the selection',
    ],
    'a detail of an approximation': [
      'clt with Gaussian noise',
      0,
      () => ({ detail: 'x' }),
      'not about unanimous votes',
    ],
    'an approximation of no counts': [
      'clt with Gaussian noise',
      0,
      () => ({ looks: [], samples: 0 }),
      'no counts behind the selection',
    ],
    'a prediction of other votes': [
      'predict',
      0,
      () => ({ class: 3, correct: false }),
      'not the one that these votes choose',
    ],
    'a smaller p-value': ['predict', 0, () => ({ p_value: '1.00e-9' }), 'do not give the p-value'],
    'a larger p-value': ['predict', 0, () => ({ p_value: '9.00e-4' }), 'give a smaller p-value'],
    'a p-value of nothing': ['predict', 0, () => ({ p_value: '0.00e-3' }), 'do not give the p-value'],
    'no p-value': ['predict', 0, () => ({ p_value: null }), 'do not give the p-value'],
    'a prediction where none is decided': [
      'predict of halves',
      1,
      ({ looks }) => ({
        outcome: 'predicted',
        class: 1,
        correct: true,
        p_value: '1.00e+0',
        stop: 'decided',
        proved_by: { begin: 64, end: looks.at(-1)!.n },
      }),
      'do not decide its class',
    ],
    'a prediction before the last look': [
      'predict',
      2,
      ({ looks }) => ({ proved_by: { begin: 64, end: looks[1]!.n } }),
      'before its last look',
    ],
    'no prediction where one is decided': [
      'predict',
      0,
      ({ looks }) => ({
        outcome: 'abstained',
        class: null,
        correct: null,
        p_value: null,
        proved_by: null,
        stop: 'futile',
        counts: strip(looks.at(-1)!),
      }),
      'decide one',
    ],
    'another reason to stop, of predict': [
      'predict',
      0,
      () => ({ stop: 'budget' }),
      'The rule predict stops there',
    ],
    'a reason to stop where there is one look': [
      'predict with one look',
      0,
      () => ({ stop: 'decided' }),
      'says that it was stopped',
    ],
    'a larger p-value of one look': [
      'predict with one look',
      2,
      ({ p_value: p }) => ({ p_value: p!.replace(/e-(\d+)/, (_, e: string) => `e-${Number(e) - 1}`) }),
      'give a smaller p-value',
    ],
    'a certificate of a class that has no votes': [
      'gain with the runner-up',
      0,
      () => ({ class: 77, correct: false }),
      'not those of its counts',
    ],
    'a certificate of votes for many classes': [
      'gain with the runner-up of many classes',
      0,
      ({ looks }) => ({
        outcome: 'certified',
        class: 0,
        correct: true,
        radius: 0.1,
        delta_upper: '0.200000000000',
        p_lower: '0.800000000000',
        runner_up: {
          class_votes: 1,
          outcome: 1,
          votes: 1,
          p_upper: '0.100000000000',
          radius_of_class_alone: 0,
        },
        proved_by: { begin: 0, end: looks[0]!.n },
        counts: strip(looks[0]!),
      }),
      'do not prove delta_upper and p_upper',
    ],
    'a prediction of samples that are no look': [
      'predict',
      0,
      () => ({ proved_by: { begin: 0, end: 80 } }),
      'not those of a look',
    ],
    'three looks of two-stage': [
      'two-stage',
      0,
      ({ looks }) => ({
        looks: [looks[0], looks[1], { n: 82, classes: [0], votes: [82], invalid: 0 }],
        samples: 82,
      }),
      'more than two looks',
    ],
    'more samples than a look of budget has': [
      'budget',
      0,
      ({ looks }) => ({ looks: [...looks.slice(0, -1), { ...looks.at(-1)!, n: 5000 }], samples: 5000 }),
      'none of the schedule',
    ],
    'fewer samples than the look before, of budget': [
      'budget',
      0,
      ({ looks }) => ({ looks: [...looks.slice(0, -1), { ...looks.at(-1)!, n: 3 }], samples: 3 }),
      'none of the schedule',
    ],
    'more looks than budget has': [
      'budget',
      0,
      ({ looks }) => ({
        looks: [...looks, ...[1, 2, 3, 4, 5].map((i) => ({ ...looks[0]!, n: 600 + i }))],
        samples: 605,
      }),
      'none of the schedule',
    ],
  };

  it.each(Object.entries(CASES))('with %s is found', (_, [name, image, change, found]) => {
    expect(changed(name, image, change).join('\n')).toContain(found);
  });
});
