import { describe, expect, it } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { clopperPearsonLower, normalQuantile } from '../../test/harness/binomial.js';
import { countsOf, makeDrawing } from '../../test/support/drawings.js';
import { makeJob } from '../../test/support/jobs.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { keptSizes } from '../../statistics/kept-sizes.js';
import { looksFor } from '../../statistics/schedule.js';
import { replayedBudget, replayedGain } from './replayed-rules.js';

const MOST = 1_024;
const SIZES = keptSizes(MOST);
/** An image that fails at this rate, evenly. */
const even = (rate: number, label?: number | null) => ({
  failures: SIZES.map((n) => Math.floor(n * rate)),
  ...(label === undefined ? {} : { label }),
});
const DRAWING = makeDrawing(SIZES, [even(0), even(0.02), even(0.2), even(0.48), even(0.01, 5)], {
  scale: 0.5,
});

describe('gain on the votes of a drawing', () => {
  it('stops where the coordinator stops, with the same certificate', () => {
    const minGain = 0.2;
    const looks = looksFor({ kind: 'gain', minGain }, 'anytime', MOST);
    const fold = new JobFold(
      makeJob({
        alpha: 0.001,
        bound: 'anytime',
        stop: { kind: 'gain', minGain },
        looks,
        images: DRAWING.images.length,
        draw: { classes: 6 },
      }),
    );
    DRAWING.images.forEach(({ failures }, image) => {
      looks.forEach((n, look) => {
        const begin = looks[look - 1] ?? 0;
        const before = look === 0 ? 0 : failures[SIZES.indexOf(begin)]!;
        if (fold.images.get(image)!.ending) return;
        drawn(fold, image, begin, n, failures[SIZES.indexOf(n)]! - before);
      });
    });
    const states = [...fold.images.values()];
    const samples = states.map(({ prefixes }) => looks[prefixes.length - 1]!);
    const radii = states.map(({ held }) => (held ? (fold.decision.radiusOf(held.deltaUpper) ?? 0) : 0));
    const point = replayedGain(DRAWING, 'anytime', minGain)!;
    expect(new Set(samples).size).toBeGreaterThan(2);
    expect(point).toMatchObject({
      rule: 'gain',
      bound: 'anytime',
      setting: '--min-gain 0.2',
      source: 'measured',
    });
    expect(point.samples).toBeCloseTo(samples.reduce((a, b) => a + b, 0) / 5, 9);
    expect(point.meanRadius).toBeCloseTo(radii.reduce((a, b) => a + b, 0) / 5, 9);
    expect(point.acr).toBeCloseTo((radii[0]! + radii[1]! + radii[2]! + radii[3]!) / 5, 9);
    expect(point.certified).toBe(radii.filter((radius) => radius > 0).length / 5);
  });

  it('at one look certifies what the bound says of it', () => {
    const one = makeDrawing([10, 64], [{ failures: [0, 0] }], { scale: 2 });
    const delta = anytimeDelta(0, 64, 0.001)!;
    expect(replayedGain(one, 'anytime', 0.02)!.meanRadius).toBeCloseTo(2 * normalQuantile(1 - delta), 6);
    // The only look of spending has all of α, but for the factor p of its null: a little below Clopper and Pearson.
    const { meanRadius, samples } = replayedGain(one, 'spending', 0.02)!;
    expect(samples).toBe(64);
    expect(meanRadius).toBeLessThan(2 * normalQuantile(clopperPearsonLower(64, 64, 0.001)));
    expect(meanRadius).toBeGreaterThan(2 * normalQuantile(clopperPearsonLower(64, 64, 0.0009)) - 0.005);
  });

  it('is not known where counts at its looks were not kept', () => {
    const few = makeDrawing([10, 1_000], [{ failures: [0, 0] }]);
    expect(replayedGain(few, 'spending', 0.02)).toBeNull();
    expect(replayedBudget(few, 2_000)).toBeNull();
  });

  it('has no right class without labels', () => {
    const { acr, meanRadius } = replayedGain(makeDrawing(SIZES, [even(0.1, null)]), 'spending', 0.1)!;
    expect(acr).toBe(meanRadius);
    expect(acr).toBeGreaterThan(0);
  });
});

/** Folds the shards of a segment, all failures in the first ones. */
function drawn(fold: JobFold, image: number, begin: number, end: number, failures: number): void {
  const state = fold.images.get(image)!;
  let left = failures;
  const at = fold.grid.segments.findIndex((shards) => shards[0]!.begin === begin);
  for (const [index, shard] of fold.grid.segments[at]!.entries()) {
    const length = shard.end - shard.begin;
    const failed = Math.min(left, length);
    left -= failed;
    state.fold({ segment: at, index }, countsOf(length, failed), 0);
  }
  expect([left, end]).toEqual([0, fold.grid.segments[at]!.at(-1)!.end]);
}

describe('a shared total on the votes of a drawing', () => {
  it('is spent in whole looks, never beyond, most of it where radius grows most', () => {
    for (const total of [500, 1_000, 2_500]) {
      const point = replayedBudget(DRAWING, total)!;
      expect(point).toMatchObject({ rule: 'budget', bound: 'spending', setting: `--total-samples ${total}` });
      expect(5 * point.samples).toBeLessThanOrEqual(total);
      expect(5 * point.samples).toBeGreaterThan(total / 2);
    }
  });

  it('that is more than all can take draws all, and leaves no image without the last look', () => {
    const point = replayedBudget(DRAWING, 1_000_000)!;
    expect(point.samples).toBe(MOST);
    expect(point.certified).toBe(0.8);
  });

  it('that is too small for some gives those no samples and no radius', () => {
    const point = replayedBudget(DRAWING, 130)!;
    expect(5 * point.samples).toBe(128);
    expect(point.certified).toBe(0.4);
  });
});
