import { SmoothcertError, isErrorCode, type ErrorCode } from '../errors.js';
import type { Counts } from '../counts.js';
import { totalOf } from '../counts.js';
import { PROTOCOL } from '../job.js';
import type { Shard } from '../shards.js';
import { smoothcert } from './generated.js';

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

/** An image given up after repeated failures: no certificate. */
export interface FailedImage {
  readonly image: number;
  readonly code: ErrorCode;
  readonly detail: string;
}

/** One entry of the ledger: what became of one attempt at one task, or what the coordinator decided by time. */
export interface LedgerRecord {
  readonly jobDigest: string;
  /** Hash (hex) of the probe logits of the child that drew the counts; empty if nothing was drawn. */
  readonly fingerprint: string;
  /** Name of the task that this answers; a ledger holds at most one record a task. */
  readonly task: string;
  readonly counted: readonly CountedShard[];
  readonly failed: readonly FailedShard[];
  readonly returned: readonly Shard[];
  readonly dropped: readonly Shard[];
  readonly failedImages: readonly FailedImage[];
}

const UINT32_MAX = 0xffff_ffff;

export function encodeRecord(record: LedgerRecord): Uint8Array {
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
    failed: record.failed.map((f) => ({ ...f, shard: { ...f.shard } })),
    returned: record.returned.map((shard) => ({ ...shard })),
    dropped: record.dropped.map((shard) => ({ ...shard })),
    failedImages: record.failedImages.map((f) => ({ ...f })),
  }).finish();
}

/**
 * Decodes and validates: what is returned is well-formed in itself (counts add up to their shard's length).
 * Whether it belongs to a job (digest, grid, classes) is for the fold to say.
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
  check(wire.jobDigest.length === 32, 'its job digest is not 32 bytes');
  return {
    jobDigest: Buffer.from(wire.jobDigest).toString('hex'),
    fingerprint: Buffer.from(wire.fingerprint).toString('hex'),
    task: wire.task,
    counted: wire.counted.map(countedOf),
    failed: wire.failed.map((f) => ({ shard: shardOf(f.shard), ...reasonOf(f.code, f.detail) })),
    returned: wire.returned.map(shardOf),
    dropped: wire.dropped.map(shardOf),
    failedImages: wire.failedImages.map((f) => ({ image: f.image ?? 0, ...reasonOf(f.code, f.detail) })),
  };
}

function decodeWire(bytes: Uint8Array): smoothcert.v1.LedgerRecord {
  try {
    return Wire.decode(bytes);
  } catch (cause) {
    throw malformed('its bytes are not a record', cause);
  }
}

function countedOf(wire: smoothcert.v1.CountedShard.$Properties): CountedShard {
  const classes = wire.classes ?? [];
  const votes = wire.votes ?? [];
  const counts: Counts = { classes, votes, invalid: wire.invalid ?? 0 };
  const shard = shardOf(wire.shard);
  check(classes.length === votes.length, 'it has not one vote count for each class');
  check(
    classes.every((c, i) => i === 0 || c > classes[i - 1]!),
    'its classes are not ascending',
  );
  check(
    votes.every((v) => v > 0),
    'a class is listed without votes',
  );
  check(totalOf(counts) === shard.end - shard.begin, 'its counts do not add up to the length of their shard');
  return { shard, counts, micros: wire.micros ?? 0 };
}

function shardOf(wire: smoothcert.v1.Shard.$Properties | null | undefined): Shard {
  const shard = { image: wire?.image ?? 0, begin: wire?.begin ?? 0, end: wire?.end ?? 0 };
  check(shard.begin < shard.end, 'a shard is empty');
  return shard;
}

function reasonOf(code: string | null | undefined, detail: string | null | undefined) {
  return { code: code && isErrorCode(code) ? code : ('INTERNAL' as const), detail: detail ?? '' };
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw malformed(otherwise);
}

function malformed(why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'LEDGER_DAMAGED',
    `A record of the ledger is malformed: ${why}.`,
    'Restore the folder from a copy, or certify into a new folder.',
    { cause },
  );
}
