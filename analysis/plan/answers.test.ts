import { describe, expect, it } from 'vitest';
import { priorPopulation } from '../populations/priors.js';
import { answersOf } from './answers.js';
import { affordableSamples, costOf } from './cost.js';
import { PRICES, leastFixed } from './least.js';
import { Planner, type Planned } from './planner.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const population = priorPopulation({ name: 'uniform', parameters: { beta: 0.6 }, images: 24 }, NOISE);
const planner = new Planner(population, [0.25, 0.5]);
const NOTHING = { loss: null, reach: [], affordable: null };
const ask = (questions: object, of = planner) => answersOf(of, { ...NOTHING, ...questions }, 0.001, 100);
const acrOf = (planned: Planned) => planner.means(planned).acr;
const fixed = (n: number) => ({ rule: 'fixed', alpha: 0.001, n, selection: 100 }) as const;
const gain = (minGain: number) =>
  ({ rule: 'gain', bound: 'spending', alpha: 0.001, n: 100_000, minGain }) as const;

describe('the least samples for a loss', () => {
  it('are enough, and one less is not; the price too', () => {
    const [answer] = ask({ loss: 0.1 });
    const wanted = 0.9 * acrOf(fixed(100_000));
    const { n } = answer!.fixed!.planned;
    expect(acrOf(fixed(n))).toBeGreaterThanOrEqual(wanted);
    expect(acrOf(fixed(n - 1))).toBeLessThan(wanted);
    const price = PRICES.findIndex((one) => one === (answer!.gain!.planned as { minGain: number }).minGain);
    expect(acrOf(gain(PRICES[price]!))).toBeGreaterThanOrEqual(wanted);
    expect(acrOf(gain(PRICES[price - 1]!))).toBeLessThan(wanted);
    expect(answer!.target).toBeNull();
  });
});

describe('the least samples for a certified accuracy', () => {
  it('are enough, and the rule target is asked, too', () => {
    const [answer] = ask({ reach: [{ radius: '0.5', share: 0.3 }] });
    // p uniform on [0.6, 1) is above Φ(1) = 0.8413 for 0.397 of the images; of 24 these are 10.
    expect(answer!.question).toMatchObject({ limit: 10 / 24 });
    const reached = (planned: Planned) => planner.means(planned).accuracy[1]!;
    const { n } = answer!.fixed!.planned;
    expect(reached(fixed(n))).toBeGreaterThanOrEqual(0.3);
    expect(reached(fixed(n - 1))).toBeLessThan(0.3);
    expect(reached(answer!.gain!.planned)).toBeGreaterThanOrEqual(0.3);
    expect(answer!.target!.planned).toMatchObject({ rule: 'target', targets: ['0.5'] });
    expect(reached(answer!.target!.planned)).toBeGreaterThanOrEqual(0.3);
  });

  it('are none for more than there is, however many samples', () => {
    const [answer] = ask({ reach: [{ radius: '0.5', share: 0.5 }] });
    expect(answer).toMatchObject({ fixed: null, gain: null, target: null });
  });

  it('are none where so many samples are not searched for', () => {
    const close = { name: 'close', noise: NOISE, images: [{ delta: 0.1586, right: true }] };
    const [answer] = ask({ reach: [{ radius: '0.5', share: 0.9 }] }, new Planner(close, [0.5]));
    expect(answer).toMatchObject({ question: { limit: 1 }, fixed: null, gain: null, target: null });
  });

  it('ask no rule target for radius 0', () => {
    const one = new Planner(population, [0]);
    const [answer] = ask({ reach: [{ radius: '0', share: 0.5 }] }, one);
    expect(answer!.target).toBeNull();
    expect(answer!.fixed!.means.accuracy[0]).toBeGreaterThanOrEqual(0.5);
  });

  it('are none beyond what the noise can certify', () => {
    const uniform = { ...population, noise: { kind: 'uniform', scale: 0.5 } } as const;
    expect(new Planner(uniform, []).mostAccuracy(0.5)).toBe(0);
    // ½ + 0.25/(2 · 0.5) = 0.75: p is above it for 0.625 of the images.
    expect(new Planner(uniform, []).mostAccuracy(0.25)).toBeCloseTo(15 / 24, 12);
  });
});

describe('the most that can be had for a number of samples', () => {
  it('is what they pay for, with every rule', () => {
    const [answer] = ask({ affordable: 1_500.7 });
    expect(answer!.fixed!.planned).toMatchObject({ n: 1_400 });
    const price = PRICES.findIndex((one) => one === (answer!.gain!.planned as { minGain: number }).minGain);
    expect(answer!.gain!.means.samples).toBeLessThanOrEqual(1_500.7);
    expect(planner.means(gain(PRICES[price + 1]!)).samples).toBeGreaterThan(1_500.7);
  });

  it('is nothing where they do not even choose the class', () => {
    expect(ask({ affordable: 50 })).toMatchObject([{ fixed: null, gain: null }]);
  });

  it('is the smallest price where they pay for all', () => {
    const [answer] = ask({ affordable: 9e9 });
    expect(answer!.gain!.planned).toMatchObject({ minGain: PRICES.at(-1) });
    expect(answer!.fixed!.planned).toMatchObject({ n: 1_000_000 });
  });
});

describe('a search', () => {
  it('ends where the most samples are not enough', () => {
    const few = { alpha: 0.001, selection: 100, most: 50 };
    expect(leastFixed(planner, few, ({ acr }) => acr > 0.4)).toBeNull();
    expect(leastFixed(planner, few, () => true)?.planned.n).toBe(1);
  });

  it('passes errors on that are no impossible claim', () => {
    const wrong = () => answersOf(planner, { ...NOTHING, loss: 0.1 }, 0.9, 100);
    expect(wrong).toThrow(/No theorem covers/);
  });
});

describe('a cost', () => {
  it('is time and price as far as they are known', () => {
    const rates = { images: 1_000, samplesPerSecond: 500, pricePerHour: 3 };
    expect(costOf(1_800, rates)).toEqual({ totalSamples: 1_800_000, hours: 1, price: 3 });
    expect(costOf(1_800, { ...rates, pricePerHour: null })).toMatchObject({ hours: 1, price: null });
    expect(costOf(1_800, { ...rates, samplesPerSecond: null })).toMatchObject({ hours: null, price: null });
    expect(affordableSamples(1, 500, 1_000)).toBe(1_800);
  });
});
