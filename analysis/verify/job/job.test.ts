import { describe, expect, it } from 'vitest';
import { isImageLevel } from './image-level.js';
import { scheduleOf } from './schedule.js';
import { list, object, oneOf, tagged, text, whole } from './shape.js';

describe('schedules', () => {
  it.each([
    ['gain', 'spending', 100, [64, 100]],
    ['gain', 'spending', 80, [80]],
    ['gain', 'spending', 64, [64]],
    ['gain', 'spending', 300, [64, 128, 300]],
    ['budget', 'anytime', 300, [64, 96, 144, 216, 300]],
    ['target', 'anytime', 100, [32, 64, 96, 100]],
    ['two-stage', 'clopper-pearson', 100, [64, 80, 82, 84, 86, 89, 92, 95, 99, 100]],
    ['predict', 'anytime', 120, [64, 80, 96, 112, 120]],
    ['predict', 'two-sided', 120, [120]],
  ] as const)('of %s with %s up to %d are those of docs/statistics.md', (kind, bound, most, looks) => {
    const stop = kind === 'target' ? { kind, radii: [] } : { kind, minGain: 0, totalSamples: 1 };
    expect(scheduleOf(stop as Parameters<typeof scheduleOf>[0], bound, most)).toEqual(looks);
  });

  it('have as many looks as docs/statistics.md counts', () => {
    expect(scheduleOf({ kind: 'target', radii: [] }, 'anytime', 100_000)).toHaveLength(105);
    expect(scheduleOf({ kind: 'predict' }, 'anytime', 100_000)).toHaveLength(75);
    expect(scheduleOf({ kind: 'fixed', selection: 100 }, 'clopper-pearson', 1100)).toEqual([100, 1100]);
  });
});

describe('the level of an image', () => {
  const together = { alpha: 0.001, simultaneous: true, images: { start: 0, stop: 500, step: 1 } } as const;
  // 1 − 0.999^(1/500), mpmath.
  const LEVEL = 2.000998665166567e-6;

  it('is that of the claim, or Šidák’s', () => {
    expect(isImageLevel({ alpha: 0.01, images: together.images }, 0.01)).toBe(true);
    expect(isImageLevel({ alpha: 0.01, images: together.images }, 0.011)).toBe(false);
    expect(isImageLevel(together, 0.001)).toBe(false);
    expect(isImageLevel(together, LEVEL)).toBe(true);
    expect(isImageLevel(together, LEVEL * (1 + 1e-9))).toBe(false);
    expect(isImageLevel(together, 0)).toBe(false);
    expect(isImageLevel(together, 1)).toBe(false);
  });
});

describe('shapes', () => {
  const shape = object({ a: whole(0, 3) }, { b: list(text(/^x$/), 2) });

  it.each([
    [{ a: 1 }, null],
    [{ a: 1, b: ['x'] }, null],
    [{ a: 4 }, 'it.a is no number from 0 to 3'],
    [{ a: 0.5 }, 'it.a is no whole number'],
    [{}, 'it.a is missing'],
    [{ a: 1, c: 1 }, 'it.c is no field that a job has'],
    [{ c: 1 }, 'it.a is missing'],
    [{ a: 1, b: [] }, 'it.b is no list of 1 to 2'],
    [{ a: 1, b: 7 }, 'it.b is no list of 1 to 2'],
    [{ a: 1, b: ['x', 'y'] }, 'it.b[1] is not such a text'],
    [null, 'it is no object'],
    [[], 'it is no object'],
  ])('of %j say what is wrong', (value, fault) => {
    expect(shape(value, 'it')).toBe(fault);
  });

  it('are chosen by their kind', () => {
    const one = tagged({ a: object({ kind: oneOf('a') }) });
    expect(one({ kind: 'a' }, 'it')).toBeNull();
    for (const value of [null, {}, { kind: 'toString' }, { kind: 1 }])
      expect(one(value, 'it')).toBe('it.kind is none of a');
  });
});
