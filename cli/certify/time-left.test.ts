import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeLeft } from './time-left.js';

const of = (low: number, high: number) => timeLeft({ low, expected: (low + high) / 2, high });

describe('the time that is left', () => {
  it.each([
    [0, 0, 'at most 1 s left'],
    [0.4, 7, 'at most 7 s left'],
    [3.2, 7.4, 'about 3 to 8 s left'],
    [23, 38, 'about 20 to 40 s left'],
    [38, 170, 'about 30 s to 3 min left'],
    [130, 170, 'about 2 to 3 min left'],
    [180, 180, 'about 3 min left'],
    [24 * 60, 26.5 * 60, 'about 20 to 30 min left'],
    [2.5 * 3_600, 2.6 * 3_600, 'about 2 to 3 h left'],
    [40 * 3_600, 60 * 3_600, 'about 40 h to 3 days left'],
    [86_400 * 1_234, 86_400 * 1_234, 'about 1200 to 1300 days left'],
  ])('from %d to %d s is %s', (low, high, words) => {
    expect(of(low, high)).toBe(words);
  });

  it('is never told as less than its least, nor as more certain than it is', () => {
    const seconds = { s: 1, min: 60, h: 3_600, days: 86_400 } as const;
    const span = fc.tuple(
      fc.double({ min: 1, max: 1e7, noNaN: true }),
      fc.double({ min: 0, max: 1e7, noNaN: true }),
    );
    fc.assert(
      fc.property(span, ([low, more]) => {
        const words = of(low, low + more);
        const found = /^about (?:(\d+)(?: (\w+))? to )?(\d+) (\w+) left$/.exec(words)!;
        const [, from, unit, to, last] = found;
        const most = Number(to) * seconds[last as keyof typeof seconds];
        expect(most).toBeGreaterThanOrEqual(low + more);
        if (from === undefined) return;
        const least = Number(from) * seconds[(unit ?? last) as keyof typeof seconds];
        expect(least).toBeLessThanOrEqual(low);
      }),
    );
  });
});
