import { SmoothcertError } from '../../shared/errors.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { JobEntry, Refusal } from '../../shared/ports/job-store.js';
import type { Waiting } from '../../shared/waiting.js';
import {
  NATS_AWAY,
  NOBODY_ANSWERS,
  NO_QUORUM,
  allRefuse,
  begunAgain,
  natsSilent,
  noSecondWorker,
  noWorkerOfClass,
  storeFull,
} from '../../shared/waiting-reasons.js';

/** The facts that a coordinator has of a job that has not ended. */
export interface Surroundings {
  /** Why the job's runner waits, as far as it knows by itself; null if it draws. */
  readonly reason: Waiting | null;
  /** The workers that are there. */
  readonly presences: readonly Presence[];
  /** False if the workers cannot be reached. */
  readonly connected: boolean;
  /** False if what is between them stores nothing. */
  readonly hasQuorum: boolean;
  /** True if no votes have come for so long that somebody should be told. */
  readonly quiet: boolean;
  /** True if all is decided, and shards are to be drawn a second time by a worker that is not there. */
  readonly lacksSecondWorker: boolean;
}

/** Surroundings in which nothing is wrong, and nobody there. */
export const NOTHING_KNOWN: Surroundings = {
  reason: null,
  presences: [],
  connected: true,
  hasQuorum: true,
  quiet: false,
  lacksSecondWorker: false,
};

/** Returns why a job waits; null if it does not, or has ended. */
export function waitingOf(
  { id, job, ending }: JobEntry,
  { reason, presences, connected, hasQuorum, quiet, lacksSecondWorker }: Surroundings,
): Waiting | null {
  if (ending !== null) return null;
  if (!connected) return NATS_AWAY;
  if (!hasQuorum) return NO_QUORUM;
  if (reason !== null || job === null) return reason;
  const { numericClass } = job.draw;
  const able = presences.filter((worker) => worker.numericClass === numericClass && !worker.draining);
  if (able.length === 0) return noWorkerOfClass(numericClass);
  if (lacksSecondWorker) return noSecondWorker(numericClass);
  const refusals = able.flatMap((worker) => worker.refusals.filter((one) => one.job === id).slice(0, 1));
  const full = refusals.find(({ refusal }) => refusal.code === 'DISK_FULL');
  if (full && (quiet || refusals.length === able.length)) return unstored(full.refusal);
  if (refusals.length === able.length) return refusedBy(able.length, refusals[0]!.refusal);
  return quiet ? NOBODY_ANSWERS : null;
}

/** Returns why a job waits that met this error and is begun again. @param sentence the error's own */
export function waitingAfter(error: unknown, sentence: string): Waiting {
  if (!(error instanceof SmoothcertError)) return begunAgain(sentence);
  if (error.code === 'DISK_FULL') return storeFull(error.message, error.remedy);
  return error.code === 'NATS_UNREACHABLE' ? natsSilent(error.message) : begunAgain(sentence);
}

const unstored = ({ worker, message, remedy }: Refusal): Waiting =>
  storeFull(`Worker ${worker} finds a full store: ${message}`, remedy);

function refusedBy(workers: number, { worker, code, message, remedy }: Refusal): Waiting {
  const who =
    workers === 1 ? `Its only worker, ${worker}, refuses it` : `All of its ${workers} workers refuse it`;
  return allRefuse(`${who} (${code}): ${message}`, remedy);
}
