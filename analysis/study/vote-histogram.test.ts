import { expect, it } from 'vitest';

import type { Population } from '../populations/population.js';
import { evenBins, narrowingBins } from './vote-histogram.js';

const of = (...deltas: number[]): Population => ({
  name: 'some',
  noise: { kind: 'gaussian', scale: 1 },
  images: deltas.map((delta) => ({ delta, right: null })),
});

it('bins that narrow towards 1 hold every image once, bounds with the bin above', () => {
  const bins = narrowingBins(of(0, 0.00005, 0.0001, 0.009, 0.05, 0.5, 1, 0.7));
  expect(bins.map(({ from, to, share }) => [from, to, 8 * share])).toEqual([
    [0, 0.5, 2],
    [0.5, 0.6, 1],
    [0.6, 0.7, 0],
    [0.7, 0.8, 0],
    [0.8, 0.9, 0],
    [0.9, 0.95, 0],
    [0.95, 0.99, 1],
    [0.99, 0.995, 1],
    [0.995, 0.999, 0],
    [0.999, 0.9999, 0],
    [0.9999, 1, 3],
  ]);
});

it('even bins hold every image once, 1 in the last one', () => {
  expect(evenBins(of(0, 0.1, 0.5, 0.75, 1), 4)).toEqual([
    { from: 0, to: 0.25, share: 0.2 },
    { from: 0.25, to: 0.5, share: 0.2 },
    { from: 0.5, to: 0.75, share: 0.2 },
    { from: 0.75, to: 1, share: 0.4 },
  ]);
});
