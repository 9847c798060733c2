import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';
import { removeUnless, usedAt } from './artifact-removal.js';
import { digestOfFile, isDiskFull, storeError, writeAtomically } from '../../shared/files.js';
import { IncomingUploads, type IncomingLimits, type Upload } from './incoming-uploads.js';

const PIECE_BYTES = 2 ** 20;
/** Bytes of one artifact. */
const LARGEST_ARTIFACT = 2 ** 40;
/** Bytes of a description; that of the largest artifact has 65,536 chunks of 67 bytes each. */
const LARGEST_DESCRIPTION = 8 * 2 ** 20;
const DIGEST = /^[0-9a-f]{64}$/;

/** Description of a complete artifact: a file beside it. */
interface Description extends Artifact {
  /** Digests (hex) of a data set's chunks; empty for a file. */
  readonly chunks: readonly string[];
}

/**
 * Artifacts in a folder, by digest. A description is written only once the bytes on disk were read back and have the digest, so that a
 * partly written artifact never counts as complete, not even after a crash. Several processes may share the folder.
 */
export class ArtifactFolder implements ArtifactStore {
  private readonly uploading = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly largestBytes: number,
    private readonly incoming: IncomingUploads,
  ) {}

  /** Opens the folder; creates it if it is not there. @param largestBytes of one artifact. @throws FOLDER_UNUSABLE, DISK_FULL */
  static async open(
    folder: string,
    largestBytes = LARGEST_ARTIFACT,
    limits?: IncomingLimits,
  ): Promise<ArtifactFolder> {
    const incoming = path.join(folder, 'incoming');
    await mkdir(incoming, { recursive: true }).catch((error: unknown) => {
      throw storeError(error, folder);
    });
    return new ArtifactFolder(folder, largestBytes, new IncomingUploads(incoming, limits));
  }

  async find(digest: string): Promise<Artifact | null> {
    const found = await this.describe(digest);
    return found && { digest, kind: found.kind, bytes: found.bytes };
  }

  async receivedBytes(digest: string): Promise<number> {
    if (!DIGEST.test(digest)) return 0;
    const found = await stat(this.incoming.keptFile(digest)).catch(() => null);
    return found?.size ?? 0;
  }

  requireRoom(bytes: number): Promise<void> {
    return this.incoming.requireRoom(bytes).catch((error: unknown) => {
      throw storeError(error, this.folder);
    });
  }

  async put(artifact: Artifact, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { digest, bytes } = artifact;
    if (!DIGEST.test(digest)) throw invalid(digest, 'has a name that is no digest');
    if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > this.largestBytes) {
      throw invalid(digest, `has ${bytes} bytes, and 1 to ${this.largestBytes} are taken`);
    }
    if (await this.use(digest)) return;
    if (this.uploading.has(digest)) throw busy(digest);
    this.uploading.add(digest);
    try {
      await this.complete(artifact, await this.receive(artifact, offset, pieces));
    } catch (error) {
      const ofStorage = (error as NodeJS.ErrnoException).syscall !== undefined;
      throw ofStorage ? storeError(error, this.folder) : error;
    } finally {
      this.uploading.delete(digest);
    }
  }

  async *read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array> {
    const file = await this.file(digest);
    if (begin >= end) return;
    yield* createReadStream(file, {
      start: begin,
      end: end - 1,
      highWaterMark: PIECE_BYTES,
    }) as AsyncIterable<Buffer>;
  }

  async chunks(digest: string): Promise<readonly string[]> {
    const found = await this.describe(digest);
    if (found?.kind !== 'data-set') throw missing(digest);
    return found.chunks;
  }

  async file(digest: string): Promise<string> {
    if (!(await this.describe(digest))) throw missing(digest);
    return path.join(this.folder, digest);
  }

  async list(after: string, count: number): Promise<Artifact[]> {
    const digests = (await readdir(this.folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((digest) => digest > after)
      .sort();
    const found: Artifact[] = [];
    for (const digest of digests) {
      if (found.length === count) break;
      const artifact = await this.find(digest);
      if (artifact) found.push(artifact);
    }
    return found;
  }

  async use(digest: string): Promise<boolean> {
    if (!(await this.describe(digest))) return false;
    const now = new Date();
    return utimes(this.description(digest), now, now).then(
      () => true,
      () => false,
    );
  }

  async lastUse(digest: string): Promise<number | null> {
    const at = DIGEST.test(digest) ? await usedAt(this.description(digest)) : -Infinity;
    return at === -Infinity ? null : at;
  }

  async removeUnused(digest: string, before: number): Promise<boolean> {
    if (!DIGEST.test(digest) || this.uploading.has(digest)) return false;
    const files = { bytes: path.join(this.folder, digest), description: this.description(digest) };
    return removeUnless(files, before).catch((error: unknown) => {
      throw storeError(error, this.folder);
    });
  }

  async remove(digest: string): Promise<void> {
    if (!DIGEST.test(digest)) return;
    await rm(this.description(digest), { force: true });
    await rm(path.join(this.folder, digest), { force: true });
  }

  /**
   * Appends the pieces to the bytes that were received before, in a file of this upload's own, because another process may receive the same
   * artifact. After a failure the file is kept, so that the upload can continue; on a full disk it is removed.
   */
  private async receive(
    { digest, bytes }: Artifact,
    offset: number,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<string> {
    const received = await this.receivedBytes(digest);
    if (offset !== 0 && offset !== received) {
      throw invalid(digest, `is to go on at byte ${offset}, and ${received} are here`);
    }
    const kept = this.incoming.keptFile(digest);
    const upload = await this.incoming.begin(digest, Math.max(0, bytes - offset));
    try {
      if (offset > 0) await rename(kept, upload.file);
      await write(upload, { digest, offset, bytes }, pieces);
      await rm(kept, { force: true });
      return upload.file;
    } catch (error) {
      if (isDiskFull(error)) await rm(upload.file, { force: true });
      else await rename(upload.file, kept).catch(() => undefined);
      throw error;
    } finally {
      this.incoming.end(upload);
    }
  }

  /** Reads the received bytes back from the disk, and makes them an artifact if they have its digest. */
  private async complete({ digest, kind, bytes }: Artifact, received: string): Promise<void> {
    const file = path.join(this.folder, digest);
    let moved = false;
    try {
      const found =
        kind === 'file' ? { digest: await digestOfFile(received), chunks: [] } : await dataDigest(received);
      if (found.digest !== digest) throw invalid(digest, `has digest ${found.digest}`);
      await rename(received, file);
      moved = true;
      const description: Description = { digest, kind, bytes, chunks: found.chunks };
      await writeAtomically(this.description(digest), `${JSON.stringify(description)}\n`, storeError);
      // A process that removes the unused artifact at this moment may take these bytes for the old ones, and put them back.
      moved = (await this.describe(digest)) !== null;
      if (!moved) throw busy(digest);
    } catch (error) {
      await rm(received, { force: true });
      // Bytes without a description would stay for ever, because nothing lists them.
      if (moved && (await this.describe(digest)) === null) await rm(file, { force: true });
      throw error;
    }
  }

  /** Reads the description of an artifact; null if there is none, or if the artifact is not complete. */
  private async describe(digest: string): Promise<Description | null> {
    if (!DIGEST.test(digest)) return null;
    try {
      const { size: length } = await stat(this.description(digest));
      if (length > LARGEST_DESCRIPTION) return null;
      const description = descriptionOf(await readFile(this.description(digest), 'utf8'));
      const { size } = await stat(path.join(this.folder, digest));
      return description?.digest === digest && description.bytes === size ? description : null;
    } catch {
      return null;
    }
  }

  private description(digest: string): string {
    return path.join(this.folder, `${digest}.json`);
  }
}

/** Parses a description; null for any other text. */
export function descriptionOf(text: string): Description | null {
  try {
    const { digest, kind, bytes, chunks } = JSON.parse(text) as Record<string, unknown>;
    const known =
      isDigest(digest) &&
      (kind === 'file' || kind === 'data-set') &&
      Number.isSafeInteger(bytes) &&
      (bytes as number) >= 1 &&
      Array.isArray(chunks) &&
      chunks.every(isDigest);
    return known ? { digest, kind, bytes: bytes as number, chunks } : null;
  } catch {
    return null;
  }
}

const isDigest = (value: unknown): value is string => typeof value === 'string' && DIGEST.test(value);

/** The part of an artifact that an upload brings: from `offset` on; the whole has `bytes`. */
interface UploadedPart {
  readonly digest: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Appends the pieces, never more than the artifact has, and syncs the file. */
async function write(
  upload: Upload,
  { digest, offset, bytes }: UploadedPart,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const handle = await open(upload.file, 'a');
  try {
    let total = offset;
    for await (const piece of pieces) {
      total += piece.length;
      if (total > bytes) throw invalid(digest, `is longer than the ${bytes} bytes that it was said to have`);
      await handle.writeFile(piece);
      upload.wrote(piece.length);
    }
    if (total < bytes) throw invalid(digest, `ended after ${total} of ${bytes} bytes`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function dataDigest(file: string): Promise<{ digest: string; chunks: readonly string[] }> {
  const data = await DataSetFile.open(file);
  try {
    return await data.digest();
  } finally {
    await data.close();
  }
}

function invalid(digest: string, why: string): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_INVALID',
    `The artifact ${digest.slice(0, 64)} ${why}.`,
    'Send it again from the beginning, from an unchanged file.',
  );
}

function busy(digest: string): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_BUSY',
    `The artifact ${digest} is being uploaded by somebody else.`,
    'Wait for that upload, or try again later.',
  );
}

/** Returns the error for an artifact that is not there, or not complete. */
export function missing(digest: string): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_MISSING',
    `There is no artifact ${digest.slice(0, 64)} here, or not all of it.`,
    'Upload it with smoothcert artifacts put, or with PutArtifact.',
  );
}
