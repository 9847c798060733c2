import { describe, expect, it } from 'vitest';
import { colourAxis, oppositeChannel } from './colour-axis.js';

describe('the axis of the three channels', () => {
  it.each([
    [[3, 32, 32], 'first'],
    [[32, 32, 3], 'last'],
    [[3, 32, 3], null],
    [[1, 28, 28], null],
    [[28, 28], null],
    [[4, 8, 8], null],
  ] as const)('of %j is %s', (shape, axis) => {
    expect(colourAxis(shape)).toBe(axis);
  });

  it('swaps red and blue and leaves green, whichever axis it is', () => {
    const places = [0, 1, 2, 3, 4, 5];
    expect(places.map((place) => oppositeChannel(place, 'first', 2))).toEqual([4, 5, 2, 3, 0, 1]);
    expect(places.map((place) => oppositeChannel(place, 'last', 2))).toEqual([2, 1, 0, 5, 4, 3]);
  });
});
