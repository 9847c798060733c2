import { describe, expect, it } from 'vitest';
import { readResultLine } from './result-line.js';

const look = (votes: Record<number, number>, invalid = 0) => ({
  n: Object.values(votes).reduce((a, b) => a + b, invalid),
  classes: Object.keys(votes).map(Number),
  votes: Object.values(votes),
  invalid,
});
const line = (fields: object) =>
  JSON.stringify({ label: 3, outcome: 'certified', bound: 'spending', looks: [], ...fields });
const image = (fields: object) => readResultLine(line(fields));

describe('a line of results.jsonl', () => {
  it('of a rule that looks repeatedly is counted over all samples, and invalid votes are failures', () => {
    const looks = [look({ 3: 60, 5: 4 }), look({ 3: 120, 5: 6 }, 2)];
    expect(image({ looks })).toEqual({ kind: 'counted', image: { failures: 8, n: 128, right: true } });
    expect(image({ looks, label: 5 })).toMatchObject({ image: { right: false } });
    expect(image({ looks, label: null })).toMatchObject({ image: { right: null } });
  });

  it.each(['clopper-pearson', 'clt'])(
    'with the bound %s is counted behind the samples that chose the class',
    (bound) => {
      // The fresh samples prefer class 5, and the class that was chosen is 3.
      const looks = [look({ 3: 60, 5: 40 }), look({ 3: 100, 5: 100 })];
      expect(image({ bound, looks, outcome: 'abstained' })).toEqual({
        kind: 'counted',
        image: { failures: 60, n: 100, right: true },
      });
    },
  );

  it('of a pilot alone is counted over the pilot, which is all there is', () => {
    expect(image({ bound: 'clopper-pearson', looks: [look({ 1: 40, 3: 24 })] })).toEqual({
      kind: 'counted',
      image: { failures: 24, n: 64, right: false },
    });
  });

  it('without a vote for any class fails always', () => {
    expect(image({ looks: [look({}, 10)] })).toEqual({
      kind: 'counted',
      image: { failures: 10, n: 10, right: false },
    });
  });

  it('may be of an image that failed, or that was not drawn', () => {
    expect(image({ outcome: 'failed', looks: [look({ 3: 64 })] })).toEqual({ kind: 'failed' });
    expect(image({ outcome: 'abstained' })).toEqual({ kind: 'undrawn' });
    expect(image({ outcome: 'abstained', looks: [look({})] })).toEqual({ kind: 'undrawn' });
  });

  it.each([
    ['no JSON', '{"label":3'],
    ['no object', '3'],
    ['null', 'null'],
    ['without a bound', line({ bound: undefined })],
    ['with a label that is none', line({ label: 'three' })],
    ['with a negative label', line({ label: -1 })],
    ['without looks', line({ looks: undefined })],
    ['with looks that are none', line({ looks: [7] })],
    ['with a null look', line({ looks: [null] })],
    ['with more classes than votes', line({ looks: [{ classes: [1, 2], votes: [3], invalid: 0 }] })],
    ['with votes that are no list', line({ looks: [{ classes: [1], votes: 3, invalid: 0 }] })],
    ['with classes that are no list', line({ looks: [{ classes: 1, votes: [3], invalid: 0 }] })],
    ['with half a vote', line({ looks: [{ classes: [1], votes: [1.5], invalid: 0 }] })],
    ['without its invalid votes', line({ looks: [{ classes: [1], votes: [5] }] })],
    [
      'whose whole has less than a part',
      line({ bound: 'clt', looks: [look({ 3: 10 }), look({ 3: 5, 4: 20 })] }),
    ],
    ['whose invalid votes vanish', line({ bound: 'clt', looks: [look({ 3: 10 }, 2), look({ 3: 30 }, 1)] })],
    ['whose looks are the same', line({ bound: 'clt', looks: [look({ 3: 10 }), look({ 3: 10 })] })],
  ])('is none: %s', (_, text) => {
    expect(readResultLine(text)).toBeNull();
  });
});
