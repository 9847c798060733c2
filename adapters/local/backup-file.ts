import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { SmoothcertError } from '../../shared/errors.js';
import { decodeBackupPart, encodeBackupPart, type BackupPart } from '../../api/wire/backup-parts.js';
import { storageError } from '../../shared/files.js';
import { encodeFrame, framesIn } from './ledger-frames.js';

/** Header: [magic 8][version u32][crc u32], little endian. Frames as in a ledger follow, one for each part. */
const HEADER_BYTES = 16;
const MAGIC = Buffer.from('SC1BCKUP');
const BACKUP_VERSION = 1;
const READ_BYTES = 4 << 20;
/** Only the file's owner may read a backup, which contains data sets and models. */
const OWNER_ONLY = 0o600;

type Content = Exclude<BackupPart, { kind: 'end' }>;

/** Writes a backup file. `abandon` removes an unfinished one, so that it is not taken for a backup. */
export class BackupWriter {
  private readonly hash = createHash('sha256');
  private records = 0;
  private artifacts = 0;
  private bytes = 0;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws SmoothcertError OPTION_INVALID where there is a file already, FOLDER_UNUSABLE, DISK_FULL */
  static async create(file: string): Promise<BackupWriter> {
    const handle = await open(file, 'wx', OWNER_ONLY).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(file) : storageError(error, file);
    });
    const writer = new BackupWriter(file, handle);
    await writer.write(header());
    return writer;
  }

  async add(part: Content): Promise<void> {
    if (part.kind === 'record') this.records += 1;
    if (part.kind === 'artifact') this.artifacts += 1;
    await this.write(encodeFrame(encodeBackupPart(part)));
  }

  /** Writes the end of the backup and syncs the file. Returns what it contains, and its size. */
  async finish(): Promise<{ records: number; artifacts: number; bytes: number }> {
    const { records, artifacts } = this;
    const end = { kind: 'end', records, artifacts, digest: this.hash.copy().digest('hex') } as const;
    await this.write(encodeFrame(encodeBackupPart(end)));
    await this.handle.sync();
    await this.handle.close();
    return { records, artifacts, bytes: this.bytes };
  }

  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.file, { force: true }).catch(() => undefined);
  }

  private async write(bytes: Buffer): Promise<void> {
    this.hash.update(bytes);
    this.bytes += bytes.length;
    await this.handle.writeFile(bytes).catch((error: unknown) => {
      throw storageError(error, this.file);
    });
  }
}

/**
 * Yields the parts of a backup in order, without its end. Only a reader that has reached the end without an error knows that all parts
 * are as they were written.
 * @throws SmoothcertError BACKUP_DAMAGED, PROTOCOL_MISMATCH, OPTION_INVALID (no such file)
 */
export async function* readBackup(file: string): AsyncGenerator<Content, void> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  try {
    yield* partsOf(handle, file);
  } catch (error) {
    const known = error instanceof SmoothcertError ? error : null;
    if (known === null || ['BACKUP_DAMAGED', 'PROTOCOL_MISMATCH'].includes(known.code)) throw error;
    throw damagedBackup(file, known.message.replace(/^A/, 'a').replace(/\.$/, ''), known);
  } finally {
    await handle.close();
  }
}

async function* partsOf(handle: FileHandle, file: string): AsyncGenerator<Content, void> {
  const hash = createHash('sha256');
  const count = { record: 0, artifact: 0 };
  const { size } = await handle.stat();
  hash.update(await checkedHeader(handle, file));
  for (let at = HEADER_BYTES; at < size;) {
    const bytes = await bytesAt(handle, at, Math.min(size - at, READ_BYTES));
    const { payloads, length } = framesIn(bytes);
    if (length === 0) throw damagedBackup(file, `what stands at byte ${at} is broken`);
    for (const payload of payloads) {
      const part = decodeBackupPart(payload);
      if (part.kind === 'end') {
        const isLast = at + length === size && payload === payloads.at(-1);
        const same = part.records === count.record && part.artifacts === count.artifact;
        if (isLast && same && part.digest === hash.digest('hex')) return;
        throw damagedBackup(file, 'its end does not fit to what stands before it');
      }
      if (part.kind === 'record' || part.kind === 'artifact') count[part.kind] += 1;
      hash.update(encodeFrame(payload));
      yield part;
    }
    at += length;
  }
  throw damagedBackup(file, 'its end is missing');
}

async function checkedHeader(handle: FileHandle, file: string): Promise<Buffer> {
  const bytes = await bytesAt(handle, 0, HEADER_BYTES);
  const whole = bytes.length === HEADER_BYTES && bytes.readUInt32LE(12) === crc32(bytes.subarray(0, 12));
  if (!whole || !bytes.subarray(0, 8).equals(MAGIC)) throw damagedBackup(file, 'its header is none');
  const version = bytes.readUInt32LE(8);
  if (version === BACKUP_VERSION) return bytes;
  throw new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `The backup ${file} is of version ${version}, and this smoothcert reads version ${BACKUP_VERSION}.`,
    'Use the version of smoothcert that wrote it.',
  );
}

function header(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(BACKUP_VERSION, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return bytes;
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

/** @param why the end of a sentence */
export function damagedBackup(file: string, why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'BACKUP_DAMAGED',
    `The backup ${file} is damaged: ${why}.`,
    'Nothing was restored from it; take another copy of it.',
    { cause },
  );
}

function unreadable(file: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The backup ${file} cannot be read.`,
    'Check the path and its rights.',
    { cause },
  );
}

function exists(file: string): SmoothcertError {
  return new SmoothcertError('OPTION_INVALID', `${file} is there already.`, 'Name a file that is not there.');
}
