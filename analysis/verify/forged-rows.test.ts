import { describe, expect, it } from 'vitest';
import { changed, mixed, more, rowsOf, strip, type Forgery } from '../../test/support/forged-results.js';
import { resultFiles, resultJob } from '../../test/support/result-files.js';
import type { Row } from './rows/row.js';

describe('a forged row of one count', () => {
  const CASES: Readonly<Record<string, Forgery>> = {
    'a radius that is larger by 1e-6': [
      'gain',
      0,
      ({ radius }) => ({ radius: radius! + 1e-6 }),
      'do not prove the radius',
    ],
    'a smaller radius': [
      'gain',
      0,
      ({ radius }) => ({ radius: radius! - 1e-5 }),
      'prove more than the radius',
    ],
    'no radius': ['gain', 0, () => ({ radius: 0 }), 'do not prove the radius'],
    'a smaller delta_upper': [
      'gain',
      0,
      ({ delta_upper: d, p_lower: p }) => ({ delta_upper: more(d!, -1e-6), p_lower: more(p!, 1e-6) }),
      'do not prove delta_upper',
    ],
    'a larger delta_upper': [
      'gain',
      0,
      ({ delta_upper: d, p_lower: p }) => ({ delta_upper: more(d!, 1e-6), p_lower: more(p!, -1e-6) }),
      'prove a smaller delta_upper',
    ],
    'a p_lower of its own': [
      'gain',
      0,
      ({ p_lower: p }) => ({ p_lower: more(p!, 1e-6) }),
      'p_lower is not 1 − delta_upper',
    ],
    'no delta_upper': ['gain', 0, () => ({ delta_upper: null }), 'p_lower is not 1 − delta_upper'],
    'the counts of another look': [
      'gain',
      0,
      ({ looks: [first] }) => ({
        proved_by: { begin: 0, end: 64 },
        counts: { classes: first!.classes, votes: first!.votes, invalid: 0 },
      }),
      'do not prove the radius',
    ],
    'samples of no look': ['gain', 0, () => ({ proved_by: { begin: 0, end: 65 } }), 'not those of a look'],
    'samples that begin elsewhere': [
      'fixed',
      0,
      ({ proved_by }) => ({ proved_by: { ...proved_by, begin: 0 } }),
      'not those of a look',
    ],
    'another class': ['gain', 0, () => ({ class: 1, correct: false }), 'not the one that these votes choose'],
    'one vote more at a look': [
      'gain',
      0,
      ({ looks: [first, ...rest] }) => ({ looks: [{ ...first, votes: [65] }, ...rest] }),
      'do not add up to as many',
    ],
    'other votes than the ledger': [
      'gain',
      1,
      ({ looks: [first, ...rest] }) => ({ looks: [{ ...first, classes: [0], votes: [64] }, ...rest] }),
      "not the sum of the ledger's",
    ],
    'a look that is none': [
      'gain',
      0,
      ({ looks: [first, ...rest] }) => ({ looks: [{ ...first, n: 63 }, ...rest] }),
      'none of the schedule',
    ],
    'fewer samples than looks': ['gain', 0, () => ({ samples: 64 }), 'not that of all its samples'],
    'counts of its own': [
      'gain',
      0,
      ({ counts }) => ({ counts: { ...counts, invalid: 1 } }),
      'not those of the samples that prove it',
    ],
    'another alpha': ['gain', 1, () => ({ alpha: 0.01 }), 'that of its claim'],
    'another bound': ['gain', 0, () => ({ bound: 'anytime' }), 'bound is not that of the job'],
    'another norm': ['gain', 0, () => ({ norm: 'l1' }), 'norm is not l2'],
    'a claim about all images': [
      'gain',
      0,
      () => ({ simultaneous: { alpha: 0.001, images: 4 } }),
      'claims of all images together',
    ],
    'a wrong "correct"': ['gain', 0, () => ({ correct: false }), 'does not follow from its class and label'],
    'a detail': ['gain', 0, () => ({ detail: 'x' }), 'which only failures have'],
    'a radius that was not asked for': ['gain', 0, () => ({ target: '0.1' }), 'not asked for'],
    'what is approximate': ['gain', 0, () => ({ approximate_class: 1 }), 'both certified and approximate'],
    'another reason to stop': ['gain', 0, () => ({ stop: 'gain' }), 'The rule gain stops there'],
    'no certificate where there is one': [
      'gain',
      0,
      ({ looks }) => ({
        outcome: 'abstained',
        class: null,
        correct: null,
        radius: 0,
        delta_upper: null,
        p_lower: null,
        proved_by: null,
        stop: 'abstain',
        counts: strip(looks.at(-1)!),
      }),
      'has no certificate',
    ],
    'an abstention with a radius': ['gain', 1, () => ({ radius: 0.1 }), 'claims something all the same'],
    'an abstention of other counts': [
      'gain',
      1,
      ({ counts }) => ({ counts: { ...counts, invalid: 3 } }),
      'not those of all its samples',
    ],
    'an approximation of a bound that proves': [
      'gain',
      0,
      () => ({ outcome: 'approximate' }),
      'Only a normal approximation',
    ],
    'a failure that the ledger does not know': [
      'gain',
      0,
      () => ({ outcome: 'failed', stop: 'CHILD_DIED', detail: 'x' }),
      'does not say that it failed',
    ],
    'too many invalid votes that are not there': [
      'gain',
      0,
      () => ({ outcome: 'failed', stop: 'MODEL_OUTPUT_NOT_FINITE', detail: 'x' }),
      'too many of its votes are invalid',
    ],
    'an anytime radius of too much': [
      'gain with anytime',
      0,
      ({ radius }) => ({ radius: radius! + 1e-6 }),
      'do not prove the radius',
    ],
    'an anytime radius of too little': [
      'gain with anytime',
      0,
      ({ radius }) => ({ radius: radius! - 1e-5 }),
      'prove more than the radius',
    ],
    'an earlier look that proves less, with anytime': [
      'gain with anytime',
      0,
      earlierLook,
      'prove more than those that it rests on',
    ],
    'no anytime certificate where there is one': [
      'gain with anytime',
      0,
      ({ looks }) => ({
        outcome: 'abstained',
        class: null,
        correct: null,
        radius: 0,
        delta_upper: null,
        p_lower: null,
        proved_by: null,
        counts: strip(looks.at(-1)!),
      }),
      'has no certificate',
    ],
    'a target that was not asked for': [
      'target',
      0,
      () => ({ target: '0.3', radius: 0.3 }),
      'none that was asked for',
    ],
    'no target': ['target', 0, () => ({ target: undefined }), 'none that was asked for'],
    'a radius beside its target': ['target', 0, () => ({ radius: 0.3 }), 'not its target'],
    'a larger target': ['target', 2, () => ({ target: '0.50', radius: 0.5 }), 'do not prove the radius 0.50'],
    'a smaller target': [
      'target',
      0,
      () => ({ target: '0.25', radius: 0.25 }),
      'prove a larger one of the radii',
    ],
    'a delta_upper that is not that of its target': [
      'target',
      0,
      ({ delta_upper: d, p_lower: p }) => ({ delta_upper: more(d!, 1e-6), p_lower: more(p!, -1e-6) }),
      'is not that of its radius',
    ],
    'a later look than the first that reaches it': [
      'target',
      2,
      ({ looks }) => ({ proved_by: { begin: 0, end: looks.at(-1)!.n }, counts: strip(looks.at(-1)!) }),
      'prove it already',
    ],
    'another reason to stop, of target': [
      'target',
      0,
      () => ({ stop: 'budget' }),
      'The rule target stops there',
    ],
    'no target where there is one': [
      'target',
      0,
      ({ looks }) => ({
        outcome: 'abstained',
        class: null,
        correct: null,
        target: undefined,
        radius: 0,
        delta_upper: null,
        p_lower: null,
        proved_by: null,
        counts: strip(looks.at(-1)!),
      }),
      'has no certificate',
    ],
  };

  it.each(Object.entries(CASES))('with %s is found', (_, [name, image, change, found]) => {
    expect(changed(name, image, change).join('\n')).toContain(found);
  });
});

/** Claims the certificate that an earlier look would give, from the same votes in a job that ends there. */
function earlierLook({ looks }: Row): object {
  const [, at] = looks;
  const files = resultFiles(resultJob({ bound: 'anytime', images: 4, maxSamples: at!.n }), mixed);
  const { radius, delta_upper, p_lower, proved_by, counts } = rowsOf(files)[0]!;
  return { radius, delta_upper, p_lower, proved_by, counts };
}
