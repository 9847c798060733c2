import { describe, expect, it } from 'vitest';
import type { ResultJob } from '../../test/support/result-files.js';
import { makeResult, makeSet } from '../../test/support/result-sets.js';
import { commonRadii, toldRadii } from './told-radii.js';

const setOf = (radii: readonly number[], job: ResultJob = {}, images?: number) =>
  makeSet(
    radii.map((radius, at) => makeResult(at, { radius })),
    images === undefined ? { job } : { job, images },
  );
const targetOf = (asked: string[], radii: readonly number[]) =>
  setOf(radii, { stop: { kind: 'target', radii: asked }, bound: 'anytime' });

describe('the radii that an opening tells', () => {
  it('are the smallest and the largest that an image reaches', () => {
    // σ = 0.5: steps of 0.5.
    expect(toldRadii([setOf([1.2, 0.7])])).toEqual([0.5, 1]);
    expect(toldRadii([setOf([0.7])])).toEqual([0.5]);
    expect(toldRadii([setOf([0.2])])).toEqual([]);
    expect(toldRadii([targetOf(['0', '0.3', '0.9'], [0.3])])).toEqual([0.3]);
  });

  it('leave jobs out that go on or prove nothing', () => {
    expect(toldRadii([setOf([1.2], {}, 2)])).toEqual([]);
    expect(toldRadii([setOf([1.2], { stop: { kind: 'predict' }, bound: 'anytime' })])).toEqual([]);
  });

  it('are the same for several jobs, and those that all target jobs were asked for', () => {
    expect(commonRadii([setOf([0.7]), setOf([1.7])])).toEqual([0.5, 1.5]);
    expect(commonRadii([setOf([1.7]), targetOf(['0.3', '0.5'], [0.5])])).toEqual([0.3, 0.5]);
    expect(commonRadii([targetOf(['0.3', '0.5'], [0.5]), targetOf(['0.5', '0.7'], [0.7])])).toEqual([0.5]);
    expect(commonRadii([targetOf(['0.3'], [0.3]), targetOf(['0.5'], [0.5])])).toBeNull();
  });
});
