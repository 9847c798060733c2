import { expect, it } from 'vitest';

import { MemoryStop } from '../../adapters/local/memory-stop.js';
import type { Task } from '../../shared/ports/task-queue.js';
import { counted, voterOf } from '../../test/support/jobs.js';
import { answerTask } from './answer-task.js';

const voter = voterOf(11, () => 0.9);
const shards = [0, 1].map((image) => ({ image, begin: 0, end: 64 }));

it.each([
  ['drops the shards of decided images', {}, [1], [0]],
  ['draws them all the same where the task insists', { insist: true }, [0, 1], []],
] as const)('the answer to a task %s', async (_, content, drawn, dropped) => {
  const stop = new MemoryStop();
  stop.announce([0]);
  const task: Task = { name: 'a', job: 'j-1', shards, ...content };
  const job = {
    jobDigest: 'ab'.repeat(32),
    fingerprint: 'cd'.repeat(32),
    stop,
    pool: {
      draw: (shard: (typeof shards)[0]) =>
        Promise.resolve({ kind: 'counted' as const, ...counted(voter, shard) }),
    },
  };
  const record = await answerTask(job, task);
  expect(record).toMatchObject({ task: 'a', jobDigest: job.jobDigest, fingerprint: job.fingerprint });
  expect(record.counted.map(({ shard }) => shard.image)).toEqual(drawn);
  expect(record.dropped.map(({ image }) => image)).toEqual(dropped);
});
