import type { Msg } from '@nats-io/transport-node';

import type { Task } from '../../../shared/ports/task-queue.js';
import { decodeTask } from '../../../shared/wire/cluster.js';
import type { NatsLink } from '../link/nats-link.js';
import type { MalformedMessages } from '../link/core-messages.js';
import { WORK_STREAM, consumerOf } from './work-stream.js';

/**
 * Calls `listener` with tasks that have reached the limit of deliveries, which would otherwise stay in the stream for ever. Each is removed
 * first. The server announces a task only once; if that message is lost, the coordinator issues the missing shards again.
 * @returns a function that ends the subscription
 */
export function watchExhausted(
  link: NatsLink,
  classToken: string,
  malformed: MalformedMessages,
  listener: (task: Task) => void,
): () => void {
  const subject = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${WORK_STREAM}.${consumerOf(classToken)}`;
  const subscription = link.connection.subscribe(subject, {
    callback: (error, advisory) => {
      if (!error) void remove(link, advisory, malformed).then((task) => task && listener(task));
    },
  });
  return () => subscription.unsubscribe();
}

/** Removes the task that the advisory names, and returns it; null if it was gone before, or could not be removed. */
async function remove(link: NatsLink, advisory: Msg, malformed: MalformedMessages): Promise<Task | null> {
  const sequence = sequenceOf(advisory);
  if (sequence === null) return null;
  try {
    const stored = await link.manager.streams.getMessage(WORK_STREAM, { seq: sequence });
    if (stored === null || !(await link.manager.streams.deleteMessage(WORK_STREAM, sequence, false)))
      return null;
    return malformed.read(decodeTask, stored.data);
  } catch {
    return null;
  }
}

function sequenceOf(advisory: Msg): number | null {
  try {
    const { stream_seq } = advisory.json<{ stream_seq?: unknown }>();
    return Number.isSafeInteger(stream_seq) ? Number(stream_seq) : null;
  } catch {
    return null;
  }
}
