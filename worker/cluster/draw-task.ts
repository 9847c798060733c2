import { SmoothcertError } from '../../shared/errors.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { Shard } from '../../shared/shards.js';
import { startBelow, within, type Attributes, type Tracer } from '../../shared/telemetry/tracer.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { answerTask } from '../draw/worker.js';
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
export function drawTask({ links, pool }: JobInHand, task: Task, tracer: Tracer): Promise<LedgerRecord> {
  const { ledger, stop, order } = links;
  const { jobDigest } = order;
  const span = startBelow(tracer, task.trace, 'smoothcert.worker.task', {
    kind: 'consumer',
    attributes: attributesOf(task),
  });
  const append = (record: LedgerRecord) => {
    const recording = startBelow(tracer, span.context, 'smoothcert.worker.record', { kind: 'producer' });
    return within(recording, () => ledger.append(record)).catch((error: unknown) => {
      throw isPassing(error) ? new Unrecorded(record, error) : error;
    });
  };
  const answering = {
    task,
    stop,
    pool,
    jobDigest,
    ledger: { append },
    // Asked for when all is drawn: before, no child may have said what it computes.
    get fingerprint() {
      return order.fingerprint ?? pool.fingerprint ?? '';
    },
  };
  return within(span, async () => {
    const record = await answerTask(answering);
    span.set({ 'smoothcert.samples.counted': samplesIn(record.counted.map(({ shard }) => shard)) });
    return record;
  });
}

function attributesOf({ name, job, shards }: Task): Attributes {
  return {
    'smoothcert.job': job,
    'smoothcert.task': name,
    'smoothcert.shards': shards.length,
    'smoothcert.samples': samplesIn(shards),
  };
}

const samplesIn = (shards: readonly Shard[]): number =>
  shards.reduce((sum, { begin, end }) => sum + end - begin, 0);
