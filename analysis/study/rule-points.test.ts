import { describe, expect, it } from 'vitest';

import { makeDrawing } from '../../test/support/drawings.js';
import { keptSizes } from '../../statistics/kept-sizes.js';
import { rulePoints } from './rule-points.js';

const SIZES = keptSizes(1_024);
const even = (rate: number) => ({ failures: SIZES.map((n) => Math.floor(n * rate)) });

describe('the rules of a drawing', () => {
  const points = rulePoints(makeDrawing(SIZES, [even(0), even(0.05), even(0.25)], { scale: 0.25 }));
  const of = (rule: string, bound: string) =>
    points.filter((one) => one.rule === rule && one.bound === bound);

  it('are all but fixed, each pair at several settings, measured where its looks were kept', () => {
    const sources = points.map(({ rule, bound, source }) => `${rule} ${bound} ${source}`);
    expect([...new Set(sources)]).toEqual([
      'gain spending measured',
      'gain anytime measured',
      'budget spending measured',
      'two-stage clopper-pearson exact',
      'target anytime exact',
    ]);
    expect(of('gain', 'spending')).toHaveLength(6);
    expect(of('two-stage', 'clopper-pearson')).toHaveLength(6);
    // A mean of 300 and of 1,000 samples an image.
    expect(of('budget', 'spending').map(({ setting }) => setting)).toEqual([
      '--total-samples 900',
      '--total-samples 3000',
    ]);
  });

  it('cost more and prove more as the price falls', () => {
    for (const run of [of('gain', 'spending'), of('gain', 'anytime'), of('two-stage', 'clopper-pearson')]) {
      for (const [at, { samples, meanRadius }] of run.entries()) {
        if (at === 0) continue;
        expect(samples).toBeGreaterThanOrEqual(run[at - 1]!.samples);
        expect(meanRadius).toBeGreaterThan(0.97 * run[at - 1]!.meanRadius);
      }
      expect(run.at(-1)!.meanRadius).toBeGreaterThan(run[0]!.meanRadius);
    }
  });

  it('ask target for the multiples of a quarter of the scale that unanimous votes reach', () => {
    const [target] = of('target', 'anytime');
    // 1,024 unanimous votes prove 2.48 scales with anytime.
    expect(target!.setting).toBe('--radii 0.0625,…,0.5625');
    expect(target!.certified).toBeGreaterThan(0.66);
  });
});

it('leave out what could certify nothing within the samples of a drawing', () => {
  const few = makeDrawing([8, 9], [{ failures: [0, 0] }]);
  expect(rulePoints(few)).toEqual([]);
});

it('are faults of ours where the claim is none', () => {
  const wrong = makeDrawing([64], [{ failures: [0] }], { alpha: 0.3 });
  expect(() => rulePoints(wrong)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
});
