import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ago,
  counted,
  drawnShare,
  duration,
  moment,
  percent,
  radiusWords,
  rateWords,
  shareWords,
  short,
  timeLeft,
  timeOfDay,
  unbroken,
  valueWords,
  whole,
  zoneWords,
} from './numbers.js';

describe('numbers of the page', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3 * 60 + 5, '3 min'],
    [3_600, '1 h'],
    [2 * 3_600 + 300, '2 h 5 min'],
    [86_400, '1 d'],
    [2 * 86_400 + 3 * 3_600, '2 d 3 h'],
    [1e7, '115 d'],
  ])('write %d seconds as %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it('never write another time as a longer one than it is, nor as less than two thirds of it', () => {
    const seconds = { s: 1, min: 60, h: 3_600, d: 86_400 };
    const read = (words: string) =>
      [...words.matchAll(/(\d+) (s|min|h|d)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * seconds[unit as keyof typeof seconds],
        0,
      );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), (given) => {
        const written = read(duration(given));
        expect(written).toBeLessThanOrEqual(given);
        expect(written).toBeGreaterThan((2 / 3) * given);
      }),
    );
  });

  it('write the time that is left with both of its ends, and once where they read alike', () => {
    expect(timeLeft({ low: 110, expected: 150, high: 200 })).toBe('about 1 min 50 s to 3 min left');
    expect(timeLeft({ low: 200, expected: 205, high: 210 })).toBe('about 3 min left');
  });

  it('show nothing and all only where it is nothing and all', () => {
    expect([0, 1e-9, 0.004, 0.5, 0.999, 1].map(percent)).toEqual([
      '0 %',
      '1 %',
      '1 %',
      '50 %',
      '99 %',
      '100 %',
    ]);
    expect([drawnShare(0, 0), drawnShare(50, 100), drawnShare(200, 100)]).toEqual([0, 0.5, 0.99]);
  });

  it('round radii down, and are not misled by binary fractions', () => {
    expect([0.58299, 0.582999, 0.583, 2.3, 0].map(radiusWords)).toEqual([
      '0.5829',
      '0.5829',
      '0.5830',
      '2.3000',
      '0.0000',
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (radius) => {
        expect(Number(radiusWords(radius))).toBeLessThanOrEqual(radius);
        expect(Number(radiusWords(radius))).toBeGreaterThan(radius - 0.0001 - 1e-9);
      }),
    );
  });

  it('have separators, and are short where they are large', () => {
    expect([whole(50_000), whole(0.6)]).toEqual(['50,000', '1']);
    expect([999, 12_345, 1_234_567, 98.7e6, 5e9].map(short)).toEqual([
      '999',
      '12,300',
      '1.23 million',
      '98.7 million',
      '5 billion',
    ]);
    expect([counted(1, 'image'), counted(2, 'image'), counted(0, 'process', 'processes')]).toEqual([
      '1 image',
      '2 images',
      '0 processes',
    ]);
    expect([0, 0.52, 12_345].map(rateWords)).toEqual([
      '0 samples a second',
      '0.5 samples a second',
      '12,300 samples a second',
    ]);
  });

  it('say when something was', () => {
    expect([-500, 1_999, 40_000, 7_500_000].map(ago)).toEqual([
      'just now',
      'just now',
      '40 s ago',
      '2 h 5 min ago',
    ]);
    const date = new Date(2026, 0, 5, 7, 3);
    expect(moment(date.getTime())).toMatch(/^2026-01-05 07:03 UTC([+−]\d+(:\d\d)?)?$/);
    expect(timeOfDay(date.getTime() + 9_000)).toBe('07:03:09');
    expect([0, 60, -210, 345].map(zoneWords)).toEqual(['UTC', 'UTC+1', 'UTC−3:30', 'UTC+5:45']);
  });

  it('are shares of whole images, rounded down, and exact where they can be', () => {
    expect([0, 29, 290, 300, 299].map((count) => shareWords(count, 300))).toEqual([
      '0.0 %',
      '9.6 %',
      '96.6 %',
      '100.0 %',
      '99.6 %',
    ]);
    expect(shareWords(29, 100)).toBe('29.0 %');
  });

  it('stay on one line with what they are the value of', () => {
    expect(unbroken('Gaussian noise of σ = 0.25')).toBe('Gaussian noise of σ\u00a0=\u00a00.25');
  });

  it('are written as their axis says', () => {
    expect(valueWords({ label: 'stop', scale: 'category', categories: ['gain', 'budget'] }, 1)).toBe(
      'budget',
    );
    expect(valueWords({ label: 'stop', scale: 'category', categories: ['gain'] }, 0.5)).toBe('');
    expect(valueWords({ label: 'share', scale: 'linear', percent: true }, 0.123456)).toBe('12.35 %');
    expect(valueWords({ label: 'radius', scale: 'linear' }, 0.1 + 0.2)).toBe('0.3');
  });
});
