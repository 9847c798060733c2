import { FRAME_OVERHEAD, HEADER_BYTES, frameAt } from '../../adapters/local/ledger-frames.js';
import { decodeRecord, type LedgerRecord } from '../../shared/wire/record.js';

/** The payloads of a ledger's whole records, and how many bytes behind them are not a whole one. */
export function framesOf(ledger: Buffer): { payloads: Buffer[]; torn: number } {
  const payloads: Buffer[] = [];
  let at = HEADER_BYTES;
  for (let length = frameAt(ledger, at); length !== null; length = frameAt(ledger, at)) {
    const from = at + FRAME_OVERHEAD;
    at = from + length;
    payloads.push(ledger.subarray(from, at));
  }
  return { payloads, torn: ledger.length - at };
}

export const recordsOf = (ledger: Buffer): LedgerRecord[] => framesOf(ledger).payloads.map(decodeRecord);
