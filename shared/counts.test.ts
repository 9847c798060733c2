import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  NO_COUNTS,
  addCounts,
  leaderOf,
  runnerUpOf,
  subtractCounts,
  totalOf,
  votesOf,
  type Counts,
} from './counts.js';

const counts = fc
  .record({
    votes: fc.dictionary(fc.integer({ min: 0, max: 30 }).map(String), fc.integer({ min: 1, max: 900 })),
    invalid: fc.nat(50),
  })
  .map(({ votes, invalid }): Counts => {
    const sorted = Object.entries(votes).sort(([a], [b]) => Number(a) - Number(b));
    return { classes: sorted.map(([c]) => Number(c)), votes: sorted.map(([, v]) => v), invalid };
  });

describe('counts', () => {
  it('add up, in any order, and are taken apart again', () => {
    fc.assert(
      fc.property(counts, counts, counts, (a, b, c) => {
        expect(addCounts(addCounts(a, b), c)).toEqual(addCounts(c, addCounts(b, a)));
        expect(totalOf(addCounts(a, b))).toBe(totalOf(a) + totalOf(b));
        expect(subtractCounts(addCounts(a, b), b)).toEqual(a);
        expect(addCounts(a, NO_COUNTS)).toEqual(a);
        for (let k = 0; k <= 30; k++) expect(votesOf(addCounts(a, b), k)).toBe(votesOf(a, k) + votesOf(b, k));
      }),
    );
  });

  it('are led by the class with most votes, the lowest index on a tie, never by invalid votes', () => {
    fc.assert(
      fc.property(counts, (a) => {
        const leader = leaderOf(a);
        if (a.votes.length === 0) expect(leader).toBeNull();
        else {
          const most = Math.max(...a.votes);
          expect(leader).toBe(a.classes[a.votes.indexOf(most)]);
        }
      }),
    );
    expect(leaderOf({ classes: [2, 5], votes: [3, 3], invalid: 99 })).toBe(2);
  });

  it('have a runner-up behind any class: the other outcome with most votes, invalid ones together', () => {
    fc.assert(
      fc.property(counts, fc.option(fc.nat(30)), (a, classIndex) => {
        const others = a.votes.filter((_, at) => a.classes[at] !== classIndex);
        const most = Math.max(0, ...others, a.invalid);
        const found = runnerUpOf(a, classIndex);
        expect(found?.votes ?? 0).toBe(most);
        if (found === null) return;
        const { outcome } = found;
        expect(outcome).not.toBe(classIndex);
        expect(outcome === 'invalid' ? a.invalid : votesOf(a, outcome)).toBe(most);
      }),
    );
    const tied: Counts = { classes: [2, 5, 7], votes: [3, 3, 3], invalid: 3 };
    expect(runnerUpOf(tied, 2)).toEqual({ outcome: 5, votes: 3 });
    expect(runnerUpOf(tied, null)).toEqual({ outcome: 2, votes: 3 });
    expect(runnerUpOf({ ...tied, invalid: 4 }, 2)).toEqual({ outcome: 'invalid', votes: 4 });
    expect(runnerUpOf({ classes: [2], votes: [3], invalid: 0 }, 2)).toBeNull();
  });
});
