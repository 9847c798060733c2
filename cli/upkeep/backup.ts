import { createHash } from 'node:crypto';
import { SmoothcertError } from '../../shared/errors.js';
import { BackupWriter } from '../../adapters/local/backup-file.js';
import { DataDigest } from '../../shared/dataset/data-digest.js';
import { jobDigest } from '../../shared/job.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { jobNotFound } from '../../coordinator/jobs/service-errors.js';
import { EXIT } from '../command/exit.js';
import { inputsNamedBy, resultsNamedBy, type NamedArtifact } from './named-artifacts.js';
import { openStores, type Stores } from './stores.js';
import type { BackupFlags } from './upkeep-flags.js';

/** Bytes of an artifact in one part of a backup: far below what a part may hold. */
const PIECE_BYTES = 2 ** 19;

/** The content of a backup, for its message or JSON object. */
export interface BackupContent {
  readonly id: string;
  readonly state: string;
  readonly records: number;
  readonly artifacts: number;
  readonly bytes: number;
}

/** Runs `smoothcert backup`. Resolves with the exit code. @throws SmoothcertError */
export async function backup(id: string, flags: BackupFlags): Promise<number> {
  const { out, inputs, json } = flags;
  const stores = await openStores(flags, false);
  try {
    const content = await backUp(stores, id, out, inputs);
    if (json) process.stdout.write(`${JSON.stringify({ out, ...content })}\n`);
    else process.stdout.write(`${sentenceOf(content)} are in ${out}.\n`);
    return EXIT.done;
  } finally {
    await stores.close();
  }
}

const sentenceOf = ({ id, state, records, artifacts }: BackupContent): string =>
  `The job ${id} (${state}), ${records} records of its ledger and ${artifacts} artifacts`;

/**
 * Writes a job into a file. The entry is read before the ledger: if it has an ending, the ledger is complete; if not, the ledger may have
 * grown since, and a restored job goes on from there.
 * @throws SmoothcertError JOB_NOT_FOUND, ARTIFACT_MISSING, DATA_DIGEST_MISMATCH
 */
export async function backUp(
  stores: Stores,
  id: string,
  out: string,
  withInputs: boolean,
): Promise<BackupContent> {
  const entry = (await stores.jobs.get(id))?.entry;
  if (!entry) throw jobNotFound(id);
  const writer = await BackupWriter.create(out);
  try {
    await writer.add({ kind: 'entry', entry });
    const records = entry.job && (await stores.ledgers.records(id, jobDigest(entry.job)));
    if (records) for await (const record of records) await writer.add({ kind: 'record', record });
    for (const named of await artifactsOf(stores, entry, withInputs))
      await addArtifact(stores, writer, named);
    const content = await writer.finish();
    return { id, state: entry.ending?.state ?? 'not ended', ...content };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Returns the artifacts to back up. Inputs of a job that has ended may be missing: it needs them no more. @throws ARTIFACT_MISSING */
async function artifactsOf({ artifacts }: Stores, entry: JobEntry, withInputs: boolean): Promise<Artifact[]> {
  const found: Artifact[] = [];
  const named = [...(withInputs ? inputsNamedBy(entry) : []), ...resultsNamedBy(entry)];
  const mayBeMissing = new Set(entry.ending ? inputsNamedBy(entry).map(({ digest }) => digest) : []);
  for (const one of named) {
    const artifact = await artifacts.find(one.digest);
    if (artifact) found.push(artifact);
    else if (!mayBeMissing.has(one.digest)) throw missingInput(one);
  }
  return found;
}

/** Writes an artifact, and verifies its digest meanwhile: that a backup cannot be restored would be noticed too late. */
async function addArtifact({ artifacts }: Stores, writer: BackupWriter, artifact: Artifact): Promise<void> {
  await writer.add({ kind: 'artifact', artifact });
  const digest = digesterOf(artifact.kind);
  for await (const bytes of artifacts.read(artifact.digest, 0, artifact.bytes)) {
    digest.update(bytes);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await writer.add({ kind: 'piece', piece: bytes.subarray(at, at + PIECE_BYTES) });
    }
  }
  if (digest.finish() !== artifact.digest) throw changed(artifact.digest);
}

/** Returns an object that takes the bytes of an artifact in turn and then gives its digest. */
export function digesterOf(kind: Artifact['kind']): { update(bytes: Uint8Array): void; finish(): string } {
  if (kind === 'data-set') {
    const digest = new DataDigest();
    return { update: (bytes) => void digest.update(bytes), finish: () => digest.finish().digest };
  }
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), finish: () => hash.digest('hex') };
}

export function missingInput({ name, digest }: NamedArtifact): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_MISSING',
    `The store does not have ${name}, ${digest}, which the job needs.`,
    'Upload it with smoothcert artifacts put, then run the same command again.',
  );
}

function changed(digest: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_DIGEST_MISMATCH',
    `The artifact ${digest} was changed in the store: it does not have its digest any more.`,
    'Delete it from that store and upload it again with smoothcert artifacts put; no backup was written.',
  );
}
