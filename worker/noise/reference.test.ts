import { describe, expect, it } from 'vitest';
import { direction, normal, philox4x32, radius, type Words } from '../../test/support/noise-reference.js';

/** Known answers of the authors' implementation (Random123, kat_vectors, philox4x32 10): counter, key, words. */
const KNOWN: readonly (readonly [Words, readonly [number, number], Words])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

/** sqrt(−2 ln u) in double precision. */
function exactRadius(word: number): number {
  const log =
    word < 2 ** 31 ? Math.log((word + 0.5) * 2 ** -32) : Math.log1p(-(2 ** 32 - word - 0.5) * 2 ** -32);
  return Math.sqrt(-2 * log);
}

/** Cosine and sine in double precision of the angle that `word` names. */
function exactDirection(word: number): readonly [number, number] {
  const angle = (word % 2 ** 30) + 0.5;
  const x = (angle < 2 ** 29 ? angle : angle - 2 ** 30) * 2 ** -31 * Math.PI;
  const cos = word >= 2 ** 31 ? -Math.cos(x) : Math.cos(x);
  return Math.floor(word / 2 ** 30) % 2 === 0 ? [cos, Math.sin(x)] : [Math.sin(x), cos];
}

/** 2^20 words: the ends and the middle of the range one by one, the rest evenly spaced. */
function* words(): Generator<number> {
  for (let i = 0; i < 2 ** 16; i++) {
    yield i;
    yield 2 ** 32 - 1 - i;
    yield 2 ** 31 - 2 ** 15 + i;
    yield 2 ** 30 - 2 ** 15 + i;
  }
  for (let i = 0; i < 2 ** 20 - 2 ** 18; i++) yield (i * 0x9e3779b1) % 2 ** 32;
}

describe('philox4x32', () => {
  it.each(KNOWN)('gives the published answer for counter %j, key %j', (counter, key, answer) => {
    expect(philox4x32(counter, key)).toEqual(answer);
  });
});

describe('radius', () => {
  it('is within 5.4e-7 of the exact one and within 1.6e-7 of it relatively, at both ends too', () => {
    let absolute = 0;
    let relative = 0;
    for (const word of words()) {
      const exact = exactRadius(word);
      const error = Math.abs(radius(word) - exact);
      absolute = Math.max(absolute, error);
      relative = Math.max(relative, error / exact);
    }
    expect(absolute).toBeLessThan(5.4e-7);
    expect(relative).toBeLessThan(1.6e-7);
    expect(relative).toBeGreaterThan(2 ** -25);
  });

  it('spans 2^-16 to 6.7637 and is finite everywhere between', () => {
    expect(radius(0)).toBe(Math.fround(Math.sqrt(66 * Math.LN2)));
    expect(radius(0xffffffff)).toBe(2 ** -16);
    for (const word of words()) {
      const r = radius(word);
      if (!(r >= 2 ** -16 && r <= 6.7637058)) throw new Error(`radius(${word}) is ${r}`);
    }
  });
});

describe('direction', () => {
  it('is within 1.3e-7 of the exact one', () => {
    let worst = 0;
    for (const word of words()) {
      const [cos, sin] = direction(word);
      const [exactCos, exactSin] = exactDirection(word);
      worst = Math.max(worst, Math.abs(cos - exactCos), Math.abs(sin - exactSin));
    }
    expect(worst).toBeLessThan(1.3e-7);
  });

  it('names, by the words from 0 to 2^32 − 1, mirror images about both axes and the diagonal, bit for bit', () => {
    for (let i = 0; i < 3_000; i++) {
      const word = (i * 104_729) % 2 ** 30;
      const [cos, sin] = direction(word);
      expect(direction(2 ** 30 - 1 - word)).toEqual([cos, -sin]);
      expect(direction(2 ** 31 + word)).toEqual([-cos, sin]);
      expect(direction(2 ** 30 + word)).toEqual([sin, cos]);
      expect(direction(2 ** 31 + 2 ** 30 + word)).toEqual([sin, -cos]);
    }
  });
});

describe('normal', () => {
  it('takes its words where the layout says', () => {
    const seed = 0x299f31d0a4093822n;
    const sample = 5 * 2 ** 32 + 7;
    const of = (block: number): Words => philox4x32([block, 7, 9, 5], [0xa4093822, 0x299f31d0]);
    const expected = (radiusWord: number, angleWord: number, axis: 0 | 1): number =>
      Math.fround(radius(radiusWord) * direction(angleWord)[axis]);
    expect(normal(seed, 9, sample, 2)).toBe(expected(of(2)[0], of(2)[1], 0));
    expect(normal(seed, 9, sample, 6)).toBe(expected(of(2)[0], of(2)[1], 1));
    expect(normal(seed, 9, sample, 11)).toBe(expected(of(3)[2], of(3)[3], 0));
    expect(normal(seed, 9, sample, 16 + 15)).toBe(expected(of(7)[2], of(7)[3], 1));
  });
});
