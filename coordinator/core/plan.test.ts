import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Shard } from '../../shared/shards.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import {
  BUDGET,
  FIXED,
  TWO_STAGE,
  allShards,
  counted,
  makeJob,
  makeRecord,
  voterOf,
} from '../../test/support/jobs.js';
import { JobFold } from './job-fold.js';
import { Plan } from './plan.js';

const JOB = makeJob({ images: 4 });
const voter = voterOf(5, (image) => [1, 0.97, 0.55, 0.8][image]!);
const nameOf = ({ image, begin }: Shard) => `${image}:${begin}`;

function planned(job = JOB) {
  const fold = new JobFold(job);
  const plan = new Plan(fold);
  const apply = (content: Partial<LedgerRecord>) => {
    const effects = fold.apply(makeRecord(job, content));
    for (const image of [...effects.advanced, ...effects.allotted]) plan.advanced(image);
    plan.open(effects.open);
    return effects;
  };
  const count = (...shards: Shard[]) => apply({ counted: shards.map((shard) => counted(voter, shard)) });
  const take = (mayWorkAhead: boolean) => {
    const shards = [];
    for (let s = plan.next(mayWorkAhead); s; s = plan.next(mayWorkAhead)) shards.push(s);
    return shards;
  };
  const segmentOf = (shard: Shard) => fold.grid.locate(shard)!.segment;
  return { fold, plan, apply, count, take, segmentOf };
}

describe('the plan', () => {
  it('issues the first look of all images first, in their order', () => {
    const { take, segmentOf, fold } = planned();
    const shards = take(false);
    expect(shards.map(segmentOf).every((segment) => segment === 0)).toBe(true);
    expect(shards).toEqual(allShards(fold).filter((shard) => segmentOf(shard) === 0));
    expect(take(false)).toEqual([]);
  });

  it('works one look ahead where it may, and not two', () => {
    const { take, segmentOf } = planned();
    const shards = take(true);
    expect(new Set(shards.map(segmentOf))).toEqual(new Set([0, 1]));
    expect(take(true)).toEqual([]);
  });

  it('prefers the lowest look of those that are needed', () => {
    const { plan, take, count, segmentOf } = planned();
    const [first, ...others] = take(false);
    count(first!, ...others.slice(1));
    const left = others[0]!;
    plan.open([left]);
    expect(plan.next(true)).toEqual(left);
    const ready = take(false);
    expect(ready.map(segmentOf)).toEqual(ready.map(() => 1));
    expect(ready.map(({ image }) => image)).not.toContain(left.image);
  });

  it('ignores an image that took a look and was decided in the same record', () => {
    const two = makeJob({ images: 1, looks: [64, 96], stop: { kind: 'gain', minGain: 0 } });
    const fold = new JobFold(two);
    const plan = new Plan(fold);
    while (plan.next(true));
    const both = allShards(fold).map((shard) => counted(() => 3, shard));
    const effects = fold.apply(makeRecord(two, { counted: both }));
    expect(effects).toMatchObject({ advanced: [0], decided: [0] });
    for (const image of [...effects.advanced, ...effects.allotted]) plan.advanced(image);
    expect(plan.next(true)).toBeNull();
  });

  it('goes on at once where others counted several looks of an image before it issued any', () => {
    const { count, take, fold, segmentOf } = planned();
    count(...allShards(fold).filter((shard) => shard.image === 1 && segmentOf(shard) < 2));
    expect(fold.images.get(1)).toMatchObject({ look: 2, ending: null });
    const needed = take(false);
    expect(needed.filter(({ image }) => image === 1).map(segmentOf)).toEqual([2, 2, 2]);
    expect(new Set(needed.filter(({ image }) => image !== 1).map(segmentOf))).toEqual(new Set([0]));
  });

  it('issues everything again that is not counted, once it is told to forget', () => {
    const { plan, take, count, fold } = planned();
    const lost = take(true);
    count(lost[0]!);
    plan.restart();
    const again = take(true);
    expect(new Set(again.map(nameOf)).size).toBe(again.length);
    expect(again.map(nameOf)).not.toContain(nameOf(lost[0]!));
    expect(again.every((shard) => fold.wants(shard))).toBe(true);
    expect(again.map(nameOf)).toEqual(expect.arrayContaining(lost.slice(1).map(nameOf)));
  });

  it('drops what is left of a segment when its image is decided', () => {
    const { plan, apply, count, take, segmentOf, fold } = planned();
    count(...allShards(fold).filter((shard) => shard.image === 0 && segmentOf(shard) < 2));
    take(false);
    const rest = fold.missing(0, 2);
    plan.restart();
    const issued = Array.from({ length: 4 }, () => plan.next(false)!);
    expect(issued.at(-1)).toEqual(rest[0]);
    apply({ failedImages: [{ image: 0, code: 'CHILD_DIED', detail: '' }] });
    expect(take(true).map(({ image }) => image)).not.toContain(0);
  });

  it('issues nothing for an image that was given up', () => {
    const { plan, apply, take } = planned();
    apply({ failedImages: [{ image: 2, code: 'CHILD_DIED', detail: '' }] });
    expect(take(true).map(({ image }) => image)).not.toContain(2);
    plan.restart();
    expect(take(true).map(({ image }) => image)).not.toContain(2);
  });
});

describe('the plan of a rule that bounds once', () => {
  it('issues all samples of fixed at once', () => {
    const { take, fold } = planned(makeJob({ ...FIXED, images: 3 }));
    expect(take(false).map(nameOf).sort()).toEqual(allShards(fold).map(nameOf).sort());
    expect(take(true)).toEqual([]);
  });

  it('issues the pilot of two-stage alone, then all of the second stage at once, and none beyond it', () => {
    const { take, count, fold, segmentOf } = planned(makeJob({ ...TWO_STAGE, images: 4 }));
    const pilots = take(true);
    expect(pilots.map(segmentOf)).toEqual([0, 0, 0, 0]);
    count(...pilots);
    // Unanimous, nearly so, near a half (given up), and unsure: their second stages differ in length.
    const due = [0, 1, 3].map((image) => fold.images.get(image)!.due);
    expect(fold.images.get(2)!.ending).toMatchObject({ outcome: 'abstained', stop: 'abstain' });
    expect(new Set(due).size).toBe(3);
    const stages = take(true);
    for (const [i, image] of [0, 1, 3].entries()) {
      const segments = stages.filter((shard) => shard.image === image).map(segmentOf);
      expect([...new Set(segments)]).toEqual(Array.from({ length: due[i]! }, (_, k) => k + 1));
    }
    expect(stages.map(({ image }) => image)).not.toContain(2);
    const [half, rest] = [stages.slice(0, 40), stages.slice(40)];
    count(...half);
    expect(take(true)).toEqual([]);
    count(...rest);
    expect(fold.isDone()).toBe(true);
    expect(take(true)).toEqual([]);
  });
});

/** The steps of a test: take a shard, or let a task be answered in some way. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      'issue',
      'issue',
      'ahead',
      'ahead',
      'count',
      'count',
      'return',
      'fail',
      'restart' as const,
    ),
    pick: fc.nat(1000),
    size: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 150 },
);

describe('in any order of events', () => {
  it.each([
    ['gain', JOB],
    ['two-stage', makeJob({ ...TWO_STAGE, images: 4 })],
    ['fixed', makeJob({ ...FIXED, images: 4 })],
    ['budget', makeJob({ ...BUDGET, images: 4 })],
  ])(
    'the plan of %s issues each shard once until handed back, none too early, none for nothing',
    (_, job) => {
      fc.assert(
        fc.property(steps, (script) => {
          const { fold, plan, apply, count, segmentOf } = planned(job);
          const out = new Map<string, Shard>();
          /** Thought lost; their counts may come late all the same. */
          const lost = new Map<string, Shard>();
          const failures = new Map<string, number>();
          const issue = (mayWorkAhead: boolean): boolean => {
            const shard = plan.next(mayWorkAhead);
            if (!shard) return false;
            expect(out.has(nameOf(shard))).toBe(false);
            expect(fold.wants(shard)).toBe(true);
            const { due } = fold.images.get(shard.image)!;
            expect(segmentOf(shard)).toBeLessThanOrEqual(due + fold.decision.ahead);
            out.set(nameOf(shard), shard);
            return true;
          };
          const mayFail = (s: Shard) => (failures.get(nameOf(s)) ?? 0) < 2;
          const answer = (pick: number, size: number, kind: 'count' | 'return' | 'fail') => {
            const all = [...new Map([...out, ...(kind === 'count' ? lost : [])]).values()];
            const some = Array.from(
              { length: Math.min(size, all.length) },
              (_, i) => all[(pick + i) % all.length]!,
            );
            const chosen = some.filter((s) => kind !== 'fail' || mayFail(s));
            for (const from of [out, lost]) for (const shard of chosen) from.delete(nameOf(shard));
            if (kind === 'count') count(...chosen);
            else if (kind === 'return') apply({ returned: chosen });
            else {
              for (const s of chosen) failures.set(nameOf(s), (failures.get(nameOf(s)) ?? 0) + 1);
              apply({ failed: chosen.map((shard) => ({ shard, code: 'CHILD_DIED', detail: '' })) });
            }
          };
          for (const { what, pick, size } of script) {
            if (what === 'issue' || what === 'ahead') issue(what === 'ahead');
            else if (what === 'restart') {
              plan.restart();
              for (const [name, shard] of out) lost.set(name, shard);
              out.clear();
            } else answer(pick, size, what);
          }
          for (let guard = 0; !fold.isDone(); guard++) {
            expect(guard).toBeLessThan(2000);
            while (issue(true));
            expect(out.size, 'undecided images, and nothing to draw').toBeGreaterThan(0);
            answer(guard, 3, 'count');
          }
          expect(plan.next(true)).toBeNull();
        }),
        { numRuns: 100 },
      );
    },
  );
});
