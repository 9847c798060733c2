import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';

/** Faults of what lies between coordinator and worker: they say nothing of the job. */
const OF_THE_WAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...([
    'NATS_UNREACHABLE',
    'NATS_UNSUITABLE',
    'NATS_FORBIDDEN',
    'SERVER_UNREACHABLE',
    'NOT_SERVING',
    'UNAUTHENTICATED',
  ] as const),
  ...(['DISK_FULL', 'FOLDER_UNUSABLE', 'FOLDER_LOCKED', 'ARTIFACT_BUSY', 'MESSAGE_MALFORMED'] as const),
  ...(['PROTOCOL_MISMATCH', 'CANCELLED'] as const),
]);

/** What no further try will mend: the ledger is not what it was. */
const OF_THE_LEDGER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['LEDGER_DAMAGED', 'JOB_DIFFERS']);

/** Tries of a preparation that failed in a way that another machine, or another moment, may mend. */
const TRIES = 3;

/** Whether a worker's answer to a preparation, the `tries`th that refused, is the job's own fault. */
export function endsPreparation(error: unknown, tries: number): error is SmoothcertError {
  if (!(error instanceof SmoothcertError) || OF_THE_WAY.has(error.code)) return false;
  return !error.retryable || tries >= TRIES;
}

/** Whether a job whose samples are drawn can never go on. */
export function endsDrawing(error: unknown): error is SmoothcertError {
  return error instanceof SmoothcertError && OF_THE_LEDGER.has(error.code);
}

/** Whether a job that is to be cancelled has its end in this: its rows, which need the labels, cannot be written. */
export function endsCancelled(error: unknown): error is SmoothcertError {
  return error instanceof SmoothcertError && error.code === 'DATA_DIGEST_MISMATCH';
}

/** Tasks vanish, and nobody answers: workers may not know the job, or the queue may have lost it. */
export const workIsLost = (times: number): Error =>
  new Error(`All its open work was issued ${times} times and lost each time, without an answer.`);

/** What a person is told of any error: its sentence. */
export function sentenceOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said === '' ? 'An unknown fault.' : said;
}
