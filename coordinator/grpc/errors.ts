import { Metadata, status } from '@grpc/grpc-js';
import { ERROR_CATALOGUE, RequestError, SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import { sentence } from '../../shared/wire/codec.js';
import { encodeRichStatus } from '../../api/wire/service.js';

/** How a call ends that failed: what grpc-js wants of an error, whole. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Called with every error that is the machinery's, not the client's: for a log. */
export type Report = (error: unknown) => void;

export type StatusCodes = Readonly<Partial<Record<ErrorCode, status>>>;

const { INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED } = status;
const { FAILED_PRECONDITION, ABORTED, UNAVAILABLE, UNAUTHENTICATED, CANCELLED, DATA_LOSS, INTERNAL } = status;

/** Where a code of ours says more than whose fault it is. */
const STATUS_CODES: StatusCodes = {
  REQUEST_INVALID: INVALID_ARGUMENT,
  MESSAGE_MALFORMED: INVALID_ARGUMENT,
  OPTION_INVALID: INVALID_ARGUMENT,
  PAIR_NOT_OFFERED: INVALID_ARGUMENT,
  SCHEDULE_TOO_LONG: INVALID_ARGUMENT,
  BUDGET_TOO_SMALL: INVALID_ARGUMENT,
  ARTIFACT_INVALID: INVALID_ARGUMENT,
  DATA_FORMAT: INVALID_ARGUMENT,
  DATA_TYPE: INVALID_ARGUMENT,
  DATA_SHAPE: INVALID_ARGUMENT,
  DATA_RANGE: INVALID_ARGUMENT,
  DATA_EMPTY: INVALID_ARGUMENT,
  JOB_NOT_FOUND: NOT_FOUND,
  ARTIFACT_MISSING: NOT_FOUND,
  JOB_EXISTS: ALREADY_EXISTS,
  ARTIFACT_FORBIDDEN: PERMISSION_DENIED,
  TOO_MANY_JOBS: RESOURCE_EXHAUSTED,
  TOO_MANY_WATCHERS: RESOURCE_EXHAUSTED,
  DISK_FULL: RESOURCE_EXHAUSTED,
  ARTIFACT_BUSY: ABORTED,
  NOT_SERVING: UNAVAILABLE,
  SERVER_UNREACHABLE: UNAVAILABLE,
  NATS_UNREACHABLE: UNAVAILABLE,
  UNAUTHENTICATED,
  CANCELLED,
  // The server's own folders: nothing that a client sent is wrong.
  FOLDER_UNUSABLE: INTERNAL,
  FOLDER_LOCKED: INTERNAL,
  LEDGER_DAMAGED: DATA_LOSS,
  JOB_FILE_DAMAGED: DATA_LOSS,
};

/** The sentence travels beside its details, in a header that clients take 8 KiB of in all; this many bytes of it as written there. */
const MOST_SENTENCE_BYTES = 1_000;

/**
 * The status of an error, with google.rpc.Status in its trailer: always an ErrorInfo (reason: our code, metadata: remedy), and a
 * BadRequest with the fields that are wrong. Of an error that is none of ours nothing is told: it is reported.
 * @param exceptions status codes that this method has for codes of ours
 */
export function statusOf(error: unknown, report: Report, exceptions: StatusCodes = {}): CallStatus {
  const known = error instanceof SmoothcertError ? error : unforeseen(error);
  if (known.exitCode === 1) report(error);
  const code = exceptions[known.code] ?? STATUS_CODES[known.code] ?? byFault(known.code);
  const bytes = encodeRichStatus({
    code,
    message: known.message,
    reason: known.code,
    metadata: { remedy: known.remedy },
    violations: known instanceof RequestError ? known.faults : [],
  });
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(bytes));
  return { code, details: headerSentence(known.message), metadata };
}

/** What nobody thought of; the operator finds it in the log. */
function unforeseen(cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'INTERNAL',
    'Something unforeseen happened in the server.',
    'Try again; if it happens again, tell the operator, whose log says more.',
    { cause },
  );
}

/** Ours, or something about the job or the installation that asking again does not mend. */
function byFault(code: ErrorCode): status {
  return ERROR_CATALOGUE[code].exit === 1 ? INTERNAL : FAILED_PRECONDITION;
}

/** Well-formed, since grpc-js writes it with encodeURI, which throws on half a character, outside of anybody's reach. */
function headerSentence(message: string): string {
  let most = MOST_SENTENCE_BYTES;
  let text = sentence(message, most);
  while (encodeURI(text).length > MOST_SENTENCE_BYTES) {
    most = Math.floor(most / 2);
    text = sentence(message, most);
  }
  return text;
}
