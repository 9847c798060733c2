import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LedgerRecord } from '../../shared/wire/record.js';
import { GAIN, deliveries, split } from '../../test/support/deliveries.js';
import { foldOf } from '../../test/support/folds.js';
import { allShards, counted, makeRecord, rowsOf, voterOf } from '../../test/support/jobs.js';
import { JobFold } from '../core/job-fold.js';

const voter = voterOf(5, (image) => [1, 0.97, 0.55][image]!);

describe('a cancellation', () => {
  const cancellation = (content: Partial<LedgerRecord> = {}) =>
    makeRecord(GAIN, { cancelled: true, ...content });

  it('keeps what was decided before it in ledger order, and nothing else, whatever is told later', () => {
    fc.assert(
      fc.property(deliveries, fc.nat(), ({ job, order, cuts }, place) => {
        const records = split(
          job,
          order.map((shard) => counted(voter, shard)),
          cuts,
        );
        const at = place % (records.length + 1);
        const before = foldOf(job, records.slice(0, at));
        const all = [...records];
        all.splice(at, 0, makeRecord(job, { cancelled: true }));
        const fold = foldOf(job, all);
        expect(rowsOf(fold)).toEqual(rowsOf(before));
        expect(fold.isDone()).toBe(true);
        expect(fold.cancelled).toBe(!before.isDone());
        expect(fold.decidedImages).toBe(before.decidedImages);
        const { counted: once, duplicate, late } = fold.tally;
        expect(once + duplicate + late).toBe(order.length);
        expect(once).toBe(before.tally.counted);
        expect(rowsOf(foldOf(job, all))).toEqual(rowsOf(fold));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves nothing to draw and nothing to give up', () => {
    const shard = { image: 1, begin: 0, end: 64 };
    const failed = [{ shard, code: 'CHILD_DIED', detail: '' }] as const;
    const fold = foldOf(
      GAIN,
      [1, 2, 3].map(() => makeRecord(GAIN, { failed })),
    );
    expect(fold.toGiveUp.size).toBe(1);
    fold.apply(cancellation());
    expect(fold.toGiveUp.size).toBe(0);
    const givenUp = { image: 1, code: 'CHILD_DIED', detail: '' } as const;
    const later = makeRecord(GAIN, { failed, returned: [shard], failedImages: [givenUp] });
    expect(fold.apply(later)).toEqual({
      counted: [],
      decided: [],
      advanced: [],
      allotted: [],
      open: [],
      insist: [],
      divergent: [],
    });
    expect(fold.wants(shard)).toBe(false);
    expect(rowsOf(fold)).toEqual(['null', 'null', 'null']);
  });

  it('comes before the counts of its own record', () => {
    const fold = new JobFold(GAIN);
    fold.apply(cancellation({ counted: allShards(fold).map((shard) => counted(voter, shard)) }));
    expect(fold.tally.counted).toBe(0);
    expect(fold.tally.late).toBe(allShards(fold).length);
  });

  it('of another job means nothing', () => {
    const fold = foldOf(GAIN, [cancellation({ jobDigest: 'cc'.repeat(32) })]);
    expect([fold.cancelled, fold.isDone()]).toEqual([false, false]);
  });
});
