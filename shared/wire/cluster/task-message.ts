import type { Task } from '../../ports/task-queue.js';
import type { Shard } from '../../shards.js';
import type { Check } from '../check.js';
import { smoothcert } from '../generated.js';
import { codecOf } from '../codec.js';

/** Shards of one message; the coordinator puts far fewer into a task. */
export const MOST_SHARDS = 1024;
/** Workers that one message excludes. */
const MOST_NAMES = 1024;
/** Form of a task's name: tokens of a NATS subject with dots between them. */
const TASK_NAME = /^(?=.{1,100}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

const task = codecOf(
  'a task',
  smoothcert.v1.TaskMessage,
  ({ name, job, shards, insist, notBy = [] }: Task) => ({
    name,
    job,
    insist: insist === true,
    notBy: [...notBy],
    shards: shards.map(({ image, begin, end }) => ({ image, begin, end })),
  }),
  (wire, check): Task => ({
    name: check.matching(
      'name',
      wire.name,
      TASK_NAME,
      "a task's name: 1 to 100 of A-Z a-z 0-9 _ - and single dots between",
    ),
    job: check.jobId('job', wire.job),
    shards: check
      .list('shards', wire.shards, { least: 1, most: MOST_SHARDS })
      .map((shard, i) => shardOf(check, `shards[${i}]`, shard)),
    ...(wire.insist && { insist: true }),
    ...(wire.notBy.length > 0 && { notBy: namesOf(check, wire.notBy) }),
  }),
);

/** @throws SmoothcertError INTERNAL for a task that no worker could read */
export const encodeTask: (task: Task) => Uint8Array = task.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeTask: (bytes: Uint8Array) => Task = task.decode;

function namesOf(check: Check, names: readonly string[]): string[] {
  return check
    .list('not_by', names, { least: 1, most: MOST_NAMES })
    .map((name, i) => check.text(`not_by[${i}]`, name));
}

function shardOf(check: Check, field: string, { image, begin, end }: smoothcert.v1.Shard.$Properties): Shard {
  const shard = { image: image ?? 0, begin: begin ?? 0, end: end ?? 0 };
  if (shard.begin >= shard.end) check.note(`${field}.end`, 'is not above its begin');
  return shard;
}
