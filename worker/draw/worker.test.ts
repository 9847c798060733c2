import { expect, it } from 'vitest';

import { MemoryStop } from '../../adapters/local/memory-stop.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { counted, voterOf } from '../../test/support/jobs.js';
import { answerTask } from './worker.js';

const voter = voterOf(11, () => 0.9);
const shards = [0, 1].map((image) => ({ image, begin: 0, end: 64 }));

it.each([
  ['drops the shards of decided images', {}, [1], [0]],
  ['draws them all the same where the task insists', { insist: true }, [0, 1], []],
] as const)('a worker %s', async (_, content, drawn, dropped) => {
  const stop = new MemoryStop();
  stop.announce([0]);
  const records: LedgerRecord[] = [];
  const task: Task = { name: 'a', job: 'j-1', shards, ...content };
  const answer = await answerTask({
    task,
    stop,
    jobDigest: 'ab'.repeat(32),
    fingerprint: 'cd'.repeat(32),
    pool: { draw: (shard) => Promise.resolve({ kind: 'counted', ...counted(voter, shard) }) },
    ledger: {
      append: (record) => {
        records.push(record);
        return Promise.resolve('recorded');
      },
    },
  });
  expect(records).toEqual([answer]);
  const [record] = records;
  expect(record!.counted.map(({ shard }) => shard.image)).toEqual(drawn);
  expect(record!.dropped.map(({ image }) => image)).toEqual(dropped);
});
