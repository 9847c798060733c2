import { isWritten } from '../folder/tally.js';
import type { RowContext } from './context.js';
import { isFresh, type Decisive } from './looks.js';
import type { Row } from './row.js';

/** Says what is wrong with one row, unless it holds. */
export type Require = (holds: boolean, what: string) => void;

/** Checks the samples that prove an outcome, and their counts. Returns the look that they are of; null if there is none. */
export function provingLook(
  row: Row,
  decisive: readonly Decisive[],
  { job }: RowContext,
  require: Require,
): Decisive | null {
  const { looks } = job.claim;
  const begin = isFresh(job.claim) ? looks[0]! : 0;
  const at = decisive.find(({ n }) => n === row.proved_by?.end);
  if (at === undefined || row.proved_by?.begin !== begin) {
    require(false, 'The samples that prove it are not those of a look.');
    return null;
  }
  require(isWritten(at.votes, row.counts), 'Its counts are not those of the samples that prove it.');
  require(at.classIndex === row.class, 'Its class is not the one that these votes choose.');
  return at;
}
