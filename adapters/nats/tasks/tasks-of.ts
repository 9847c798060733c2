import { JetStreamApiError, type StoredMsg } from '@nats-io/jetstream';

import type { Task } from '../../../shared/ports/task-queue.js';
import { decodeTask } from '../../../shared/wire/cluster.js';
import type { MalformedMessages } from '../link/core-messages.js';
import type { NatsLink } from '../link/nats-link.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { WORK_STREAM } from './work-stream.js';

const MOST_REMOVALS = 64;

/** Returns the tasks in a subject of the work stream, in the order in which they were published. What cannot be read as one is removed. */
export async function tasksOf(
  link: NatsLink,
  subject: string,
  malformed: MalformedMessages,
): Promise<Task[]> {
  const tasks: Task[] = [];
  for await (const { seq, data } of messagesOf(link, subject)) {
    const task = malformed.read(decodeTask, data);
    if (task === null) await remove(link, seq);
    else tasks.push(task);
  }
  return tasks;
}

/**
 * Removes all messages of a subject of the work stream, one by one. It does not purge the subject: in servers before 2.10.11 a purge makes
 * a consumer of a wider subject skip the messages of other subjects, so that tasks of other jobs would not be delivered any more.
 */
export async function removeTasks(link: NatsLink, subject: string): Promise<void> {
  const limit = new ConcurrencyLimit(MOST_REMOVALS, Infinity);
  const removals: Promise<void>[] = [];
  for await (const { seq } of messagesOf(link, subject)) removals.push(limit.run(0, () => remove(link, seq)));
  for (const removal of await Promise.allSettled(removals)) {
    if (removal.status === 'rejected') throw removal.reason;
  }
}

/** Yields the messages of a subject, in the order in which they were published. */
async function* messagesOf({ manager }: NatsLink, subject: string): AsyncGenerator<StoredMsg, void> {
  for (let from = 1; ;) {
    // The library's type does not know the field.
    const query = { seq: from, next_by_subj: subject };
    const message = await manager.streams.getMessage(WORK_STREAM, query);
    if (message === null) return;
    yield message;
    from = message.seq + 1;
  }
}

/** Removes one message; one that a worker has acknowledged in the meantime is gone already. */
async function remove({ manager }: NatsLink, sequence: number): Promise<void> {
  try {
    await manager.streams.deleteMessage(WORK_STREAM, sequence, false);
  } catch (error) {
    if (error instanceof JetStreamApiError) {
      if ((await manager.streams.getMessage(WORK_STREAM, { seq: sequence })) === null) return;
    }
    throw error;
  }
}
