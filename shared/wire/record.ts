import { SmoothcertError, isErrorCode, type ErrorCode } from '../errors.js';
import type { Counts } from '../counts.js';
import { totalOf } from '../counts.js';
import { PROTOCOL } from '../job.js';
import type { Shard } from '../shards.js';
import { smoothcert } from './generated.js';
import { sentence } from './codec.js';

const Wire = smoothcert.v1.LedgerRecord;

/** Votes over one shard, and the microseconds of noise and inference that they took. */
export interface CountedShard {
  readonly shard: Shard;
  readonly counts: Counts;
  readonly micros: number;
}

/** A shard on which the machinery failed; it is drawn again, the same samples. */
export interface FailedShard {
  readonly shard: Shard;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** An image that was given up after repeated failures and gets no certificate. */
export interface FailedImage {
  readonly image: number;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** One entry of the ledger: the outcome of one attempt at one task, or a decision of the coordinator that depends on time. */
export interface LedgerRecord {
  readonly jobDigest: string;
  /** Hash (hex) of the probe logits of the child that drew the counts; empty if nothing was drawn. */
  readonly fingerprint: string;
  /** Name of the task that this record answers; a ledger holds at most one record a task. */
  readonly task: string;
  readonly counted: readonly CountedShard[];
  readonly failed: readonly FailedShard[];
  readonly returned: readonly Shard[];
  readonly dropped: readonly Shard[];
  readonly failedImages: readonly FailedImage[];
  /** True if the job is cancelled: images that are undecided before this record stay undecided. */
  readonly cancelled: boolean;
  /** Name of the worker that drew the counts, as it says; absent outside of a cluster. */
  readonly worker?: string;
  /** Workers whose counts a redraw has found to be wrong: nothing that they drew counts, in all of this ledger. Absent if there are none. */
  readonly distrusted?: readonly string[];
}

const UINT32_MAX = 0xffff_ffff;
/** Characters of a worker's name; longer ones belong to no worker. */
const MAX_NAME = 200;

/**
 * Encodes a record. It is checked before it is written, because it is read for ever.
 * @throws SmoothcertError INTERNAL for a record that `decodeRecord` would refuse
 */
export function encodeRecord(record: LedgerRecord): Uint8Array {
  const fault = faultOf(record);
  if (fault !== null) {
    throw new SmoothcertError(
      'INTERNAL',
      `A record was to be written that nobody could read: ${fault}.`,
      'Report this as a bug; the ledger holds nothing of it.',
    );
  }
  return Wire.encode({
    protocol: PROTOCOL,
    jobDigest: Buffer.from(record.jobDigest, 'hex'),
    fingerprint: Buffer.from(record.fingerprint, 'hex'),
    task: record.task,
    counted: record.counted.map(({ shard, counts, micros }) => ({
      shard: { ...shard },
      classes: [...counts.classes],
      votes: [...counts.votes],
      invalid: counts.invalid,
      micros: Math.min(Math.round(micros), UINT32_MAX),
    })),
    failed: record.failed.map((f) => ({ ...f, shard: { ...f.shard }, detail: sentence(f.detail, Infinity) })),
    returned: record.returned.map((shard) => ({ ...shard })),
    dropped: record.dropped.map((shard) => ({ ...shard })),
    failedImages: record.failedImages.map((f) => ({ ...f, detail: sentence(f.detail, Infinity) })),
    cancelled: record.cancelled,
    worker: record.worker ?? '',
    distrusted: [...(record.distrusted ?? [])],
  }).finish();
}

/**
 * Decodes a record and checks that it is well-formed in itself (counts add up to their shard's length). The fold checks that it belongs to
 * its job (digest, grid, classes).
 * @throws SmoothcertError PROTOCOL_MISMATCH for another major version, LEDGER_DAMAGED for anything malformed.
 */
export function decodeRecord(bytes: Uint8Array): LedgerRecord {
  const wire = decodeWire(bytes);
  if (wire.protocol !== PROTOCOL) {
    throw new SmoothcertError(
      'PROTOCOL_MISMATCH',
      `This record is of protocol ${wire.protocol}, and this smoothcert reads protocol ${PROTOCOL}.`,
      'Use the version of smoothcert that wrote it.',
    );
  }
  const record: LedgerRecord = {
    jobDigest: Buffer.from(wire.jobDigest).toString('hex'),
    fingerprint: Buffer.from(wire.fingerprint).toString('hex'),
    task: wire.task,
    counted: wire.counted.map(countedOf),
    failed: wire.failed.map((f) => ({ shard: shardOf(f.shard), ...reasonOf(f.code, f.detail) })),
    returned: wire.returned.map(shardOf),
    dropped: wire.dropped.map(shardOf),
    failedImages: wire.failedImages.map((f) => ({ image: f.image ?? 0, ...reasonOf(f.code, f.detail) })),
    cancelled: wire.cancelled,
    ...(wire.worker !== '' && { worker: sentence(wire.worker, MAX_NAME) }),
    ...(wire.distrusted.length > 0 && {
      distrusted: wire.distrusted.map((name) => sentence(name, MAX_NAME)),
    }),
  };
  const fault = faultOf(record);
  if (fault !== null) throw malformed(fault);
  return record;
}

/** Returns why a record is not well-formed, as the end of a sentence; null if it is. */
function faultOf(record: LedgerRecord): string | null {
  if (!/^[0-9a-f]{64}$/.test(record.jobDigest)) return 'its job digest is not 32 bytes';
  const { counted, failed, returned, dropped } = record;
  const shards = [...[...counted, ...failed].map(({ shard }) => shard), ...returned, ...dropped];
  if (!shards.every(({ begin, end }) => begin < end)) return 'a shard is empty';
  for (const one of counted) {
    const fault = countsFault(one);
    if (fault !== null) return fault;
  }
  return null;
}

function countsFault({ shard, counts }: CountedShard): string | null {
  const { classes, votes } = counts;
  if (classes.length !== votes.length) return 'it has not one vote count for each class';
  if (!classes.every((c, i) => i === 0 || c > classes[i - 1]!)) return 'its classes are not ascending';
  if (!votes.every((v) => v > 0)) return 'a class is listed without votes';
  if (totalOf(counts) === shard.end - shard.begin) return null;
  return 'its counts do not add up to the length of their shard';
}

function decodeWire(bytes: Uint8Array): smoothcert.v1.LedgerRecord {
  try {
    return Wire.decode(bytes);
  } catch (cause) {
    throw malformed('its bytes are not a record', cause);
  }
}

function countedOf(wire: smoothcert.v1.CountedShard.$Properties): CountedShard {
  const { classes, votes, invalid, micros } = wire;
  const counts: Counts = { classes: classes ?? [], votes: votes ?? [], invalid: invalid ?? 0 };
  return { shard: shardOf(wire.shard), counts, micros: micros ?? 0 };
}

function shardOf(wire: smoothcert.v1.Shard.$Properties | null | undefined): Shard {
  return { image: wire?.image ?? 0, begin: wire?.begin ?? 0, end: wire?.end ?? 0 };
}

function reasonOf(code: string | null | undefined, detail: string | null | undefined) {
  return { code: code && isErrorCode(code) ? code : ('INTERNAL' as const), detail: detail ?? '' };
}

function malformed(why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'LEDGER_DAMAGED',
    `A record of the ledger is malformed: ${why}.`,
    'Restore the folder from a copy, or certify into a new folder.',
    { cause },
  );
}
