import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Shard } from '../../shared/shards.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import {
  FINGERPRINT,
  OTHER_FINGERPRINT,
  allShards,
  counted,
  draw,
  makeJob,
  makeRecord,
  rowsOf,
  voterOf,
} from '../../test/support/jobs.js';
import { CLASSIC, GAIN, SHARED, deliveries, split } from '../../test/support/deliveries.js';
import { foldOf } from '../../test/support/folds.js';
import { JobFold } from './job-fold.js';

const voter = voterOf(5, (image) => [1, 0.97, 0.55][image]!);
const otherVoter = voterOf(6, () => 0.999);

const inOrder = new Map(
  [GAIN, CLASSIC, SHARED].map((job) => {
    const shards = allShards(new JobFold(job)).map((shard) => counted(voter, shard));
    return [job, foldOf(job, split(job, shards, [1]))];
  }),
);

describe('the certificates', () => {
  it('of the reference fold are of every kind', () => {
    const outcomes = [...inOrder.get(GAIN)!.images.values()].map(({ ending }) => ending?.outcome);
    expect(outcomes).toEqual(['certified', 'certified', 'abstained']);
  });

  it('are the same whatever the order, the records and the duplicates', () => {
    fc.assert(
      fc.property(deliveries, ({ job, order, cuts }) => {
        const fold = foldOf(
          job,
          split(
            job,
            order.map((shard) => counted(voter, shard)),
            cuts,
          ),
        );
        const expected = inOrder.get(job)!;
        expect(rowsOf(fold)).toEqual(rowsOf(expected));
        expect(fold.isDone()).toBe(true);
        expect(fold.decidedImages).toBe(3);
        expect([...fold.images.values()].map(({ micros }) => micros)).toEqual(
          [...expected.images.values()].map(({ micros }) => micros),
        );
        const { counted: once, duplicate, divergent, late, rejected } = fold.tally;
        expect(once + duplicate + late).toBe(order.length);
        expect(divergent + rejected).toBe(0);
      }),
    );
  });

  it('follow the first counts of a shard in ledger order, whatever is told of it later', () => {
    fc.assert(
      fc.property(deliveries, fc.infiniteStream(fc.boolean()), ({ job, order, cuts }, lies) => {
        const told = order.map((shard) => counted(lies.next().value === true ? otherVoter : voter, shard));
        const first = told.filter((one, at) => at === order.indexOf(one.shard));
        const fold = foldOf(job, split(job, told, cuts));
        const honest = foldOf(job, split(job, first, [1]));
        expect(rowsOf(fold)).toEqual(rowsOf(honest));
        expect(fold.tally.divergent + fold.tally.duplicate + fold.tally.late + fold.tally.counted).toBe(
          told.length,
        );
      }),
    );
  });

  it('do not change once they are there, and the decided images only grow', () => {
    fc.assert(
      fc.property(deliveries, ({ job, order, cuts }) => {
        const fold = new JobFold(job);
        const decided = new Set<number>();
        let rows = rowsOf(fold);
        let samples = 0;
        for (const record of split(
          job,
          order.map((shard) => counted(voter, shard)),
          cuts,
        )) {
          for (const image of fold.apply(record).decided) {
            expect(decided.has(image)).toBe(false);
            decided.add(image);
          }
          const now = rowsOf(fold);
          now.forEach((row, image) => expect(row === rows[image] || rows[image] === 'null').toBe(true));
          expect(fold.tally.samples).toBeGreaterThanOrEqual(samples);
          rows = now;
          samples = fold.tally.samples;
        }
        expect(decided.size).toBe(fold.decidedImages);
      }),
      { numRuns: 30 },
    );
  });

  it('are those of exactly the samples before their look: none is missing, none is extra', () => {
    const fold = inOrder.get(GAIN)!;
    for (const [image, { prefixes }] of fold.images) {
      prefixes.forEach((prefix, look) =>
        expect(prefix).toEqual(draw(voter, { image, begin: 0, end: GAIN.claim.looks[look]! })),
      );
    }
  });
});

describe('replaying', () => {
  it('from zero gives what folding step by step gave, at every length of the ledger', () => {
    fc.assert(
      fc.property(deliveries, ({ job, order, cuts }) => {
        const records = split(
          job,
          order.map((shard) => counted(voter, shard)),
          cuts,
        );
        const fold = new JobFold(job);
        records.forEach((record, at) => {
          fold.apply(record);
          const again = foldOf(job, records.slice(0, at + 1));
          expect(rowsOf(again)).toEqual(rowsOf(fold));
          expect(again.tally).toEqual(fold.tally);
          expect(again.sequence).toBe(at + 1);
          expect([...again.images.values()].map((s) => s.prefixes)).toEqual(
            [...fold.images.values()].map((s) => s.prefixes),
          );
        });
      }),
      { numRuns: 15 },
    );
  });
});

describe('what is not of the job', () => {
  const shard: Shard = { image: 0, begin: 0, end: 64 };
  const good = counted(voter, shard);
  const strange: [string, Partial<LedgerRecord>][] = [
    ['another job', { jobDigest: 'cc'.repeat(32), counted: [good] }],
    ['an image outside the job', { counted: [counted(voter, { image: 3, begin: 0, end: 64 })] }],
    ['a shard that begins off the grid', { counted: [counted(voter, { image: 0, begin: 1, end: 64 })] }],
    ['a shard that ends off the grid', { counted: [counted(voter, { image: 0, begin: 0, end: 32 })] }],
    ['a shard beyond the budget', { counted: [counted(voter, { image: 0, begin: 512, end: 576 })] }],
    ['two shards of the grid in one', { counted: [counted(voter, { image: 0, begin: 0, end: 96 })] }],
    [
      'a class the model has not',
      { counted: [{ ...good, counts: { classes: [10], votes: [64], invalid: 0 } }] },
    ],
  ];

  it.each(strange)('is not folded: %s', (_, content) => {
    const fold = new JobFold(GAIN);
    const { decided, advanced } = fold.apply(makeRecord(GAIN, content));
    expect({ decided, advanced }).toEqual({ decided: [], advanced: [] });
    expect(fold.tally).toMatchObject({ counted: 0, samples: 0, micros: 0, rejected: 1 });
    expect([...fold.images.values()].every((state) => state.look === 0)).toBe(true);
    expect(fold.wants(shard)).toBe(true);
  });

  it.each(strange)('does not choose the fingerprint of the job: %s', (_, content) => {
    const fold = new JobFold(GAIN);
    fold.apply(makeRecord(GAIN, { fingerprint: OTHER_FINGERPRINT, ...content }));
    expect(fold.fingerprint).toBeNull();
    fold.apply(makeRecord(GAIN, { counted: [good] }));
    expect(fold.tally.counted).toBe(1);
  });

  it('does not disturb the rest of its record', () => {
    const off = counted(voter, { image: 0, begin: 0, end: 63 });
    const fold = foldOf(GAIN, [makeRecord(GAIN, { counted: [off, good] })]);
    expect(fold.tally).toMatchObject({ counted: 1, rejected: 1 });
  });

  it('is not folded at any place of the ledger', () => {
    fc.assert(
      fc.property(deliveries, fc.infiniteStream(fc.nat(strange.length)), ({ job, order, cuts }, choice) => {
        const records = split(
          job,
          order.map((one) => counted(voter, one)),
          cuts,
        );
        const mixed = records.flatMap((record) => {
          const pick = strange[choice.next().value as number];
          const noise = pick ? [makeRecord(GAIN, { ...pick[1], jobDigest: 'dd'.repeat(32) })] : [];
          return [...noise, record];
        });
        expect(rowsOf(foldOf(job, mixed))).toEqual(rowsOf(inOrder.get(job)!));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the fingerprint', () => {
  const first = counted(voter, { image: 0, begin: 0, end: 64 });
  const second = counted(otherVoter, { image: 1, begin: 0, end: 64 });
  const other = { fingerprint: OTHER_FINGERPRINT, counted: [second] };

  it('of the first counts binds the job: counts with another one are refused and drawn again', () => {
    const fold = foldOf(GAIN, [makeRecord(GAIN, { counted: [first] })]);
    expect(fold.apply(makeRecord(GAIN, other)).open).toEqual([second.shard]);
    expect(fold.tally).toMatchObject({ counted: 1, rejected: 1 });
    expect(fold.wants(second.shard)).toBe(true);
  });

  it('binds nothing where the job allows any', () => {
    const any = makeJob({ draw: { numeric: 'any' } });
    const fold = foldOf(any, [makeRecord(any, { counted: [first] }), makeRecord(any, other)]);
    expect(fold.tally).toMatchObject({ counted: 2, rejected: 0 });
  });

  it('of the preparation binds the job before anything was counted', () => {
    const fold = new JobFold(GAIN, FINGERPRINT);
    expect(fold.apply(makeRecord(GAIN, other)).open).toEqual([second.shard]);
    fold.apply(makeRecord(GAIN, { counted: [first] }));
    expect(fold.tally).toMatchObject({ counted: 1, rejected: 1 });
    expect(fold.fingerprint).toBe(FINGERPRINT);
  });

  it('of a record without counts means nothing', () => {
    const fold = foldOf(GAIN, [makeRecord(GAIN, { fingerprint: '', returned: [first.shard] })]);
    expect(fold.fingerprint).toBeNull();
  });
});

describe('a place of the ledger', () => {
  it('is the next one, or the one that is given: a store may have lost records', () => {
    const fold = new JobFold(GAIN);
    expect(fold.sequence).toBe(0);
    fold.apply(makeRecord(GAIN, {}));
    expect(fold.sequence).toBe(1);
    fold.apply(makeRecord(GAIN, {}), 7);
    expect(fold.sequence).toBe(7);
  });
});

describe('failures', () => {
  const shard: Shard = { image: 1, begin: 0, end: 64 };
  const failure = () =>
    makeRecord(GAIN, { failed: [{ shard, code: 'CHILD_DIED', detail: 'The process ended.' }] });
  const givingUp = { image: 1, code: 'CHILD_DIED', detail: 'The process ended.' } as const;

  it('of one shard, three times before any counts, ask to give its image up; a record does it', () => {
    const fold = new JobFold(GAIN);
    expect(fold.apply(failure()).open).toEqual([shard]);
    expect(fold.apply(failure()).open).toEqual([shard]);
    expect(fold.toGiveUp.size).toBe(0);
    expect(fold.apply(failure()).open).toEqual([]);
    expect([...fold.toGiveUp.values()]).toEqual([givingUp]);
    expect(fold.images.get(1)!.ending).toBeNull();
    expect(fold.apply(makeRecord(GAIN, { failedImages: [givingUp] })).decided).toEqual([1]);
    expect(fold.images.get(1)!.ending).toEqual({
      outcome: 'failed',
      code: 'CHILD_DIED',
      detail: givingUp.detail,
    });
    expect(fold.toGiveUp.size).toBe(0);
    expect(fold.tally.failed).toBe(3);
  });

  it('of a shard that is drawn ahead wait for the look before it, which may decide the image without it', () => {
    const ahead = { shard: { image: 1, begin: 64, end: 96 }, code: 'CHILD_DIED', detail: '' } as const;
    const failures = Array.from({ length: 3 }, () => makeRecord(GAIN, { failed: [ahead] }));
    const before = makeRecord(GAIN, { counted: [counted(voter, shard)] });
    for (const order of [
      [...failures, before],
      [before, ...failures],
    ]) {
      const fold = new JobFold(GAIN);
      order.forEach((record, at) => {
        expect(fold.toGiveUp.size).toBe(0);
        expect(fold.apply(record).open).toEqual(record === failures[2] || at === 3 ? [] : expect.anything());
      });
      expect([...fold.toGiveUp.keys()]).toEqual([1]);
    }
  });

  it('of different shards are not added up', () => {
    const fold = new JobFold(GAIN);
    for (const { begin, end } of fold.grid.segments.flat().slice(0, 3)) {
      for (let k = 0; k < 2; k++) {
        const one = { shard: { image: 1, begin, end }, code: 'CHILD_DIED', detail: '' } as const;
        fold.apply(makeRecord(GAIN, { failed: [one] }));
      }
    }
    expect(fold.tally.failed).toBe(6);
    expect(fold.toGiveUp.size).toBe(0);
  });

  it('after the counts do not count', () => {
    const fold = foldOf(GAIN, [makeRecord(GAIN, { counted: [counted(voter, shard)] })]);
    for (let k = 0; k < 5; k++) expect(fold.apply(failure()).open).toEqual([]);
    expect(fold.toGiveUp.size).toBe(0);
  });

  it('of shards that are not of the job do nothing', () => {
    const fold = new JobFold(GAIN);
    const off = { shard: { image: 1, begin: 64, end: 95 }, code: 'CHILD_DIED', detail: '' } as const;
    for (let k = 0; k < 5; k++) fold.apply(makeRecord(GAIN, { failed: [off] }));
    const other = { jobDigest: 'cc'.repeat(32), failed: failure().failed, failedImages: [givingUp] };
    for (let k = 0; k < 5; k++) fold.apply(makeRecord(GAIN, other));
    expect(fold.toGiveUp.size).toBe(0);
    expect(fold.decidedImages).toBe(0);
  });

  it('cannot undo a decision, nor end an image twice', () => {
    const fold = new JobFold(GAIN);
    const whole = allShards(fold).filter(({ image }) => image === 1);
    fold.apply(makeRecord(GAIN, { counted: whole.map((one) => counted(voter, one)) }));
    const before = rowsOf(fold);
    expect(before[1]).toContain('certified');
    const nobody = { ...givingUp, image: 17 };
    expect(fold.apply(makeRecord(GAIN, { failedImages: [givingUp, nobody, givingUp] })).decided).toEqual([]);
    expect(rowsOf(fold)).toEqual(before);
    expect(fold.decidedImages).toBe(1);
  });

  it('of a given-up image stay: late counts are counted as late and change nothing', () => {
    const fold = foldOf(GAIN, [makeRecord(GAIN, { failedImages: [givingUp] })]);
    const before = rowsOf(fold);
    const whole = allShards(fold).filter(({ image }) => image === 1);
    fold.apply(makeRecord(GAIN, { counted: whole.map((one) => counted(voter, one)) }));
    expect(fold.tally).toMatchObject({ late: whole.length, counted: 0 });
    expect(rowsOf(fold)).toEqual(before);
  });

  it('of a shard that is counted after all are forgotten, and those of another shard are not', () => {
    const ahead = { image: 1, begin: 64, end: 96 };
    const failing = (one: Shard) =>
      makeRecord(GAIN, { failed: [{ shard: one, code: 'CHILD_DIED', detail: '' }] });
    const count = (one: Shard) => makeRecord(GAIN, { counted: [counted(voter, one)] });
    const thrice = (one: Shard) => Array.from({ length: 3 }, () => failing(one));
    const asked = (...records: LedgerRecord[]) => [...foldOf(GAIN, records).toGiveUp.keys()];
    expect(asked(...thrice(shard))).toEqual([1]);
    expect(asked(...thrice(shard), count(shard))).toEqual([]);
    expect(asked(...thrice(ahead), count(ahead), count(shard))).toEqual([]);
    expect(asked(...thrice(ahead), count(shard))).toEqual([1]);
    expect(asked(...thrice(ahead), count(shard), count(ahead))).toEqual([]);
    expect(asked(...thrice(shard), count(ahead))).toEqual([1]);
    expect(asked(...thrice(shard), ...thrice(ahead), count(shard))).toEqual([1]);
  });

  it('ask for nothing any more where the counts came after all and decided the image', () => {
    const fold = foldOf(GAIN, [failure(), failure(), failure()]);
    expect(fold.toGiveUp.has(1)).toBe(true);
    const whole = allShards(fold).filter(({ image }) => image === 1);
    fold.apply(makeRecord(GAIN, { counted: whole.map((one) => counted(voter, one)) }));
    expect(fold.toGiveUp.size).toBe(0);
    expect(fold.images.get(1)!.ending?.outcome).toBe('certified');
  });
});

describe('shards that a task did not count', () => {
  const shard: Shard = { image: 0, begin: 0, end: 64 };

  it('are open again if they are still wanted', () => {
    const fold = new JobFold(GAIN);
    const ahead = { image: 2, begin: 64, end: 96 };
    expect(fold.apply(makeRecord(GAIN, { returned: [shard], dropped: [ahead] })).open).toEqual([shard]);
    fold.apply(makeRecord(GAIN, { counted: [counted(voter, shard)] }));
    expect(fold.apply(makeRecord(GAIN, { returned: [shard] })).open).toEqual([]);
    expect(
      fold.apply(
        makeRecord(GAIN, {
          returned: [
            { ...shard, end: 65 },
            { ...shard, image: 9 },
          ],
        }),
      ).open,
    ).toEqual([]);
  });

  it('are insisted on if they were dropped and are still wanted', () => {
    const fold = new JobFold(GAIN);
    const off = { ...shard, end: 65 };
    const dropped = makeRecord(GAIN, { dropped: [shard, off] });
    expect(fold.apply(dropped)).toMatchObject({ decided: [], advanced: [], open: [], insist: [shard] });
    fold.apply(makeRecord(GAIN, { failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] }));
    expect(fold.apply(dropped).insist).toEqual([]);
  });

  it('are named by missing, segment by segment', () => {
    const fold = foldOf(GAIN, [
      makeRecord(GAIN, { counted: [counted(voter, { image: 0, begin: 96, end: 160 })] }),
    ]);
    expect(fold.missing(0, 2)).toEqual([
      { image: 0, begin: 160, end: 224 },
      { image: 0, begin: 224, end: 256 },
    ]);
    expect(fold.missing(0, 0)).toEqual([shard]);
  });
});
