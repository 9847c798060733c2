import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { artifactOfWire, artifactToWire } from './artifact.js';
import { decodeEntry, encodeEntry } from './entry.js';
import { smoothcert } from '../../shared/wire/generated.js';
import { codecOf } from '../../shared/wire/codec.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';

/** A part of a job's backup. They come in this order: the entry, records, each artifact followed by its pieces, the end. */
export type BackupPart =
  | { readonly kind: 'entry'; readonly entry: JobEntry }
  | { readonly kind: 'record'; readonly record: LedgerRecord }
  | { readonly kind: 'artifact'; readonly artifact: Artifact }
  | { readonly kind: 'piece'; readonly piece: Uint8Array }
  | { readonly kind: 'end'; readonly records: number; readonly artifacts: number; readonly digest: string };

type WirePart = Omit<smoothcert.v1.BackupPart.$Properties, 'protocol'>;

const part = codecOf(
  'a part of a backup',
  smoothcert.v1.BackupPart,
  (part: BackupPart): WirePart => {
    switch (part.kind) {
      case 'entry':
        return { entry: encodeEntry(part.entry) };
      case 'record':
        return { record: encodeRecord(part.record) };
      case 'artifact':
        return { artifact: artifactToWire(part.artifact) };
      case 'piece':
        return { piece: part.piece };
      case 'end': {
        const { records, artifacts, digest } = part;
        return { end: { records, artifacts, digest: Buffer.from(digest, 'hex') } };
      }
    }
  },
  ({ entry, record, artifact, piece, end }, check): BackupPart => {
    if (entry?.length) return { kind: 'entry', entry: decodeEntry(entry) };
    if (record?.length) return { kind: 'record', record: decodeRecord(record) };
    if (artifact) return { kind: 'artifact', artifact: artifactOfWire(artifact) };
    if (piece?.length) return { kind: 'piece', piece };
    if (!end) check.note('part', 'is none that this version knows');
    const digest = check.hash('end.digest', end?.digest);
    return { kind: 'end', records: end?.records ?? 0, artifacts: end?.artifacts ?? 0, digest };
  },
);

/** Returns the bytes of a part. @throws SmoothcertError INTERNAL if `decodeBackupPart` could not read them */
export const encodeBackupPart: (part: BackupPart) => Uint8Array = part.encode;
/** Reads a part. @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED, LEDGER_DAMAGED */
export const decodeBackupPart: (bytes: Uint8Array) => BackupPart = part.decode;
