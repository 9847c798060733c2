import { describe, expect, it } from 'vitest';

import { counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { shardKey } from '../../shared/shards.js';
import { JobFold } from './job-fold.js';
import { TaskPlanner, type PlannedTask } from './task-planner.js';

const JOB = makeJob({ images: 6, looks: [64, 96, 256, 512] });
const voter = voterOf(11, () => 0.9);

function planning() {
  const fold = new JobFold(JOB);
  const options = { fold, taskPrefix: 't', taskMicros: 1, stragglerMs: 2_000, patienceMs: 300_000 };
  const planner = new TaskPlanner(options);
  const count = ({ name, shards }: PlannedTask, now: number) => {
    const record = makeRecord(JOB, { task: name, counted: shards.map((shard) => counted(voter, shard)) });
    planner.folded(name, fold.apply(record), now);
  };
  return { fold, planner, count };
}

/** Answers the first task of each round, and every third round issues stragglers once more, until nothing is left. */
function planAll(): PlannedTask[] {
  const { fold, planner, count } = planning();
  const open: PlannedTask[] = [];
  const planned: PlannedTask[] = [];
  for (let round = 0; !fold.isDone(); round++) {
    const now = 1_500 * round;
    const tasks = [...planner.next(4, now), ...(round % 3 === 0 ? planner.overtake(now, false) : [])];
    planned.push(...tasks);
    open.push(...tasks);
    count(open.shift()!, now + 1);
  }
  return planned;
}

describe('planning', () => {
  it('is a function of the records and the times that it is told', () => {
    const planned = planAll();
    expect(planned.length).toBeGreaterThan(6);
    expect(planAll()).toEqual(planned);
  });

  it('gives each task a name of its own', () => {
    const names = planAll().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('counts a task as unanswered at once, and plans the shards of one that was taken back again', () => {
    const { planner } = planning();
    const tasks = planner.next(3, 5);
    expect(planner.unanswered).toBe(3);
    expect(planner.oldestAt).toBe(5);
    planner.takeBack(tasks.slice(1));
    expect(planner.unanswered).toBe(1);
    const again = planner.next(3, 9);
    expect(again.map(({ shards }) => shards)).toEqual(tasks.slice(1).map(({ shards }) => shards));
  });
});

describe('tasks of a planner before this one', () => {
  const keysOf = (tasks: readonly PlannedTask[]) => tasks.flatMap(({ shards }) => shards.map(shardKey));

  /** A planner that took over the first three tasks of another one, whose last one was answered. */
  function takingOver() {
    const before = planning();
    const issued = before.planner.next(4, 5);
    const after = planning();
    after.count(issued[3]!, 6);
    after.planner.restart();
    after.planner.adopt(issued, 7);
    return { ...after, adopted: issued.slice(0, 3) };
  }

  it('count as planned, unless nothing of them is missing', () => {
    const { planner } = takingOver();
    expect([planner.unanswered, planner.oldestAt]).toEqual([3, 7]);
  });

  it('are not planned again: each shard is planned once', () => {
    const { fold, planner, count, adopted } = takingOver();
    const open = [...adopted];
    const planned = [...adopted];
    for (let now = 8; !fold.isDone(); now++) {
      const tasks = planner.next(8, now);
      open.push(...tasks);
      planned.push(...tasks);
      count(open.pop()!, now);
    }
    const keys = keysOf(planned);
    expect(new Set(keys).size).toBe(keys.length);
    expect(fold.tally.duplicate).toBe(0);
  });

  it('are planned again when they take too long, or when all is', () => {
    const first = takingOver();
    expect(keysOf(first.planner.overtake(300_008, true))).toEqual(keysOf(first.adopted));
    const second = takingOver();
    second.planner.restart();
    expect(keysOf(second.planner.next(99, 8))).toEqual(expect.arrayContaining(keysOf(second.adopted)));
  });

  it('are planned again where their answer leaves them open, once', () => {
    const { fold, planner, adopted } = takingOver();
    const [{ name, shards }] = adopted as [PlannedTask];
    const record = makeRecord(JOB, { task: name, returned: shards });
    planner.folded(name, fold.apply(record), 8);
    const keys = keysOf(planner.next(99, 9));
    for (const key of keysOf(adopted.slice(0, 1))) expect(keys.filter((one) => one === key)).toEqual([key]);
  });
});
