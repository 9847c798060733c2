import { describe, expect, it } from 'vitest';
import type { Claim } from '../../shared/job.js';
import { compileDecision } from '../../coordinator/core/look.js';
import type { Held } from '../../coordinator/core/decision.js';
import { looksFor } from '../../statistics/schedule.js';
import { RepeatedRule, type RepeatedClaim } from './repeated-rule.js';
import { repeatedLaw } from './repeated-law.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const RADII = [0.25, 0.6];

/** Returns the probability of j failures among n samples. */
function binomial(n: number, j: number, delta: number): number {
  let ways = 1;
  for (let i = 0; i < j; i++) ways *= (n - i) / (i + 1);
  return ways * delta ** j * (1 - delta) ** (n - j);
}

/** Every path of failures from look to look, one by one: no state is merged and no decision is skipped. */
function byEveryPath(given: RepeatedClaim, delta: number) {
  const { maxSamples, ...claim } = given;
  const looks = looksFor(claim.stop, claim.bound, maxSamples);
  const images = { start: 0, stop: 1, step: 1 };
  const decision = compileDecision({ ...claim, looks, images } satisfies Claim, NOISE);
  const total = { samples: 0, radius: 0, certified: 0, reached: RADII.map(() => 0) };
  const radiusOf = (held: Held | null): number => {
    if (held === null) return 0;
    if (claim.stop.kind === 'target') return Number(claim.stop.radii[held.target!]);
    return decision.radiusOf(held.deltaUpper) ?? 0;
  };
  const walk = (look: number, failures: number, before: Held | null, mass: number): void => {
    const n = looks[look]! - (looks[look - 1] ?? 0);
    for (let j = 0; j <= n; j++) {
      const here = mass * binomial(n, j, delta);
      if (here < 1e-16) continue;
      const lost = failures + j;
      const prefixes = [];
      const votes = looks[look]! - lost;
      // Two classes; of more than half failures the other one leads, which the law does not follow.
      prefixes[look] =
        lost === 0
          ? { classes: [0], votes: [votes], invalid: 0 }
          : { classes: [0], votes: [votes], invalid: lost };
      const { held, stop } = decision.at(look, prefixes, before);
      if (stop === null) {
        walk(look + 1, lost, held, here);
        continue;
      }
      const radius = radiusOf(held);
      total.samples += here * looks[look]!;
      total.radius += here * radius;
      if (radius > 0) total.certified += here;
      RADII.forEach((wanted, r) => (total.reached[r]! += radius >= wanted ? here : 0));
    }
  };
  walk(0, 0, null, 1);
  return total;
}

const gain = { kind: 'gain', minGain: 0.5 } as const;
const CLAIMS: readonly (RepeatedClaim & { readonly name: string })[] = [
  { name: 'gain, spending, even shares', alpha: 0.001, bound: 'spending', stop: gain, maxSamples: 128 },
  {
    name: 'gain, spending, matched',
    alpha: 0.01,
    bound: 'spending',
    stop: gain,
    matchedGain: 0.5,
    maxSamples: 128,
  },
  { name: 'gain, anytime', alpha: 0.001, bound: 'anytime', stop: gain, maxSamples: 144 },
  {
    name: 'target, two radii',
    alpha: 0.05,
    bound: 'anytime',
    stop: { kind: 'target', radii: ['0.25', '0.6'] },
    maxSamples: 96,
  },
];

describe.each(CLAIMS)('the exact law of $name', (claim) => {
  const rule = new RepeatedRule(claim, NOISE);

  it.each([0.02, 0.2, 0.35])('is the mean over every path of votes at δ = %s', (delta) => {
    const found = repeatedLaw(rule, delta, RADII);
    const expected = byEveryPath(claim, delta);
    expect(found.samples).toBeCloseTo(expected.samples, 5);
    expect(found.radius).toBeCloseTo(expected.radius, 7);
    expect(found.certified).toBeCloseTo(expected.certified, 7);
    found.reached.forEach((share, j) => expect(share).toBeCloseTo(expected.reached[j]!, 7));
  });
});

describe('the law of a rule that looks repeatedly', () => {
  it('gives no certificate to an image of which every vote fails', () => {
    const rule = new RepeatedRule(CLAIMS[0]!, NOISE);
    expect(repeatedLaw(rule, 1)).toMatchObject({ radius: 0, certified: 0, reached: [] });
  });

  it('is none if a part of it got lost', () => {
    const endless = { looks: [4, 8], z: () => 0, stops: () => false, radius: () => 0 };
    expect(() => repeatedLaw(endless, 0.5)).toThrow('Only 0 of the law');
  });

  it('counts what the noise leaves nothing of as abstained', () => {
    // So coarse a lattice that the law of the noise is not known at all.
    const lattice = { step: '1', ratio: '1', largest: 2 ** 31 - 1, dimension: 2 ** 32 - 1 };
    const rule = new RepeatedRule(CLAIMS[0]!, { ...NOISE, lattice });
    expect(repeatedLaw(rule, 0)).toMatchObject({ radius: 0, certified: 0 });
  });
});
