import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NO_COUNTS, addCounts, leaderOf, subtractCounts, totalOf, votesOf, type Counts } from './counts.js';

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
});
