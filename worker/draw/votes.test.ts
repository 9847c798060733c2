import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { totalOf } from '../../shared/counts.js';
import { INVALID, VoteRemarks, VoteTally, voteOf } from './votes.js';

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const rows = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .chain(([classes, count]) =>
    fc.tuple(
      fc.constant(classes),
      fc.array(fc.array(finite, { minLength: classes, maxLength: classes }), {
        minLength: count,
        maxLength: count,
      }),
    ),
  );

describe('the vote of a row', () => {
  it('is the class with the largest score, ties to the lowest index', () => {
    fc.assert(
      fc.property(rows, ([classes, scores]) => {
        const flat = Float32Array.from(scores.flat());
        scores.forEach((row, r) => expect(voteOf(flat, r, classes)).toBe(row.indexOf(Math.max(...row))));
      }),
    );
    expect(voteOf(Float32Array.of(1, 3, 3, 2), 0, 4)).toBe(1);
    expect(voteOf(Float32Array.of(0, -0), 0, 2)).toBe(0);
    expect(voteOf(Float32Array.of(-0, 0), 0, 2)).toBe(0);
  });

  it('is invalid if any of its scores is NaN or +∞, and only then', () => {
    const broken = fc.constantFrom(NaN, Infinity);
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(), broken, ([classes, scores], r, c, value) => {
        const row = r % scores.length;
        const flat = Float32Array.from(scores.flat());
        flat[row * classes + (c % classes)] = value;
        scores.forEach((_, at) => expect(voteOf(flat, at, classes) === INVALID).toBe(at === row));
      }),
    );
  });

  it('is invalid where there are no scores', () => {
    expect(voteOf(Float32Array.of(1, 2), 1, 2)).toBe(INVALID);
  });
});

describe('the tally', () => {
  it('has each vote once, classes ascending, invalid votes apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 300 }), (votes) => {
        const tally = new VoteTally();
        for (const vote of votes) tally.add(vote);
        const counts = tally.counts();
        expect(totalOf(counts)).toBe(votes.length);
        expect(counts.invalid).toBe(votes.filter((vote) => vote === INVALID).length);
        expect(counts.classes).toEqual([...new Set(votes.filter((v) => v >= 0))].sort((a, b) => a - b));
        counts.classes.forEach((c, i) => expect(counts.votes[i]).toBe(votes.filter((v) => v === c).length));
      }),
    );
  });
});

describe('remarks on votes', () => {
  it('count each row once: as a vote, perhaps a tie, or as invalid by its cause', () => {
    const score = fc.constantFrom(NaN, Infinity, -Infinity, 0, 1, 2);
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score, score), { minLength: 1, maxLength: 40 }), (table) => {
        const scores = Float32Array.from(table.flat());
        const remarks = new VoteRemarks();
        table.forEach((_, row) => remarks.add(scores, row, 3, voteOf(scores, row, 3)));
        const nan = table.filter((row) => row.some(Number.isNaN));
        const infinite = table.filter((row) => !nan.includes(row) && row.includes(Infinity));
        const others = table.filter((row) => !nan.includes(row) && !infinite.includes(row));
        const voting = others.filter((row) => row.some(Number.isFinite));
        const isTied = (row: number[]) => row.filter((one) => one === Math.max(...row)).length > 1;
        expect(remarks).toMatchObject({
          votes: voting.length,
          tied: voting.filter(isTied).length,
          invalid: {
            nan: nan.length,
            infinite: infinite.length,
            noneFinite: others.length - voting.length,
          },
        });
      }),
    );
  });
});
