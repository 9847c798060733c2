import { describe, expect, it } from 'vitest';
import type { Population } from '../populations/population.js';
import { rangesOf } from './answer-range.js';
import { answersOf, type Questions } from './answers.js';
import { Planner } from './planner.js';

const NOISE = { kind: 'gaussian', scale: 1 } as const;
/** Half of the images fail in three of ten samples, the others as often as is said. */
const populationOf = (delta: number): Population => ({
  name: 'p',
  noise: NOISE,
  images: [
    { delta: 0.3, right: true },
    { delta, right: true },
  ],
});
const ask = (delta: number, questions: Partial<Questions>) =>
  answersOf(
    new Planner(populationOf(delta), [1]),
    { loss: null, reach: [], affordable: null, ...questions },
    0.001,
    100,
  )[0]!;

describe('the range of an answer', () => {
  it('is that of the samples it takes for the images as they may be', () => {
    const [likely, once, never] = [1e-3, 1e-2, 0].map((delta) => ask(delta, { loss: 0.1 }));
    const ranges = rangesOf(likely!, [once!, never!]);
    expect(ranges.fixed).toEqual({
      least: once!.fixed!.means.samples,
      most: never!.fixed!.means.samples,
    });
    expect(ranges.gain!.least).toBe(once!.gain!.means.samples);
    expect(ranges.target).toBeNull();
  });

  it('is that of the radius it gives, where samples are what is asked about', () => {
    const [likely, once, never] = [1e-3, 1e-2, 0].map((delta) => ask(delta, { affordable: 5_000 }));
    expect(rangesOf(likely!, [once!, never!]).fixed).toEqual({
      least: once!.fixed!.means.acr,
      most: never!.fixed!.means.acr,
    });
  });

  it('has no end where no number is enough for one of them', () => {
    // Radius 1 is true of δ < Φ(−1) = 0.159 alone.
    const [likely, hopeless] = [0.1, 0.2].map((delta) =>
      ask(delta, { reach: [{ radius: '1', share: 0.4 }] }),
    );
    expect(rangesOf(likely!, [hopeless!]).fixed).toEqual({
      least: likely!.fixed!.means.samples,
      most: null,
    });
  });
});
