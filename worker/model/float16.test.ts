import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToFloat16, widenFloat16 } from './float16.js';

const round = (...values: number[]): number[] => {
  const into = new Uint16Array(values.length);
  roundToFloat16(Float32Array.from(values), into);
  return [...into];
};
const INFINITE = 0x7c00;
/** Every finite float16 from 0 up, and the 65536 that would be next. */
const steps = [...widenFloat16(Uint16Array.from({ length: INFINITE }, (_, half) => half)), 65536];

/** The float32 next to a positive one, `by` steps away. */
function neighbour(value: number, by: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer);
  word[0]! += by;
  return new Float32Array(word.buffer)[0]!;
}

describe('widenFloat16', () => {
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
    [0x8000, -0],
  ])('of %i is %d', (half, value) => {
    expect(widenFloat16(Uint16Array.of(half))[0]).toBe(value);
  });

  it('ascends with the bits', () => {
    for (let half = 1; half < steps.length; half += 1) expect(steps[half]! > steps[half - 1]!).toBe(true);
  });
});

describe('roundToFloat16', () => {
  it('gives every float16 back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, half) => half);
    const back = new Uint16Array(all.length);
    roundToFloat16(widenFloat16(all), back);
    const isNaN16 = (half: number) => (half & 0x7fff) > INFINITE;
    expect([...back].filter((half, at) => half !== at && !isNaN16(at))).toEqual([]);
    expect([...back].filter((_, at) => isNaN16(at)).every((half) => isNaN16(half))).toBe(true);
  });

  it('turns at the middle of every two neighbours, ties to the even one', () => {
    const middles = steps.slice(1).map((next, half) => (steps[half]! + next) / 2);
    const signed = (sign: number, shift: number) =>
      round(...middles.map((middle) => sign * neighbour(middle, shift))).map((half) => half & 0x7fff);
    expect(middles.map(Math.fround)).toEqual(middles);
    for (const sign of [1, -1]) {
      expect(signed(sign, -1)).toEqual(middles.map((_, half) => half));
      expect(signed(sign, 0)).toEqual(middles.map((_, half) => half + (half & 1)));
      expect(signed(sign, 1)).toEqual(middles.map((_, half) => half + 1));
    }
  });

  it('never errs by more than half a step, for any float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -65504, max: 65504 }), (value) => {
        const [half] = round(value);
        const size = half! & 0x7fff;
        const step = steps[size + 1]! - steps[size]!;
        expect(Math.abs(widenFloat16(Uint16Array.of(half!))[0]! - value)).toBeLessThanOrEqual(step / 2);
        expect(half! >= 0x8000).toBe(value < 0 || Object.is(value, -0));
      }),
    );
  });

  it('knows what is too large, infinite or no number', () => {
    expect(round(65519.99, 65520, 1e38, Infinity, NaN)).toEqual([0x7bff, 0x7c00, 0x7c00, 0x7c00, 0x7e00]);
    expect(round(-65520, -Infinity, -0, -1e-45)).toEqual([0xfc00, 0xfc00, 0x8000, 0x8000]);
  });

  it('reads a view', () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const into = new Uint16Array(2);
    roundToFloat16(whole.subarray(2), into);
    expect([...into]).toEqual([0x4200, 0x4400]);
  });
});
