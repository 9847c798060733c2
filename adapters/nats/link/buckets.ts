import { Kvm, type KV, type KvEntry } from '@nats-io/kv';

import { SmoothcertError } from '../../../shared/errors.js';
import {
  isNotStored,
  isStreamMissing,
  isUnanswered,
  sentenceOf,
  unanswered,
  unreachable,
} from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { ensureBucket, type BucketSettings } from './streams.js';

const JOBS = 'SC1_JOBS';
const LEASE = 'SC1_LEASE';
const MIB = 2 ** 20;
/** Reads under way at one time. */
const READS = 64;

const JOBS_SETTINGS: BucketSettings = {
  name: JOBS,
  largestValue: MIB / 2,
  largestTotal: 256 * MIB,
  ttlMs: 0,
};
const leaseSettings = ({ times }: NatsLink): BucketSettings => ({
  name: LEASE,
  largestValue: MIB / 16,
  largestTotal: MIB,
  ttlMs: times.leaseTtlMs,
});

/** Jobs and work orders. @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE */
export function jobsBucket(link: NatsLink): Promise<KV> {
  return open(link, JOBS_SETTINGS);
}

/** The lease; its value expires unless it is renewed. @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE */
export function leaseBucket(link: NatsLink): Promise<KV> {
  return open(link, leaseSettings(link));
}

/** Makes the lease's bucket again if the server has lost it. @throws as `leaseBucket` */
export async function restoreLeaseBucket(link: NatsLink): Promise<void> {
  await ensureBucket(link, leaseSettings(link));
}

/** Jobs and work orders, to be read only; the bucket may not be there yet. @throws SmoothcertError NATS_UNREACHABLE */
export function readableJobsBucket(link: NatsLink): Promise<KV> {
  return bind(link, JOBS);
}

/** The lease, to be read only; the bucket may not be there yet. @throws SmoothcertError NATS_UNREACHABLE */
export function readableLeaseBucket(link: NatsLink): Promise<KV> {
  return bind(link, LEASE);
}

/** Makes and opens a bucket. The leader of a cluster answers reads: a replica may not have the latest value yet. */
async function open(link: NatsLink, settings: BucketSettings): Promise<KV> {
  await ensureBucket(link, settings);
  return bind(link, settings.name);
}

function bind(link: NatsLink, name: string): Promise<KV> {
  const bucket = new Kvm(link.streams).open(name, { allow_direct: false });
  return bucket.catch((error: unknown) => {
    throw unanswered(`open ${name}`, error);
  });
}

/** Returns true if the key has a value; a removed key may have left a marker. */
export function isPresent(entry: KvEntry | null): entry is KvEntry {
  return entry?.operation === 'PUT';
}

/**
 * Resolves as a call to the jobs' bucket does. A bucket that the server has lost is made again; the call fails all the same, and is to be
 * tried again.
 * @param what the call does, as in `unanswered`
 * @throws SmoothcertError NATS_UNREACHABLE, DISK_FULL in place of what the library throws; NATS_UNSUITABLE
 */
export async function answered<T>(link: NatsLink, what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isNotStored(error)) throw full(what, error);
    // A write to a bucket that is gone is answered like one to a server whose JetStream is starting: asks which it is.
    const mayBeGone = link.connected && (isStreamMissing(error) || isUnanswered(error));
    if (mayBeGone && (await ensureBucket(link, JOBS_SETTINGS))) throw lost(what, error);
    throw unanswered(what, error);
  }
}

/** Reads the values of all keys of the jobs' bucket that begin with `prefix` and a dot. Rejects unless all were read. */
export async function valuesUnder(link: NatsLink, jobs: KV, prefix: string): Promise<KvEntry[]> {
  const subjects_filter = `$KV.${JOBS}.${prefix}.>`;
  const { state } = await link.manager.streams.info(`KV_${JOBS}`, { subjects_filter });
  const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(`$KV.${JOBS}.`.length));
  const values: KvEntry[] = [];
  const readSome = async () => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const entry = await jobs.get(key);
      if (isPresent(entry)) values.push(entry);
    }
  };
  await Promise.all(Array.from({ length: READS }, readSome));
  return values;
}

/** Removes a key of the jobs' bucket and its markers; a key that is not there is no error. */
export async function removeKey(link: NatsLink, key: string): Promise<void> {
  await link.manager.streams.purge(`KV_${JOBS}`, { filter: `$KV.${JOBS}.${key}` });
}

function lost(what: string, cause: unknown): SmoothcertError {
  return unreachable(
    `NATS did not ${what}: it had lost the bucket ${JOBS} with all jobs. An empty one was made.`,
    'Submit the jobs again; those that a ledger is left of go on from it. See that the store of the NATS server lasts.',
    cause,
  );
}

function full(what: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'DISK_FULL',
    `NATS did not ${what}: ${sentenceOf(cause)}.`,
    `Remove jobs that have ended, or raise max_bytes of the stream KV_${JOBS}.`,
    { cause },
  );
}
