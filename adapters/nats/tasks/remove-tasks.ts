import { JetStreamApiError } from '@nats-io/jetstream';

import type { NatsLink } from '../link/nats-link.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { WORK_STREAM } from './work-stream.js';

const MOST_REMOVALS = 64;

/**
 * Removes all messages of a subject of the work stream, one by one. It does not purge the subject: in servers before 2.10.11 a purge makes
 * a consumer of a wider subject skip the messages of other subjects, so that tasks of other jobs would not be delivered any more.
 */
export async function removeTasks(link: NatsLink, subject: string): Promise<void> {
  const limit = new ConcurrencyLimit(MOST_REMOVALS, Infinity);
  const removals: Promise<void>[] = [];
  for (let from = 1; ;) {
    const sequence = await nextOf(link, subject, from);
    if (sequence === null) break;
    removals.push(limit.run(0, () => remove(link, sequence)));
    from = sequence + 1;
  }
  for (const removal of await Promise.allSettled(removals)) {
    if (removal.status === 'rejected') throw removal.reason;
  }
}

async function nextOf({ manager }: NatsLink, subject: string, from: number): Promise<number | null> {
  const query = { seq: from, next_by_subj: subject };
  const found = await manager.streams.getMessage(WORK_STREAM, query);
  return found?.seq ?? null;
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
