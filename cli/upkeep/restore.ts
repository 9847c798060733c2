import { damagedBackup, readBackup } from '../../adapters/local/backup-file.js';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest } from '../../shared/job.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { differenceIn } from '../../coordinator/core/job-fold.js';
import { ledgerBytesOf } from '../../coordinator/core/ledger-bytes.js';
import { EXIT } from '../command/exit.js';
import { digesterOf, missingInput } from './backup.js';
import { inputsNamedBy } from './named-artifacts.js';
import { commonRecords, isSameJob } from './job-comparison.js';
import { openStores, type Stores } from './stores.js';
import type { UpkeepFlags } from './upkeep-flags.js';

export interface Restored {
  readonly id: string;
  readonly state: string;
  /** `already there`: the stores had the job, with all records of the backup. */
  readonly outcome: 'restored' | 'already there';
  readonly records: number;
  readonly artifacts: number;
  /** True if the job has results although its votes say that an audit has refuted it: its certificates may not be used. */
  readonly refuted: boolean;
}

/** Runs `smoothcert restore`. Resolves with the exit code. @throws SmoothcertError */
export async function restore(file: string, flags: UpkeepFlags): Promise<number> {
  // Before anything is changed.
  const checked = await check(file);
  const stores = await openStores(flags, true);
  try {
    const restored = await putBack(stores, file, checked);
    const { id, state, outcome, records, refuted } = restored;
    if (refuted) process.stderr.write(`Warning: ${refutedLater(id)}\n`);
    if (flags.json) process.stdout.write(`${JSON.stringify(restored)}\n`);
    else
      process.stdout.write(
        `The job ${id} (${state}) is ${outcome}, with ${records} records of its ledger.\n`,
      );
    return EXIT.done;
  } finally {
    await stores.close();
  }
}

interface CheckedBackup {
  readonly entry: JobEntry;
  readonly records: number;
  readonly artifacts: number;
  readonly refuted: boolean;
}

/** Reads and checks all of a backup: the order of its parts, its end, the job of every record, the digest of every artifact. @throws BACKUP_DAMAGED, PROTOCOL_MISMATCH */
export async function check(file: string): Promise<CheckedBackup> {
  let entry: JobEntry | null = null;
  let records = 0;
  let artifacts = 0;
  let different = false;
  let open: { readonly artifact: Artifact; readonly digest: ReturnType<typeof digesterOf> } | null = null;
  const close = () => {
    if (open && open.digest.finish() !== open.artifact.digest)
      throw damagedBackup(file, `the artifact ${open.artifact.digest} in it does not have its digest`);
  };
  for await (const part of readBackup(file)) {
    if ((entry === null) !== (part.kind === 'entry'))
      throw damagedBackup(file, 'it does not begin with one job');
    if (part.kind === 'entry') ({ entry } = part);
    else if (part.kind === 'record') {
      const digest = entry?.job && jobDigest(entry.job);
      if (open !== null || part.record.jobDigest !== digest)
        throw damagedBackup(file, 'a record in it is not of its job');
      records += 1;
      different ||= differenceIn(part.record) !== null;
    } else if (part.kind === 'artifact') {
      close();
      open = { artifact: part.artifact, digest: digesterOf(part.artifact.kind) };
      artifacts += 1;
    } else {
      if (open === null) throw damagedBackup(file, 'bytes in it belong to no artifact');
      open.digest.update(part.piece);
    }
  }
  close();
  if (entry === null) throw damagedBackup(file, 'it has no job');
  return { entry, records, artifacts, refuted: different && entry.ending?.results != null };
}

/**
 * Puts the job of a checked backup back. The entry is stored last: coordinators ignore a job without an entry, so that none begins on half a
 * ledger. What the stores hold already is never changed. If they hold a ledger of the job, it must be a beginning of the one in the backup.
 * @throws SmoothcertError JOB_EXISTS, ARTIFACT_MISSING, BACKUP_DAMAGED (changed while it was read), DISK_FULL
 */
export async function putBack(
  stores: Stores,
  file: string,
  { entry, records, artifacts, refuted }: CheckedBackup,
): Promise<Restored> {
  const { id } = entry;
  const there = (await stores.jobs.get(id))?.entry ?? null;
  if (there && !isSameJob(there, entry)) throw otherJob(id);
  const restored = { id, state: entry.ending?.state ?? 'not ended', records, artifacts, refuted };
  await putArtifacts(stores, file);
  if (there) {
    await requireRecords(stores, file, entry, there);
    return { ...restored, outcome: 'already there' };
  }
  if (entry.ending === null) await requireInputs(stores, entry);
  if (records > 0) await putLedger(stores, file, entry);
  const created = await stores.jobs.create(entry);
  const now = created === 'created' ? entry : (await stores.jobs.get(id))?.entry;
  if (!now || !isSameJob(now, entry)) throw otherJob(id);
  return { ...restored, outcome: 'restored' };
}

/** Refuses a backup with records that the ledger of the stored job lacks. Of a job that has ended, the ledger may have been removed. */
async function requireRecords(stores: Stores, file: string, entry: JobEntry, there: JobEntry): Promise<void> {
  const theirs = entry.job && (await stores.ledgers.records(entry.id, jobDigest(entry.job)));
  if (!theirs && there.ending) return;
  const { firstEnds } = await commonRecords(recordsIn(file), theirs);
  if (!firstEnds) throw otherLedger(entry.id);
}

async function putLedger({ ledgers }: Stores, file: string, entry: JobEntry): Promise<void> {
  const { id, job } = entry;
  const digest = jobDigest(job!);
  const before = await commonRecords(recordsIn(file), await ledgers.records(id, digest));
  if (!before.firstEnds && !before.secondEnds) throw otherLedger(id);
  const ledger = await ledgers.open(id, digest, ledgerBytesOf(job!));
  try {
    let position = 0;
    for await (const record of recordsIn(file)) if (position++ >= before.records) await ledger.append(record);
    await ledger.sync();
  } finally {
    await ledger.close();
  }
  // A worker that still had a record of the job may have written it between ours. Then another record of its shards would be the first one.
  const after = await commonRecords(recordsIn(file), await ledgers.records(id, digest));
  if (!after.firstEnds) throw otherLedger(id);
}

async function requireInputs({ artifacts }: Stores, entry: JobEntry): Promise<void> {
  for (const named of inputsNamedBy(entry))
    if (!(await artifacts.use(named.digest))) throw missingInput(named);
}

async function* recordsIn(file: string): AsyncGenerator<LedgerRecord, void> {
  for await (const part of readBackup(file)) {
    if (part.kind === 'artifact') return;
    if (part.kind === 'record') yield part.record;
  }
}

/** Puts the artifacts back. The store verifies each, as any upload; those that it has are marked as used, because `prune` may run at this moment. */
async function putArtifacts({ artifacts }: Stores, file: string): Promise<void> {
  const parts = readBackup(file);
  let next = await parts.next();
  const pieces = async function* () {
    for (next = await parts.next(); !next.done && next.value.kind === 'piece'; next = await parts.next())
      yield next.value.piece;
  };
  try {
    while (!next.done) {
      const { value } = next;
      const wanted = value.kind === 'artifact' && !(await artifacts.use(value.artifact.digest));
      if (wanted) await artifacts.put(value.artifact, 0, pieces());
      else next = await parts.next();
    }
  } finally {
    await parts.return();
  }
}

/** Says that a job has results which its own ledger refutes: the difference was recorded when they were stored already. */
const refutedLater = (id: string): string =>
  `an audit found the votes of ${id} not to be independent after its results had been stored. None of its certificates may be used.`;

function otherJob(id: string): SmoothcertError {
  return new SmoothcertError(
    'JOB_EXISTS',
    `There is another job ${id} already, which is not the one of the backup.`,
    'Nothing was changed. Cancel and forget that job first, or restore into another installation.',
  );
}

function otherLedger(id: string): SmoothcertError {
  return new SmoothcertError(
    'JOB_EXISTS',
    `There is a ledger of the job ${id} already, and it is neither a beginning of the one in the backup nor its continuation.`,
    'Two ledgers of one job are never mixed. Keep the one that is there; or, if its job is gone, remove it with smoothcert forget.',
  );
}
