import { DiscardPolicy, RetentionPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

import type { NatsLink } from '../link/nats-link.js';
import {
  ensureConsumer,
  ensureStream,
  findConsumer,
  findStream,
  type ConsumerSettings,
  type StreamSettings,
} from '../link/streams.js';

export const WORK_STREAM = 'SC1_WORK';

/** Limits of the work stream, over all jobs and classes. */
export interface WorkLimits {
  /** Tasks, waiting and taken. */
  readonly tasks: number;
  /** Times that one task is delivered at most. */
  readonly deliveries: number;
  /** Milliseconds after which the server removes the consumer of a class of which no worker asks for tasks. */
  readonly unusedMs: number;
}

export const WORK_LIMITS: WorkLimits = { tasks: 16_384, deliveries: 6, unusedMs: 3_600_000 };

const LARGEST_TASK = 64 << 10;
/** Unacknowledged tasks of all workers of a class. */
const MOST_TAKEN = 65_536;
/** Pulls of all workers of a class that may wait at a time. */
const MOST_WAITING = 16_384;

export const consumerOf = (classToken: string): string => `SC1_CLASS_${classToken}`;
export const workSubject = (classToken: string, job: string): string => `sc1.work.${classToken}.${job}`;

/**
 * Makes the stream of tasks and the consumer of this class, if they are not there. The server removes a consumer that nobody uses; its tasks
 * stay in the stream, and are delivered by the next one. @throws as `ensureStream`
 */
export async function ensureWork(link: NatsLink, classToken: string, limits: WorkLimits): Promise<void> {
  await ensureStream(link, streamOf(limits));
  const unused = { inactive_threshold: nanos(limits.unusedMs) };
  await ensureConsumer(link, WORK_STREAM, consumerSettingsOf(link, classToken, limits), unused);
}

/** Returns true if stream and consumer are there. @throws SmoothcertError NATS_UNSUITABLE if they have other settings, NATS_UNREACHABLE, NATS_FORBIDDEN */
export async function findWork(link: NatsLink, classToken: string, limits: WorkLimits): Promise<boolean> {
  if (!(await findStream(link, streamOf(limits)))) return false;
  return findConsumer(link, WORK_STREAM, consumerSettingsOf(link, classToken, limits));
}

function streamOf({ tasks }: WorkLimits): StreamSettings {
  return {
    name: WORK_STREAM,
    subjects: ['sc1.work.*.*'],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_msgs: tasks,
    max_msg_size: LARGEST_TASK,
  };
}

function consumerSettingsOf({ times }: NatsLink, classToken: string, limits: WorkLimits): ConsumerSettings {
  return {
    durable_name: consumerOf(classToken),
    filter_subject: workSubject(classToken, '*'),
    ack_wait: nanos(times.ackWaitMs),
    max_deliver: limits.deliveries,
    max_ack_pending: MOST_TAKEN,
    max_waiting: MOST_WAITING,
  };
}
