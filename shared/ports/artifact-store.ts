/** How an artifact's digest is made: sha256 of a file, or the data digest (of 16 MiB chunks) of a canonical data set. */
export type ArtifactKind = 'file' | 'data-set';

export interface Artifact {
  /** Hex. */
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly bytes: number;
}

/** Models, data sets and results by digest. What it holds complete was verified, and never changes. */
export interface ArtifactStore {
  /** The artifact if it is complete; null if it is not. Whoever will rely on it says so with `use`. */
  find(digest: string): Promise<Artifact | null>;
  /** Bytes of an upload that was begun and not completed; a new one goes on from there. */
  receivedBytes(digest: string): Promise<number>;
  /** Whether so many bytes more find room here, beside the uploads under way. @throws SmoothcertError DISK_FULL if not */
  requireRoom(bytes: number): Promise<void>;
  /**
   * Takes bytes from `offset` on (0 or `receivedBytes`) and, when all are there, verifies them. What came before a failure is kept for
   * another try, unless the digest is wrong. Memory does not grow with the artifact. At most one upload of a digest at a time.
   * @throws SmoothcertError ARTIFACT_INVALID, ARTIFACT_BUSY, DISK_FULL
   */
  put(artifact: Artifact, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes [begin, end). @throws SmoothcertError ARTIFACT_MISSING */
  read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array>;
  /** Digests (hex) of the 16 MiB chunks of a data set. @throws SmoothcertError ARTIFACT_MISSING */
  chunks(digest: string): Promise<readonly string[]>;
  /** A complete artifact as a file, not to be changed. @throws SmoothcertError ARTIFACT_MISSING */
  file(digest: string): Promise<string>;
  /** Complete artifacts behind this digest, by digest, at most `count`. */
  list(after: string, count: number): Promise<Artifact[]>;
  /** Says that somebody relies on it from now on; false if it is not there, or not complete. */
  use(digest: string): Promise<boolean>;
  /** When it was last put or used, in milliseconds since 1970; null if it is not there. */
  lastUse(digest: string): Promise<number | null>;
  /** Removes it unless it was used at or after `before`; whether it was removed. One that is being uploaded, or used, at this moment stays. */
  removeUnused(digest: string, before: number): Promise<boolean>;
  remove(digest: string): Promise<void>;
}
