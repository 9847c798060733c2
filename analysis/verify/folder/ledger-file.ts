import type { Findings } from '../findings.js';
import { crc32 } from './crc32.js';
import { hexOf, readRecord, type VoteRecord } from './record.js';

/** The file that every count of a job stands in (docs/architecture.md, "The ledger file"), read by other code than the one that writes it. */

const HEADER_BYTES = 48;
const FRAME_BYTES = 8;
const LARGEST_RECORD = 2 ** 20;
const FILE = 'ledger';
const MAGIC = 'SC1LEDGR';

/** Returns the records of a ledger in their order, as far as it can be read, and says what is wrong with the file. */
export function readLedger(bytes: Uint8Array, jobDigest: string, findings: Findings): VoteRecord[] {
  if (!hasHeader(bytes, jobDigest, findings)) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: VoteRecord[] = [];
  const tasks = new Set<string>();
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const length = frameAt(bytes, view, at);
    if (length === null) {
      findings.add(
        `${FILE}, byte ${at}`,
        'From here on the bytes are no whole record: they were changed, or writing them was interrupted.',
      );
      break;
    }
    const record = readRecord(bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length));
    const where = `${FILE}, byte ${at}`;
    at += FRAME_BYTES + length;
    if (typeof record === 'string') {
      findings.add(where, `A record cannot be read: ${record}.`);
      continue;
    }
    findings.require(record.jobDigest === jobDigest, where, 'A record is of another job.');
    findings.require(
      record.task === '' || !tasks.has(record.task),
      where,
      'A second record answers the same task.',
    );
    tasks.add(record.task);
    records.push(record);
  }
  return records;
}

function hasHeader(bytes: Uint8Array, jobDigest: string, findings: Findings): boolean {
  const header = bytes.subarray(0, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole =
    header.length === HEADER_BYTES &&
    new TextDecoder().decode(header.subarray(0, 8)) === MAGIC &&
    view.getUint32(8, true) === 1 &&
    crc32(header.subarray(0, 44)) === view.getUint32(44, true);
  if (!whole) {
    findings.add(FILE, 'Its header is not that of a ledger of version 1, so that no count could be read.');
    return false;
  }
  const named = hexOf(bytes, { from: 12, to: 44 });
  findings.require(named === jobDigest, FILE, 'It names another job than job.json.');
  return true;
}

/** Returns the length of the record in the frame at `at`; null if there is no whole frame. */
function frameAt(bytes: Uint8Array, view: DataView, at: number): number | null {
  if (at + FRAME_BYTES > bytes.length) return null;
  const length = view.getUint32(at, true);
  if (length === 0 || length > LARGEST_RECORD || at + FRAME_BYTES + length > bytes.length) return null;
  const payload = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length);
  return crc32(payload, crc32(bytes.subarray(at, at + 4))) === view.getUint32(at + 4, true) ? length : null;
}
