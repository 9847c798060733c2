import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

import { isConsumerMissing, isNameInUse, isStreamMissing, unanswered } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { pause, pauses } from './retry.js';
import { isShortOfPeers, isWithoutCopies } from './server-codes.js';
import { checkSettings, type Need } from './settings.js';

/** Settings of a stream that the adapters rely on; all others are the server's defaults. */
export type StreamSettings = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'discard'> &
  Partial<StreamConfig>;

/** Settings that every durable consumer has. */
const EXPLICIT = {
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
} as const;

/** Settings that an operator may have raised. */
const MAY_BE_MORE = new Set(['max_bytes', 'max_msgs', 'num_replicas']);

/**
 * Makes the stream if it is not there; true if it was made.
 * @throws SmoothcertError NATS_UNSUITABLE if one is there with other settings, DISK_FULL, NATS_UNREACHABLE
 */
export async function ensureStream(link: NatsLink, settings: StreamSettings): Promise<boolean> {
  const { copies } = link;
  const config = { storage: StorageType.File, num_replicas: copies.wanted, ...settings };
  const found = (await streamSettings(link, config.name)) ?? (await addStream(link, config));
  if (found === null) return true;
  const needs = needsOf(config, found).filter(
    ({ setting }) => setting !== 'num_replicas' || !copies.mayBeFewer,
  );
  checkSettings(`The stream ${config.name}`, needs);
  tellCopies(link, config.name, found.num_replicas);
  return false;
}

function tellCopies(link: NatsLink, name: string, copies: number): void {
  const note = link.copies.noteOf(name, copies);
  if (note !== null) link.tellTrouble(note, 'note');
}

/** Returns true if the stream is there, with any number of copies. @throws SmoothcertError NATS_UNSUITABLE if it has other settings, NATS_UNREACHABLE */
export async function findStream(link: NatsLink, settings: StreamSettings): Promise<boolean> {
  const found = await streamSettings(link, settings.name);
  if (found !== null) checkSettings(`The stream ${settings.name}`, needsOf(settings, found));
  return found !== null;
}

/** Settings of a stream; null if there is none. */
async function streamSettings(link: NatsLink, name: string): Promise<StreamConfig | null> {
  try {
    return (await link.manager.streams.info(name)).config;
  } catch (error) {
    if (isStreamMissing(error)) return null;
    throw unanswered(`tell of the stream ${name}`, error);
  }
}

/**
 * Makes a stream, with one copy where the cluster cannot keep as many as are wanted and fewer will do. Returns null if it was made here, or
 * the settings of the one that another process has made in the meantime.
 */
async function addStream(link: NatsLink, config: StreamSettings): Promise<StreamConfig | null> {
  const { copies, times } = link;
  const deadline = performance.now() + times.copiesMs;
  for (const wait of pauses(times)) {
    try {
      return await addOnce(link, config);
    } catch (error) {
      if (!copies.mayBeFewer || !(isShortOfPeers(error) || isWithoutCopies(error))) throw error;
      // Too few servers are there: those of a cluster that starts come one after the other.
      if (isWithoutCopies(error) || performance.now() > deadline) break;
      await pause(wait, link.end);
    }
  }
  const found = await addOnce(link, { ...config, num_replicas: 1 });
  if (found === null) tellCopies(link, config.name, 1);
  return found;
}

async function addOnce(link: NatsLink, config: StreamSettings): Promise<StreamConfig | null> {
  try {
    await link.manager.streams.add(config);
    return null;
  } catch (error) {
    const found = isNameInUse(error) ? await streamSettings(link, config.name) : null;
    if (found !== null) return found;
    throw unanswered(`make the stream ${config.name}`, error);
  }
}

/** Settings of a durable consumer that the adapters rely on. */
export type ConsumerSettings = Partial<ConsumerConfig> & { readonly durable_name: string };

/**
 * Makes the durable pull consumer of explicit acknowledgements if it is not there. It has no back-off, which would replace ack_wait.
 * @param ofNewOnes settings that one which is there need not have
 * @throws SmoothcertError NATS_UNSUITABLE if one is there with other settings, NATS_UNREACHABLE
 */
export async function ensureConsumer(
  link: NatsLink,
  stream: string,
  settings: ConsumerSettings,
  ofNewOnes: Partial<ConsumerConfig> = {},
): Promise<void> {
  if (await findConsumer(link, stream, settings)) return;
  await addConsumer(link, stream, { ...EXPLICIT, ...settings, ...ofNewOnes });
}

/** Returns true if the consumer is there. @throws SmoothcertError NATS_UNSUITABLE if it has other settings, NATS_UNREACHABLE */
export async function findConsumer(
  link: NatsLink,
  stream: string,
  settings: ConsumerSettings,
): Promise<boolean> {
  const found = await consumerSettings(link, stream, settings.durable_name);
  if (found === null) return false;
  const backOff = { setting: 'backoff', wanted: 0, found: found.backoff?.length ?? 0 };
  const needs = needsOf({ ...EXPLICIT, ...settings }, found);
  checkSettings(`The consumer ${settings.durable_name} of ${stream}`, [...needs, backOff]);
  return true;
}

async function consumerSettings(
  link: NatsLink,
  stream: string,
  name: string,
): Promise<ConsumerConfig | null> {
  try {
    return (await link.manager.consumers.info(stream, name)).config;
  } catch (error) {
    if (isConsumerMissing(error) || isStreamMissing(error)) return null;
    throw unanswered(`tell of the consumer ${name}`, error);
  }
}

/** Makes a consumer. Of several requests with the same settings the server makes one consumer. */
async function addConsumer(link: NatsLink, stream: string, config: Partial<ConsumerConfig>): Promise<void> {
  try {
    await link.manager.consumers.add(stream, config);
  } catch (error) {
    throw unanswered(`make the consumer ${config.durable_name}`, error);
  }
}

/** Limits, in bytes, of a bucket of keys and values. Only the last value of a key is kept. */
export interface BucketSettings {
  readonly name: string;
  readonly largestValue: number;
  readonly largestTotal: number;
  /** A value expires so many milliseconds after it was written; 0: never. */
  readonly ttlMs: number;
}

/**
 * Makes the bucket if it is not there; true if it was made.
 * @throws SmoothcertError NATS_UNSUITABLE if one is there with other settings, DISK_FULL, NATS_UNREACHABLE
 */
export async function ensureBucket(link: NatsLink, settings: BucketSettings): Promise<boolean> {
  const { name, largestValue, largestTotal, ttlMs } = settings;
  return ensureStream(link, {
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_age: nanos(ttlMs),
    max_bytes: largestTotal,
    max_msg_size: largestValue,
    allow_rollup_hdrs: true,
    deny_delete: true,
    deny_purge: false,
    allow_direct: true,
    // The server refuses one that is longer than the age.
    ...(ttlMs > 0 && ttlMs < 120_000 && { duplicate_window: nanos(ttlMs) }),
  });
}

/** Pairs each wanted setting, but for the description, with the one that was found. */
function needsOf<Config extends object>(wanted: Partial<Config>, found: Config): Need[] {
  const asked = Object.entries(wanted).filter(([setting]) => setting !== 'description');
  return asked.map(([setting, value]) => ({
    setting,
    wanted: comparable(value),
    atLeast: MAY_BE_MORE.has(setting),
    // The server leaves out settings that are off.
    found: comparable((found as Record<string, unknown>)[setting] ?? (value === false ? false : undefined)),
  }));
}

function comparable(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  return value === undefined ? undefined : JSON.stringify(value);
}
