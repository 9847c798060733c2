import { describe, expect, it } from 'vitest';
import { leastFixedAtRadius } from './least-at-radius.js';
import { Planner } from './planner.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const ASKED = { alpha: 0.001, selection: 100 };

const plannerOf = (radius: number, deltas: readonly number[]) =>
  new Planner({ name: 'few', noise: NOISE, images: deltas.map((delta) => ({ delta, right: true })) }, [
    radius,
  ]);

describe('the least fixed number for an accuracy at a radius', () => {
  it.each([
    { radius: 0.25, share: 0.6 },
    { radius: 0.25, share: 0.69 },
    { radius: 0.5, share: 0.35 },
    { radius: 0.5, share: 0.5 },
    { radius: 0, share: 0.9 },
  ])('is enough, and no smaller number is, tried one by one: $share at $radius', ({ radius, share }) => {
    const planner = plannerOf(radius, [0.4, 0.27, 0.2, 0.12, 0.06, 0.03, 0.01, 0.002, 0.0005, 0]);
    const enough = ({ accuracy }: { readonly accuracy: readonly number[] }) => accuracy[0]! >= share;
    const found = leastFixedAtRadius(planner, { ...ASKED, radius, most: 5_000 }, enough);
    let least = 1;
    while (!enough(planner.means({ rule: 'fixed', n: least, ...ASKED }))) least += 1;
    expect(found?.planned.n).toBe(least);
  });

  it('is none where not even the most samples are enough', () => {
    const planner = plannerOf(0.5, [0.2, 0.01]);
    const asked = { ...ASKED, radius: 0.5, most: 300 };
    expect(leastFixedAtRadius(planner, asked, ({ accuracy }) => accuracy[0]! > 0.99)).toBeNull();
    expect(leastFixedAtRadius(planner, { ...asked, radius: 1.9 }, () => true)).toBeNull();
  });

  it('is found between the last number that was tried and the most', () => {
    const planner = plannerOf(0.25, [0.2, 0.25]);
    const enough = ({ accuracy }: { readonly accuracy: readonly number[] }) => accuracy[0]! >= 0.8;
    const all = leastFixedAtRadius(planner, { ...ASKED, radius: 0.25, most: 100_000 }, enough)!;
    const just = leastFixedAtRadius(planner, { ...ASKED, radius: 0.25, most: all.planned.n }, enough);
    expect(just?.planned.n).toBe(all.planned.n);
  });
});
