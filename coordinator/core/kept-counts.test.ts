import { expect, it } from 'vitest';

import type { Counts } from '../../shared/counts.js';
import type { Claim } from '../../shared/job.js';
import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { compileDecision } from './look.js';

const KEPT: Claim = {
  alpha: 0.001,
  bound: 'clopper-pearson',
  stop: { kind: 'fixed', selection: 20, keepCounts: true },
  looks: [20, 30, 70, 120],
  images: { start: 0, stop: 1, step: 1 },
};

const counts = (right: number, wrong: number): Counts => ({
  classes: [3, 4],
  votes: [right, wrong],
  invalid: 0,
});

it('fixed decides nothing at looks that keep counts, and at the end what it decides without them', () => {
  const decision = compileDecision(KEPT, { kind: 'gaussian', scale: 1 });
  const prefixes = [counts(20, 0), counts(30, 0), counts(68, 2), counts(113, 7)];
  for (const look of [0, 1, 2]) expect(decision.at(look, prefixes, null)).toEqual({ held: null, stop: null });
  expect(decision.due([])).toBe(3);
  expect(decision.due(prefixes.slice(0, 2))).toBe(3);
  const { held, stop } = decision.at(3, prefixes, null);
  expect(stop).toBe('budget');
  expect(held).toMatchObject({ look: 3, deltaUpper: clopperPearsonDelta(7, 100, 0.001) });
});
