/** Kind of an artifact, which defines its digest: sha256 of a file, or the data digest (of 16 MiB chunks) of a canonical data set. */
export type ArtifactKind = 'file' | 'data-set';

export interface Artifact {
  /** Hex. */
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly bytes: number;
}

/** Models, data sets and results by digest. A complete artifact was verified, and never changes. */
export interface ArtifactStore {
  /** Returns the artifact if it is complete, else null. A process that will rely on it calls `use`. */
  find(digest: string): Promise<Artifact | null>;
  /** Returns the bytes of an upload that was begun and not completed; a new one continues from there. */
  receivedBytes(digest: string): Promise<number>;
  /** Checks that there is space for so many bytes beyond the uploads under way. @throws SmoothcertError DISK_FULL if not */
  requireRoom(bytes: number): Promise<void>;
  /**
   * Receives bytes from `offset` on (0 or `receivedBytes`) and, when all are there, verifies them. Bytes received before a failure are kept
   * for another try, unless the digest is wrong. Memory does not grow with the artifact. At most one upload of a digest at a time.
   * @throws SmoothcertError ARTIFACT_INVALID, ARTIFACT_BUSY, DISK_FULL
   */
  put(artifact: Artifact, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Reads the bytes [begin, end). @throws SmoothcertError ARTIFACT_MISSING */
  read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array>;
  /** Returns the digests (hex) of the 16 MiB chunks of a data set. @throws SmoothcertError ARTIFACT_MISSING */
  chunks(digest: string): Promise<readonly string[]>;
  /** Returns the path of a complete artifact, which callers must not change. @throws SmoothcertError ARTIFACT_MISSING */
  file(digest: string): Promise<string>;
  /** Lists complete artifacts with a digest above `after`, in the order of digests, at most `count`. */
  list(after: string, count: number): Promise<Artifact[]>;
  /** Marks an artifact as used now; returns false if it is not there, or not complete. */
  use(digest: string): Promise<boolean>;
  /** Returns when an artifact was last put or used, in milliseconds since 1970; null if it is not there. */
  lastUse(digest: string): Promise<number | null>;
  /** Removes an artifact unless it was used at or after `before`, or is being uploaded or used; returns true if it was removed. */
  removeUnused(digest: string, before: number): Promise<boolean>;
  remove(digest: string): Promise<void>;
}
