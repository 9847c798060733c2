import { SmoothcertError } from '../../shared/errors.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { StoredLedger } from '../../shared/ports/ledger-store.js';
import { table } from '../certify/describe-job.js';
import { EXIT } from '../command/exit.js';
import { inputsNamedBy, resultsNamedBy } from './named-artifacts.js';
import { openStores, type Stores } from './stores.js';
import type { PruneFlags } from './upkeep-flags.js';

const DAY_MS = 86_400_000;
const PAGE = 1_000;

/** Artifacts and ledgers that no job needs. */
export interface Unneeded {
  readonly artifacts: readonly (Artifact & { readonly usedMs: number })[];
  /** Ledgers without a job. */
  readonly ledgers: readonly StoredLedger[];
}

/** Runs `smoothcert prune`. Resolves with the exit code. @throws SmoothcertError */
export async function prune(flags: PruneFlags): Promise<number> {
  const { unusedDays, delete: remove, json } = flags;
  const stores = await openStores(flags, false);
  try {
    const before = Date.now() - unusedDays * DAY_MS;
    const found = await (remove ? removeUnneeded(stores, before) : unneeded(stores, before));
    if (json) process.stdout.write(`${JSON.stringify({ deleted: remove, ...found })}\n`);
    else process.stdout.write(shown(found, remove));
    return EXIT.done;
  } finally {
    await stores.close();
  }
}

/**
 * Returns the artifacts that no job names and nobody has used since `before`, and ledgers without a job that have not changed since. It removes
 * nothing, and marks what jobs name as used now, so that it stays for a while after its job is forgotten.
 * @param before milliseconds since 1970
 * @throws SmoothcertError JOB_FILE_DAMAGED if a job cannot be read: nobody knows what it names
 */
export async function unneeded(stores: Stores, before: number): Promise<Unneeded> {
  const ledgers = (await stores.ledgers.list()).filter(({ changedMs }) => changedMs < before);
  const stored = await everyArtifact(stores);
  // Read after the artifacts: a job that is created meanwhile is either in this list, or has just marked what it names as used.
  const jobs = (await stores.jobs.list()).map(({ entry }) => entry);
  const [damaged] = stores.damaged;
  if (damaged !== undefined) throw unreadableJob(damaged);
  const ids = new Set(jobs.map(({ id }) => id));
  const named = new Set(
    jobs.flatMap((entry) => [...inputsNamedBy(entry), ...resultsNamedBy(entry)].map(({ digest }) => digest)),
  );
  const artifacts: Unneeded['artifacts'][number][] = [];
  for (const artifact of stored) {
    if (named.has(artifact.digest)) await stores.artifacts.use(artifact.digest);
    else {
      const usedMs = await stores.artifacts.lastUse(artifact.digest);
      if (usedMs !== null && usedMs < before) artifacts.push({ ...artifact, usedMs });
    }
  }
  return { artifacts, ledgers: ledgers.filter(({ job }) => !ids.has(job)) };
}

/** Removes what `unneeded` returns, but for what is used meanwhile. Returns what was removed. */
export async function removeUnneeded(stores: Stores, before: number): Promise<Unneeded> {
  const found = await unneeded(stores, before);
  const artifacts = [];
  for (const artifact of found.artifacts)
    if (await stores.artifacts.removeUnused(artifact.digest, before)) artifacts.push(artifact);
  const ledgers = [];
  for (const ledger of found.ledgers) {
    if (await stores.jobs.get(ledger.job)) continue;
    await stores.ledgers.remove(ledger.job);
    ledgers.push(ledger);
  }
  return { artifacts, ledgers };
}

async function everyArtifact({ artifacts }: Stores): Promise<Artifact[]> {
  const found: Artifact[] = [];
  for (let page = await artifacts.list('', PAGE); page.length > 0;) {
    found.push(...page);
    page = await artifacts.list(page.at(-1)!.digest, PAGE);
  }
  return found;
}

function shown({ artifacts, ledgers }: Unneeded, deleted: boolean): string {
  if (artifacts.length + ledgers.length === 0) return 'Every artifact and every ledger is needed.\n';
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const bytes = artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  const rows = [
    ['WHAT', 'LAST USED', 'NAME', 'BYTES'],
    ...artifacts.map((one) => [one.kind, date(one.usedMs), one.digest, String(one.bytes)]),
    ...ledgers.map(({ job, changedMs }) => ['ledger', date(changedMs), job, '']),
  ];
  const sum = `${artifacts.length} artifacts of ${bytes} bytes, ${ledgers.length} ledgers without a job`;
  return `${table(rows)}${deleted ? 'Deleted' : 'To be deleted with --delete'}: ${sum}.\n`;
}

function unreadableJob(job: string): SmoothcertError {
  return new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `The job ${job} cannot be read, and so nobody knows which artifacts it needs.`,
    'Restore it from a backup, use the version of smoothcert that wrote it, or remove it; nothing was deleted.',
  );
}
