import type { VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { Effects, JobFold } from '../core/job-fold.js';
import { Turns } from './turns.js';

/** Folds the records that the ledger holds behind those that are folded already. @param onFolded called after each record */
export async function replay(
  fold: JobFold,
  ledger: VoteLedger,
  onFolded: (effects: Effects, sequence: number) => void = () => undefined,
): Promise<void> {
  const size = ledger.size();
  if (fold.sequence >= size) return;
  const end = new AbortController();
  const turns = new Turns(() => performance.now());
  for await (const { sequence, record } of ledger.read(fold.sequence, end.signal)) {
    onFolded(fold.apply(record, sequence), sequence);
    if (sequence >= size) break;
    await turns.next();
  }
}
