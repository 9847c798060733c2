import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DecisionView } from '../../api/job-view.js';
import { DecisionLog, type Position } from './decision-log.js';

const decision = (image: number): DecisionView => ({
  image,
  outcome: image % 3 === 0 ? 'abstained' : 'certified',
  class: image % 3 === 0 ? null : image % 10,
  radius: image / 7,
});

/** A log of records that decide so many images each. */
function logOf(records: readonly number[]): DecisionLog {
  const log = new DecisionLog(records.reduce((sum, count) => sum + count, 0));
  let image = 0;
  records.forEach((count, at) => {
    for (let i = 0; i < count; i++) log.add(at + 1, decision(image++));
    log.sequence = at + 1;
  });
  return log;
}

function readAll(log: DecisionLog, from: Position, most: number) {
  const seen: DecisionView[] = [];
  const stops: { sequence: number; seen: number }[] = [];
  for (let at = from, more = true; more;) {
    const page = log.page(at, most);
    seen.push(...page.decided);
    ({ next: at, more } = page);
    expect(page.decided.length).toBeLessThanOrEqual(most);
    stops.push({ sequence: at.sequence, seen: seen.length });
  }
  return { seen, stops };
}

describe('the log of decisions', () => {
  it('gives each decision once, in order, in pages; a reader may go on behind any sequence it was given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (records, most) => {
          const log = logOf(records);
          const { seen, stops } = readAll(log, { sequence: 0, skip: 0 }, most);
          expect(seen).toEqual(Array.from({ length: log.length }, (_, image) => decision(image)));
          expect(stops.at(-1)!.sequence).toBe(records.length);
          for (const { sequence, seen: before } of stops) {
            const again = readAll(log, { sequence, skip: 0 }, most).seen;
            const whole = records.slice(0, sequence).reduce((sum, count) => sum + count, 0);
            expect(whole).toBeLessThanOrEqual(before);
            expect(again).toEqual(seen.slice(whole));
          }
        },
      ),
    );
  });

  it('cuts a record only where it is larger than a page, and does not say then that it was reached', () => {
    const log = logOf([2, 5]);
    const first = log.page({ sequence: 0, skip: 0 }, 3);
    expect(first).toMatchObject({ next: { sequence: 1, skip: 0 }, more: true });
    expect(first.decided).toHaveLength(2);
    const second = log.page(first.next, 3);
    expect(second).toMatchObject({ next: { sequence: 1, skip: 3 }, more: true });
    expect(log.page(second.next, 3)).toMatchObject({ next: { sequence: 2, skip: 0 }, more: false });
  });

  it('never takes a reader back: one who is ahead of a log that is read anew gets nothing', () => {
    const log = logOf([1, 1]);
    const ahead = { sequence: 9, skip: 0 };
    expect(log.page(ahead, 10)).toEqual({ decided: [], next: ahead, more: false });
    expect(log.page({ sequence: 1, skip: 4 }, 10)).toMatchObject({ decided: [], more: false });
  });

  it('counts outcomes', () => {
    expect(logOf([3, 1]).totals).toEqual({
      certified: 2,
      abstained: 2,
      failed: 0,
      approximate: 0,
      predicted: 0,
    });
  });
});

it('a log that is cleared has no decisions, and takes new ones', () => {
  const log = logOf([3, 0, 2]);
  log.clear();
  expect(log.totals).toEqual({ certified: 0, abstained: 0, failed: 0, approximate: 0, predicted: 0 });
  expect(readAll(log, { sequence: 0, skip: 0 }, 2).seen).toEqual([]);
});
