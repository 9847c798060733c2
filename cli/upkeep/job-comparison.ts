import { canonicalJson, jobDigest } from '../../shared/job.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';

/** Returns true if two entries are earlier and later states of one job: created by one request, with one seed, and drawn on one kind of machine. */
export function isSameJob(a: JobEntry, b: JobEntry): boolean {
  const made = ({ id, requestId, requestDigest, createMs, spec }: JobEntry) =>
    canonicalJson({ id, requestId, requestDigest, createMs, spec });
  const drawn = ({ job, prepared }: JobEntry) => job && `${jobDigest(job)} ${prepared?.fingerprint ?? ''}`;
  const [mine, theirs] = [drawn(a), drawn(b)];
  return made(a) === made(b) && (mine === null || theirs === null || mine === theirs);
}

const END = { done: true, value: undefined } as const;

/** How many records two ledgers begin with in common, and which of them end there. */
export interface CommonRecords {
  readonly records: number;
  readonly firstEnds: boolean;
  readonly secondEnds: boolean;
}

/** Compares two ledgers record by record. Memory does not grow with them. @param second null: there is none */
export async function commonRecords(
  first: AsyncIterable<LedgerRecord>,
  second: AsyncIterable<LedgerRecord> | null,
): Promise<CommonRecords> {
  const [a, b] = [first[Symbol.asyncIterator](), second?.[Symbol.asyncIterator]()];
  try {
    for (let records = 0; ; records++) {
      const [x, y] = [await a.next(), (await b?.next()) ?? END];
      const [firstEnds, secondEnds] = [x.done === true, y.done === true];
      if (firstEnds || secondEnds || !isSame(x.value as LedgerRecord, y.value as LedgerRecord))
        return { records, firstEnds, secondEnds };
    }
  } finally {
    await a.return?.();
    await b?.return?.();
  }
}

const isSame = (a: LedgerRecord, b: LedgerRecord): boolean =>
  Buffer.compare(encodeRecord(a), encodeRecord(b)) === 0;
