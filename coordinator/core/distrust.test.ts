import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GAIN, deliveries, split } from '../../test/support/deliveries.js';
import { counted, makeRecord, rowsOf, voterOf } from '../../test/support/jobs.js';
import { foldOf } from '../../test/support/folds.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';
import { JobFold, WorkersDistrusted } from './job-fold.js';

const voter = voterOf(5, (image) => [1, 0.97, 0.55][image]!);
const shard = { image: 1, begin: 0, end: 64 };
const lie = ({ shard: one, micros }: CountedShard): CountedShard => ({
  shard: one,
  micros,
  counts: { classes: [4], votes: [one.end - one.begin], invalid: 0 },
});
const distrust = (...distrusted: string[]) => makeRecord(GAIN, { distrusted });

describe('workers whose counts do not count', () => {
  it('change nothing, whatever they record, wherever the ledger names them', () => {
    fc.assert(
      fc.property(
        deliveries,
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.nat(),
        ({ job, order, cuts }, liars, at) => {
          const honest = split(
            job,
            order.map((one) => counted(voter, one)),
            cuts,
          ).map((record): LedgerRecord => ({ ...record, worker: 'honest' }));
          const lies = honest.map((record) => ({
            ...record,
            worker: 'liar',
            counted: record.counted.map(lie),
          }));
          const records = honest.flatMap((record, k) =>
            liars[k % liars.length] ? [lies[k]!, record] : [record],
          );
          records.splice(at % (records.length + 1), 0, makeRecord(job, { distrusted: ['liar'] }));
          const fold = new JobFold(job, null, new Set(['liar']));
          for (const record of records) fold.apply(record);
          expect(rowsOf(fold)).toEqual(rowsOf(foldOf(job, honest)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('make a fold that has believed them throw, and no other', () => {
    const fold = new JobFold(GAIN);
    expect(() => fold.apply(distrust('a', 'b'))).toThrow(WorkersDistrusted);
    const other = new JobFold(GAIN, null, new Set(['a']));
    expect(() => other.apply(distrust('a', 'b'))).toThrow('Counts of b do not count.');
    const informed = new JobFold(GAIN, null, new Set(['a', 'b']));
    expect(informed.apply(distrust('a', 'b')).open).toEqual([]);
    const elsewhere = { ...distrust('a'), jobDigest: 'ab'.repeat(32) };
    expect(new JobFold(GAIN).apply(elsewhere).open).toEqual([]);
  });

  it('leave open what they held, and refute nothing', () => {
    const fold = new JobFold(GAIN, null, new Set(['liar']));
    const failed = [{ shard, code: 'MODEL_NOT_DETERMINISTIC', detail: '' }] as const;
    const others = [0, 1, 2].map((image) => ({ ...shard, image }));
    const record = makeRecord(GAIN, {
      worker: 'liar',
      counted: [counted(voter, others[0]!)],
      failed,
      returned: [others[2]!],
      dropped: [],
    });
    expect(fold.apply(record).open).toEqual([others[0], others[1], others[2]]);
    expect(fold.refuted).toBeNull();
    expect(fold.tally).toMatchObject({ counted: 0, rejected: 2 });
  });
});
