import { describe, expect, it } from 'vitest';
import {
  elementOf,
  firstBits,
  furtherBits,
  philox4x32,
  stepsOf,
  type Words,
} from '../../test/support/noise-reference.js';

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

describe('philox4x32', () => {
  it.each(KNOWN)('gives the published answer for counter %j, key %j', (counter, key, answer) => {
    expect(philox4x32(counter, key)).toEqual(answer);
  });
});

/** Of this seed, sample and image the words are those of key 0xa4093822, 0x299f31d0 and counter (c, 7, 9, 5 + 2^24·tag). */
const PLACE = { seed: 0x299f31d0a4093822n, image: 9, sample: 5 * 2 ** 32 + 7 } as const;
const wordsAt = (block: number, tag: number): Words =>
  philox4x32([block, 7, 9, 5 + tag * 2 ** 24], [0xa4093822, 0x299f31d0]);

describe('the bits of an element', () => {
  it.each([
    // Element, block, word, half: 32g + 8j + 2c + h takes half h of word j of block 4g + c.
    [0, 0, 0, 0],
    [1, 0, 0, 1],
    [2, 1, 0, 0],
    [7, 3, 0, 1],
    [8, 0, 1, 0],
    [31, 3, 3, 1],
    [32 + 16 + 2 * 2 + 1, 4 + 2, 2, 1],
    [32 * 100 + 8 * 3, 400, 3, 0],
  ])('are, first, half a word where the layout says: element %d', (element, block, word, half) => {
    const expected = half === 0 ? wordsAt(block, 2)[word]! % 2 ** 16 : wordsAt(block, 2)[word]! >>> 16;
    expect(firstBits({ ...PLACE, kind: 'laplace', element })).toBe(BigInt(expected));
  });

  it.each([
    ['gaussian', 0],
    ['laplace', 2],
    ['uniform', 4],
  ] as const)('are of tags of their own for %s noise', (kind, tag) => {
    const place = { ...PLACE, kind, element: 37 };
    expect(firstBits(place)).toBe(BigInt(wordsAt(4 + 2, tag)[0]) >> 16n);
    const [word0, word1] = wordsAt(37, tag + 1);
    expect(furtherBits(place)).toBe(BigInt(word0) + 2n ** 32n * BigInt(word1 % 2 ** 16));
  });
});

describe('the reference', () => {
  it('finds the step whose thresholds hold the 64 bits', () => {
    const place = { ...PLACE, kind: 'gaussian', element: 5 } as const;
    const u = firstBits(place) * 2n ** 48n + furtherBits(place);
    const above = u + 1n;
    expect(stepsOf(place, [u, u, above, above])).toBe(0);
    expect(stepsOf(place, [u, u, u, above])).toBe(1);
    expect(stepsOf(place, [u, u])).toBe(1);
    expect(stepsOf(place, [above, above])).toBe(-1);
    expect(stepsOf(place, [])).toBe(0);
  });

  it('rounds to float32 after each operation', () => {
    // Neither 2^24 + 1 nor 3·(1 + 2^-23) nor 1 + 2^-25 is a float32.
    expect(elementOf(2 ** 24, 1, 1, 0)).toBe(2 ** 24);
    expect(elementOf(1, 2, 1 + 2 ** -23, 0)).toBe(3 + 2 ** -21);
    expect(elementOf(0, 1, 1, 2 ** -25)).toBe(1);
    expect(elementOf(5, -7, 0.5, 0.25)).toBe(-0.75);
  });
});
