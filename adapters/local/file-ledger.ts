import { EventEmitter, once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { SmoothcertError } from '../../shared/errors.js';
import { SerialQueue } from './serial-queue.js';
import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { storageError, writeAtomically } from '../../shared/files.js';
import {
  HEADER_BYTES,
  LARGEST_PAYLOAD,
  LEDGER_VERSION,
  decodeHeader,
  encodeFrame,
  encodeHeader,
  framesIn,
  holdsFrame,
} from './ledger-frames.js';

const SYNC_EVERY_MS = 1000;
const READ_BYTES = 4 << 20;
/** A torn end is at most the appends of one second without a sync; more is damage. */
const LARGEST_TORN_END = 64 << 20;

/**
 * The ledger of one job in one append-only file. Survives `kill -9` at any byte: a torn last record is cut off, and its
 * samples are drawn again. A damaged record in front of a good one is refused, never skipped.
 */
export class FileLedger implements VoteLedger {
  full: SmoothcertError | null = null;
  private readonly grown = new EventEmitter().setMaxListeners(0);
  private readonly tasks = new Set<string>();
  private readonly appends = new SerialQueue();
  private records = 0;
  private lastSync = performance.now();

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private end: number,
    private readonly errorOf: typeof storageError,
  ) {}

  /**
   * Opens the ledger of this job, creating it if there is none.
   * @param errorOf words the errors of the file system for those who read them: users of a folder, or of a store
   * @throws SmoothcertError LEDGER_DAMAGED, JOB_DIFFERS, PROTOCOL_MISMATCH, FOLDER_UNUSABLE
   */
  static async open(file: string, jobDigest: string, errorOf = storageError): Promise<FileLedger> {
    const handle = await openOrCreate(file, jobDigest, errorOf);
    try {
      await checkHeader(handle, file, jobDigest);
      const ledger = new FileLedger(handle, file, HEADER_BYTES, errorOf);
      await ledger.recover();
      return ledger;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  size(): number {
    return this.records;
  }

  append(record: LedgerRecord): Promise<'recorded' | 'already recorded'> {
    return this.appends.run(() => this.appendNow(record));
  }

  async *read(after: number, signal: AbortSignal): AsyncIterable<Entry> {
    let at = HEADER_BYTES;
    let sequence = 0;
    while (!signal.aborted) {
      if (at === this.end) {
        await once(this.grown, 'grown', { signal }).catch(() => undefined);
        continue;
      }
      const bytes = await this.bytesAt(at, Math.min(this.end - at, READ_BYTES));
      const { payloads, length } = framesIn(bytes);
      for (const payload of payloads) {
        sequence += 1;
        if (sequence > after) yield { sequence, record: decodeRecord(payload) };
      }
      if (length === 0) throw damaged(this.file, `the record at byte ${at} changed while it was read`);
      at += length;
    }
  }

  async sync(): Promise<void> {
    await this.appends.idle();
    await this.syncNow();
  }

  async close(): Promise<void> {
    await this.appends.idle();
    await this.handle.close();
  }

  private async appendNow(record: LedgerRecord): Promise<'recorded' | 'already recorded'> {
    if (record.task !== '' && this.tasks.has(record.task)) return 'already recorded';
    const frame = encodeFrame(encodeRecord(record));
    if (frame.length > LARGEST_PAYLOAD) throw new RangeError(`a record of ${frame.length} bytes`);
    await this.writeWhole(frame);
    this.full = null;
    this.end += frame.length;
    this.records += 1;
    this.tasks.add(record.task);
    this.grown.emit('grown');
    if (performance.now() - this.lastSync > SYNC_EVERY_MS) await this.syncNow();
    return 'recorded';
  }

  private async syncNow(): Promise<void> {
    this.lastSync = performance.now();
    await this.handle.datasync().catch((error: unknown) => {
      throw this.errorOf(error, this.file);
    });
  }

  /** Writes all of the frame or, on a full disk, none of it. */
  private async writeWhole(frame: Buffer): Promise<void> {
    try {
      for (let done = 0; done < frame.length;) {
        const { bytesWritten } = await this.handle.write(frame, done, frame.length - done, this.end + done);
        done += bytesWritten;
      }
    } catch (error) {
      await this.handle.truncate(this.end).catch(() => undefined);
      const fault = this.errorOf(error, this.file);
      if (fault.code === 'DISK_FULL') this.full = fault;
      throw fault;
    }
  }

  /** Finds the end of the last good record and cuts off a torn one behind it. @throws LEDGER_DAMAGED for any other damage */
  private async recover(): Promise<void> {
    const { size } = await this.handle.stat();
    while (this.end < size) {
      const bytes = await this.bytesAt(this.end, Math.min(size - this.end, READ_BYTES));
      const { payloads, length } = framesIn(bytes);
      for (const payload of payloads) this.tasks.add(decodeRecord(payload).task);
      this.records += payloads.length;
      this.end += length;
      if (length === 0) break;
    }
    if (this.end === size) return;
    if (size - this.end > LARGEST_TORN_END || holdsFrame(await this.bytesAt(this.end, size - this.end))) {
      throw damaged(this.file, `the record at byte ${this.end} is damaged and good ones follow it`);
    }
    await this.handle.truncate(this.end);
  }

  private async bytesAt(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) throw damaged(this.file, 'it became shorter while it was read');
      done += bytesRead;
    }
    return bytes;
  }
}

async function openOrCreate(
  file: string,
  jobDigest: string,
  errorOf: typeof storageError,
): Promise<FileHandle> {
  try {
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw errorOf(error, file);
  }
  await writeAtomically(file, encodeHeader(jobDigest), errorOf);
  return open(file, 'r+').catch((error: unknown) => {
    throw errorOf(error, file);
  });
}

/** Checks that the file is a ledger of this job. @throws LEDGER_DAMAGED, PROTOCOL_MISMATCH, JOB_DIFFERS */
export async function checkHeader(handle: FileHandle, file: string, jobDigest: string): Promise<void> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(bytes, 0, HEADER_BYTES, 0);
  const header = decodeHeader(bytes.subarray(0, bytesRead));
  if (header === null) throw damaged(file, 'its header cannot be read');
  if (header.version !== LEDGER_VERSION) {
    throw new SmoothcertError(
      'PROTOCOL_MISMATCH',
      `The ledger ${file} is of version ${header.version}, and this smoothcert reads version ${LEDGER_VERSION}.`,
      'Use the version of smoothcert that wrote it, or certify into a new folder.',
    );
  }
  if (header.jobDigest !== jobDigest) {
    throw new SmoothcertError(
      'JOB_DIFFERS',
      `The ledger ${file} belongs to another job.`,
      'Certify into a new folder.',
    );
  }
}

/** @param why the end of a sentence */
export function damaged(file: string, why: string): SmoothcertError {
  return new SmoothcertError(
    'LEDGER_DAMAGED',
    `The ledger ${file} is damaged: ${why}.`,
    'Restore the folder from a copy, or certify into a new folder.',
  );
}
