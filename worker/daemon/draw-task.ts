import { SmoothcertError } from '../../shared/errors.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { answerTask } from '../worker.js';
import type { JobInHand } from './job-in-hand.js';

/** What was drawn, where it could not be recorded now. */
export class Unrecorded extends Error {
  override readonly name = 'Unrecorded';
  constructor(
    readonly record: LedgerRecord,
    cause: unknown,
  ) {
    super('a record could not be stored', { cause });
  }
}

/** Whether the same may work later, with nothing changed. */
export const isPassing = (error: unknown): boolean => error instanceof SmoothcertError && error.retryable;

/**
 * Draws the task's shards on the job's children and records them. Resolves with the record.
 * @throws Unrecorded if the record may be stored later, and what else the ledger throws
 */
export function drawTask({ links, pool }: JobInHand, task: Task): Promise<LedgerRecord> {
  const { ledger, stop, order } = links;
  const { jobDigest } = order;
  const append = (record: LedgerRecord) =>
    ledger.append(record).catch((error: unknown) => {
      throw isPassing(error) ? new Unrecorded(record, error) : error;
    });
  return answerTask({
    ...{ task, stop, pool, jobDigest, ledger: { append } },
    // Asked for when all is drawn: before, no child may have said what it computes.
    get fingerprint() {
      return order.fingerprint ?? pool.fingerprint ?? '';
    },
  });
}
