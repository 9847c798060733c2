import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { LedgerStore, StoredLedger } from '../../shared/ports/ledger-store.js';
import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import { decodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { FileLedger, checkHeader, damaged } from './file-ledger.js';
import { storageError, storeError } from '../../shared/files.js';
import { HEADER_BYTES, framesIn, holdsFrame } from './ledger-frames.js';

const SUFFIX = '.ledger';
const READ_BYTES = 4 << 20;

/** Returns the path of a job's ledger in the folder of ledgers. */
export const ledgerFileOf = (folder: string, job: string): string => path.join(folder, job + SUFFIX);

/** The ledgers of `serve`, one file for each job. They may be read while another process writes. */
export class LedgerFolder implements LedgerStore {
  private constructor(private readonly folder: string) {}

  /** Opens the folder; creates it if it is not there. @throws SmoothcertError FOLDER_UNUSABLE */
  static async open(folder: string): Promise<LedgerFolder> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw storeError(error, folder);
    });
    return new LedgerFolder(folder);
  }

  async records(job: string, jobDigest: string): Promise<AsyncIterable<LedgerRecord> | null> {
    return recordsOfFile(ledgerFileOf(this.folder, job), jobDigest, storeError);
  }

  open(job: string, jobDigest: string): Promise<VoteLedger> {
    return FileLedger.open(ledgerFileOf(this.folder, job), jobDigest, storeError);
  }

  async list(): Promise<StoredLedger[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith(SUFFIX));
    const found = names.map(async (name): Promise<StoredLedger[]> => {
      const state = await stat(path.join(this.folder, name)).catch(() => null);
      return state === null ? [] : [{ job: name.slice(0, -SUFFIX.length), changedMs: state.mtimeMs }];
    });
    return (await Promise.all(found)).flat();
  }

  async remove(job: string): Promise<void> {
    const file = ledgerFileOf(this.folder, job);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw storeError(error, file);
    });
  }
}

/**
 * Opens the records of a ledger's file for reading only, while another process may write it. Null if there is no such file.
 * @param errorOf words an error of the file system. @throws FOLDER_UNUSABLE
 */
export async function recordsOfFile(
  file: string,
  jobDigest: string,
  errorOf = storageError,
): Promise<AsyncIterable<LedgerRecord> | null> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw errorOf(error, file);
  });
  return handle && readAll(handle, file, jobDigest);
}

/** Yields the whole records up to the present end of the file. An incomplete last one may be being written, and is left out. */
async function* readAll(
  handle: FileHandle,
  file: string,
  jobDigest: string,
): AsyncGenerator<LedgerRecord, void> {
  try {
    await checkHeader(handle, file, jobDigest);
    const { size } = await handle.stat();
    for (let at = HEADER_BYTES; at < size;) {
      const bytes = Buffer.alloc(Math.min(size - at, READ_BYTES));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
      const { payloads, length } = framesIn(bytes.subarray(0, bytesRead));
      if (length === 0 && !holdsFrame(bytes.subarray(0, bytesRead))) return;
      if (length === 0) throw damaged(file, `the record at byte ${at} is damaged and good ones follow it`);
      for (const payload of payloads) yield decodeRecord(payload);
      at += length;
    }
  } finally {
    await handle.close();
  }
}
