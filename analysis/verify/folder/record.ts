import { appendNumbers, eachField, type Span } from './fields.js';

/** A range of samples of an image. */
export interface RecordedShard {
  readonly image: number;
  readonly begin: number;
  readonly end: number;
}

/** Votes over one shard, as a record has them. */
export interface RecordedVotes extends RecordedShard {
  readonly classes: readonly number[];
  readonly votes: readonly number[];
  readonly invalid: number;
  readonly micros: number;
}

/** A failure, of a shard or of an image. */
export interface RecordedFailure {
  readonly image: number;
  readonly code: string;
  readonly detail: string;
}

/** The parts of a record of the ledger on which results depend. */
export interface VoteRecord {
  /** In hexadecimal digits. */
  readonly jobDigest: string;
  readonly fingerprint: string;
  readonly task: string;
  readonly counted: readonly RecordedVotes[];
  readonly failedShards: readonly RecordedFailure[];
  readonly failedImages: readonly RecordedFailure[];
  readonly cancelled: boolean;
}

/**
 * Reads a `LedgerRecord` (docs/architecture.md); a text that is why it is none, as the end of a sentence. Of a field that is there twice
 * the last one counts, as protobuf has it.
 */
export function readRecord(bytes: Uint8Array): VoteRecord | string {
  const record = { jobDigest: '', fingerprint: '', task: '', cancelled: false };
  const [counted, failedShards, failedImages]: [RecordedVotes[], RecordedFailure[], RecordedFailure[]] = [
    [],
    [],
    [],
  ];
  let protocol: unknown = 0;
  const faults: string[] = [];
  const whole = eachField(bytes, { from: 0, to: bytes.length }, (field, value) => {
    if (field === 1) protocol = value;
    else if (field === 10) record.cancelled = value !== 0;
    else if (typeof value === 'number') return;
    else if (field === 2) record.jobDigest = hexOf(bytes, value);
    else if (field === 3) record.fingerprint = hexOf(bytes, value);
    else if (field === 9) record.task = textOf(bytes, value);
    else if (field === 5) failedShards.push(failureOf(bytes, value));
    else if (field === 8) failedImages.push(failureOf(bytes, value));
    else if (field === 4) {
      const votes = votesOf(bytes, value);
      if (typeof votes === 'string') faults.push(votes);
      else counted.push(votes);
    }
  });
  if (!whole) return 'its bytes are no record';
  if (protocol !== 1) return 'it is of another protocol';
  return faults[0] ?? { ...record, counted, failedShards, failedImages };
}

/** Reads the votes of a shard; a text that says why they are none, as the end of a sentence. */
function votesOf(bytes: Uint8Array, span: Span): RecordedVotes | string {
  const [classes, votes]: [number[], number[]] = [[], []];
  const found = { image: 0, begin: 0, end: 0, classes, votes, invalid: 0, micros: 0 };
  let unread = 0;
  const whole = eachField(bytes, span, (field, value) => {
    if (field === 2) unread += appendNumbers(bytes, value, classes) ? 0 : 1;
    else if (field === 3) unread += appendNumbers(bytes, value, votes) ? 0 : 1;
    else if (field === 1 && typeof value !== 'number') unread += readShard(bytes, value, found) ? 0 : 1;
    else if (field === 4 && typeof value === 'number') found.invalid = value;
    else if (field === 5 && typeof value === 'number') found.micros = value;
  });
  if (!whole || unread > 0) return 'the votes of a shard cannot be read';
  return faultOf(found) ?? found;
}

/** Returns why counts are none, as the end of a sentence; null if they are. */
function faultOf({ classes, votes, invalid, begin, end }: RecordedVotes): string | null {
  const ascending = classes.every((one, i) => i === 0 || one > classes[i - 1]!);
  if (classes.length !== votes.length || !ascending)
    return 'the classes of a shard are not those of its votes';
  const sum = votes.reduce((total, one) => total + one, invalid);
  return sum === end - begin && sum > 0 && votes.every((one) => one > 0)
    ? null
    : 'the votes of a shard do not add up to its samples';
}

function readShard(
  bytes: Uint8Array,
  span: Span,
  into: { image: number; begin: number; end: number },
): boolean {
  return eachField(bytes, span, (field, value) => {
    if (typeof value !== 'number') return;
    if (field === 1) into.image = value;
    if (field === 2) into.begin = value;
    if (field === 3) into.end = value;
  });
}

/** Reads a failure; its first field is an image, or a shard of one. Fields that cannot be read are as if they were not there. */
function failureOf(bytes: Uint8Array, span: Span): RecordedFailure {
  const found = { image: 0, begin: 0, end: 0, code: '', detail: '' };
  eachField(bytes, span, (field, value) => {
    if (field === 1 && typeof value === 'number') found.image = value;
    else if (typeof value === 'number') return;
    else if (field === 1) readShard(bytes, value, found);
    else if (field === 2) found.code = textOf(bytes, value);
    else if (field === 3) found.detail = textOf(bytes, value);
  });
  return { image: found.image, code: found.code, detail: found.detail };
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array, { from, to }: Span): string => decoder.decode(bytes.subarray(from, to));

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Returns bytes in hexadecimal digits. */
export function hexOf(bytes: Uint8Array, { from, to }: Span): string {
  let text = '';
  for (let at = from; at < to; at++) text += HEX[bytes[at]!]!;
  return text;
}
