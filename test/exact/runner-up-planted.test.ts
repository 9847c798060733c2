import { describe, expect, it } from 'vitest';

import { compileDecision } from '../../coordinator/core/look.js';
import { FRESH_VOTES, SAME_VOTES } from '../../statistics/bounds/runner-up.js';
import { spendingRow, evenShares, theoremLevel } from '../../statistics/spending-table.js';
import { binomialLaw } from './chain.js';
import { probabilityOfBad } from './vote-states.js';
import {
  boundIsWrong,
  radiusIsWrong,
  rightPlan,
  statementsOfFixed,
  statementsOfPlan,
  tableIsWrong,
  votesAtLooks,
  type Plan,
} from './runner-up.js';

const LOOKS = [8, 16, 32, 64];

/** Returns P(at some look a table claims too much), three outcomes. */
function tableError(plan: Plan, p: readonly number[]): number {
  const { tables } = statementsOfPlan(plan, 3);
  return probabilityOfBad(plan.looks, p, votesAtLooks(plan.looks, 3), tableIsWrong(tables, plan.looks, p));
}

function radiusError(plan: Plan, p: readonly number[]): number {
  return probabilityOfBad(plan.looks, p, statementsOfPlan(plan, 3).statements, radiusIsWrong(p));
}

const THIRDS = [1 / 3, 1 / 3, 1 / 3];

/** Errors that one who builds runner-up certificates may make: the harness must see each, and must not see one in what is shipped. */
describe('the harness catches a planted error of the runner-up:', () => {
  it.each([
    [0.001, [0.457, 0.2715, 0.2715]],
    [0.05, [0.335, 0.3325, 0.3325]],
    [0.25, [0.345, 0.3275, 0.3275]],
  ])('α = %f not divided between class and runner-up', (alpha, p) => {
    const plan = { ...rightPlan(alpha, LOOKS), ofClass: theoremLevel(alpha), runnerUp: () => alpha };
    caught('α not divided', tableError(plan, p) / alpha);
    expect(tableError(rightPlan(alpha, LOOKS), p) / alpha).toBeLessThanOrEqual(1);
  });

  it('α not divided, seen in the radius itself', () => {
    const alpha = 0.05;
    const plan = { ...rightPlan(alpha, LOOKS), ofClass: theoremLevel(alpha), runnerUp: () => alpha };
    caught('α not divided, radius', radiusError(plan, [0.501, 0.499 - 1e-9, 1e-9]) / alpha);
  });

  it('α divided as for fresh votes, although the same votes choose the class and two outcomes may be its runner-up', () => {
    const alpha = 0.001;
    const [ofClass, runnerUp] = [FRESH_VOTES.ofClass * alpha, FRESH_VOTES.runnerUp * alpha];
    const plan = { ...rightPlan(alpha, LOOKS), ofClass: theoremLevel(ofClass), runnerUp: () => runnerUp };
    caught('two runners-up at the price of one', tableError(plan, THIRDS) / alpha);
    expect(tableError(rightPlan(alpha, LOOKS), THIRDS) / alpha).toBeLessThanOrEqual(1);
  });

  it('what the class leaves given to the runner-up once instead of twice', () => {
    const alpha = 0.001;
    const plan = { ...rightPlan(alpha, [200]), runnerUp: () => (1 - SAME_VOTES.ofClass) * alpha };
    caught('the rest of α for one of two', tableError(plan, THIRDS) / alpha);
    expect(tableError(rightPlan(alpha, [200]), THIRDS) / alpha).toBeLessThanOrEqual(1);
  });

  it("the class's table at a level that pays for no other class", () => {
    const alpha = 0.001;
    const plan = { ...rightPlan(alpha, LOOKS), ofClass: () => SAME_VOTES.ofClass * alpha };
    caught('one class paid for', radiusError(plan, [0.502, 0.498 - 1e-9, 1e-9]) / alpha);
  });

  it.each([0.001, 0.05, 0.25])('a fixed class in place of the observed runner-up, α = %f', (alpha) => {
    const plan: Plan = { ...rightPlan(alpha, LOOKS), rival: (_, classIndex) => (classIndex === 0 ? 1 : 0) };
    caught('second label for runner-up', radiusError(plan, [0.5, 0.02, 0.48]) / alpha);
    expect(radiusError(rightPlan(alpha, LOOKS), [0.5, 0.02, 0.48]) / alpha).toBeLessThanOrEqual(1);
  });

  it.each([0.05, 0.001])('fixed with all of α = %f for each of the two bounds', (alpha) => {
    const claimOf = (level: number) =>
      ({
        alpha: level,
        bound: 'clopper-pearson',
        stop: { kind: 'fixed', selection: 1 },
        looks: [1, 61],
        images: { start: 0, stop: 1, step: 1 },
        runnerUp: true,
      }) as const;
    // The product halves α: twice of it gives all of it to each.
    const [unpaid, paid] = [2 * alpha, alpha].map((level) => {
      const decision = compileDecision(claimOf(level), { kind: 'gaussian', scale: 1 });
      const statements = statementsOfFixed(decision, 3, 0);
      return Math.max(
        ...[0.45, 0.483, 0.5, 0.55, 0.58, 0.62, 0.621].flatMap((p) =>
          [0.5, 0.1].map((other) => {
            const distribution = [p, (1 - p) / (1 + other), ((1 - p) * other) / (1 + other)];
            return probabilityOfBad([60], distribution, statements, boundIsWrong(distribution)) / alpha;
          }),
        ),
      );
    });
    caught('fixed, α for each bound', unpaid!);
    expect(paid).toBeLessThanOrEqual(1);
  });
});

/** Prints what a planted error costs, and wants it above α. */
function caught(name: string, ratio: number): void {
  console.log(`planted, runner-up, ${name}: ${ratio.toFixed(3)} α`);
  expect(ratio).toBeGreaterThan(1.0001);
}

/**
 * Theorem C's level, p0 · α instead of α for every null, is safe for the runner-up and needs more votes. So it is not the error that gives it away, but what
 * is left of α: a whole vote more would still be within it.
 */
describe('the table of the runner-up', () => {
  const alpha = 0.001;
  const runnerUp = SAME_VOTES.runnerUp * alpha;

  /** Returns true if at every look one more vote would overspend the level, by sums of this test's own. */
  function spendsAll(row: readonly number[], delta: number): boolean {
    let budget = 0;
    return row.every((most, look) => {
      budget += runnerUp / LOOKS.length;
      const { first, mass } = binomialLaw(LOOKS[look]!, delta);
      const upTo = (count: number) => mass.reduce((sum, m, i) => (first + i <= count ? sum + m : sum), 0);
      const [spent, next] = [upTo(most), upTo(most + 1)];
      if (spent > budget || next <= budget) return false;
      budget -= spent;
      return true;
    });
  }

  it.each([
    ['spends its whole level', () => runnerUp, true],
    ["would not at the level of the class's table", theoremLevel(runnerUp), false],
  ] as const)('%s', (_, level, expected) => {
    const deltas = Array.from({ length: 99 }, (_, i) => (i + 1) / 200);
    const rows = deltas.map((delta) =>
      spendsAll(spendingRow({ looks: LOOKS, level, shares: evenShares(LOOKS) }, delta), delta),
    );
    expect(rows.every((all) => all)).toBe(expected);
  });
});
