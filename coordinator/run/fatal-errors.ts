import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';

/** Errors of what lies between coordinator and worker, or of their disks: they say nothing about the job. */
const OF_THE_INSTALLATION: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NATS_UNREACHABLE',
  'NATS_UNSUITABLE',
  'NATS_FORBIDDEN',
  'SERVER_UNREACHABLE',
  'NOT_SERVING',
  'UNAUTHENTICATED',
  'DISK_FULL',
  'FOLDER_UNUSABLE',
  'FOLDER_LOCKED',
  'ARTIFACT_BUSY',
  'MESSAGE_MALFORMED',
  'PROTOCOL_MISMATCH',
  'CANCELLED',
]);

/** Errors that no further try mends: the ledger is not what it was. */
const OF_THE_LEDGER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['LEDGER_DAMAGED', 'JOB_DIFFERS']);

/** How often a preparation is tried if it fails in a way that another machine, or another moment, may mend. */
const MAX_TRIES = 3;

/** Returns true if the error of a preparation is the job's own fault, so that the job fails. @param tries how often it was tried, this time included */
export function endsPreparation(error: unknown, tries: number): error is SmoothcertError {
  if (!(error instanceof SmoothcertError) || OF_THE_INSTALLATION.has(error.code)) return false;
  return !error.retryable || tries >= MAX_TRIES;
}

/** Returns true if a job whose samples are drawn can never go on after this error. */
export function endsDrawing(error: unknown): error is SmoothcertError {
  return error instanceof SmoothcertError && OF_THE_LEDGER.has(error.code);
}

/** Returns true if a job that is to be cancelled ends with this error: its rows cannot be written, because they need the labels. */
export function endsCancelled(error: unknown): error is SmoothcertError {
  return error instanceof SmoothcertError && error.code === 'DATA_DIGEST_MISMATCH';
}

/** Makes the error of a job whose tasks vanish without an answer: workers may not know the job, or the queue may have lost it. */
export const workIsLost = (times: number): Error =>
  new Error(`All its open work was issued ${times} times and lost each time, without an answer.`);

/** Returns the sentence that a person is told of any error. */
export function sentenceOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said === '' ? 'An unknown fault.' : said;
}
