import { describe, expect, it } from 'vitest';
import type { Evidence } from './evidence.js';
import { lostToNoise } from './lost-to-noise.js';

const labels = Array.from({ length: 40 }, (_, at) => at % 4);
/** Two copies of each image, of which so many in ten have another class. */
const losing = (tenths: number, plain: readonly number[] = labels): Evidence => ({
  classes: 4,
  plain,
  noisy: plain.flatMap((vote, image) =>
    [0, 1].map((copy) => ((2 * image + copy) % 10 < tenths ? (vote + 1) % 4 : vote)),
  ),
  scores: [],
});

describe('answers lost to noise', () => {
  it('are remarked where the copies agree with their images little beyond chance', () => {
    expect(lostToNoise(losing(3), labels)).toBeNull();
    // Of four classes chance gives a quarter: with four tenths lost, κ = (0.6 − 0.25) / 0.75 = 0.47.
    expect(lostToNoise(losing(4), labels)).toEqual({ lost: 32, copies: 80, ofRight: true });
    expect(lostToNoise(losing(4), null)).toEqual({ lost: 32, copies: 80, ofRight: false });
  });

  it('are those of images that are right, where labels tell', () => {
    const halfRight = labels.map((label, at) => (at < 20 ? (label + 1) % 4 : label));
    expect(lostToNoise(losing(5), halfRight)).toEqual({ lost: 20, copies: 40, ofRight: true });
    const without = labels.map((label, at) => (at < 10 ? -1 : label));
    expect(lostToNoise(losing(5, without), null)?.copies).toBe(60);
  });

  it('are not remarked of few images, or without copies', () => {
    expect(lostToNoise(losing(9), filled(3))).toBeNull();
    expect(lostToNoise({ ...losing(9), noisy: [] }, labels)).toBeNull();
  });

  it('of one class are remarked from half on', () => {
    expect(lostToNoise(losing(4, filled(0)), filled(0))).toBeNull();
    expect(lostToNoise(losing(5, filled(0)), filled(0))?.lost).toBe(40);
  });
});

const filled = (value: number): number[] => Array<number>(40).fill(value);
