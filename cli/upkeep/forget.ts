import { SmoothcertError } from '../../shared/errors.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { jobNotFound } from '../../coordinator/jobs/service-errors.js';
import { EXIT } from '../command/exit.js';
import { resultsNamedBy } from './named-artifacts.js';
import { openStores, type Stores } from './stores.js';
import type { UpkeepFlags } from './upkeep-flags.js';

/** Results used within this time stay: an equal job that is ending may have found them in the store, and names them in its ending a little later. */
const KEEP_USED_MS = 3_600_000;

/** Runs `smoothcert forget`. Resolves with the exit code. @throws SmoothcertError */
export async function forget(id: string, flags: UpkeepFlags): Promise<number> {
  const stores = await openStores(flags, false);
  try {
    await forgetJob(stores, id, Date.now());
    if (flags.json) process.stdout.write(`${JSON.stringify({ id, forgotten: true })}\n`);
    else process.stdout.write(`The job ${id} is forgotten.\n`);
    return EXIT.done;
  } finally {
    await stores.close();
  }
}

/**
 * Removes a job that has ended, with its ledger and results; or the ledger that is left of a job without an entry. Every step may be repeated.
 * Results that another job names stay, because equal jobs have equal results. Those used within the last hour are left to `prune`.
 * @throws SmoothcertError JOB_NOT_FOUND; OPTION_INVALID for one that has not ended
 */
export async function forgetJob(
  { jobs, ledgers, artifacts }: Stores,
  id: string,
  now: number,
): Promise<void> {
  const entry = (await jobs.get(id))?.entry;
  if (!entry) {
    const left = (await ledgers.list()).some(({ job }) => job === id);
    if (!left) throw jobNotFound(id);
    await ledgers.remove(id);
    return;
  }
  if (entry.ending === null) throw notEnded(entry);
  await ledgers.remove(id);
  const others = (await jobs.list()).map((one) => one.entry).filter((one) => one.id !== id);
  const needed = new Set(others.flatMap(resultsNamedBy).map(({ digest }) => digest));
  for (const { digest } of resultsNamedBy(entry))
    if (!needed.has(digest)) await artifacts.removeUnused(digest, now - KEEP_USED_MS);
  await jobs.remove(id);
}

function notEnded({ id }: JobEntry): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The job ${id} has not ended.`,
    'Cancel it with smoothcert cancel, wait for its end, then forget it.',
  );
}
