import { Metadata, status } from '@grpc/grpc-js';
import { ERROR_CATALOGUE, RequestError, SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import { sentence } from '../../shared/wire/codec.js';
import { encodeRichStatus } from '../../api/wire/service.js';

/** The end of a call that failed, as grpc-js takes it. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Called with every error that is not the client's fault: for a log. */
export type Report = (error: unknown) => void;

export type StatusCodes = Readonly<Partial<Record<ErrorCode, status>>>;

const { INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED } = status;
const { FAILED_PRECONDITION, ABORTED, UNAVAILABLE, UNAUTHENTICATED, CANCELLED, DATA_LOSS, INTERNAL } = status;

/** The gRPC status of our codes; for codes that are missing, see `byFault`. */
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

/** Bytes of the message as the header has it: clients accept 8 KiB of headers in all, and the details of the error need most of them. */
const MAX_HEADER_BYTES = 1_000;

/**
 * Returns the status of an error, with google.rpc.Status in its trailer: an ErrorInfo (reason: our code, metadata: remedy), and a BadRequest
 * if fields are wrong. An error without a code of ours is reported, and the client is told INTERNAL only.
 * @param exceptions status codes that this method has for some of our codes
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

/** Wraps an error that has no code of ours. The operator finds its cause in the log. */
function unforeseen(cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'INTERNAL',
    'Something unforeseen happened in the server.',
    'Try again; if it happens again, tell the operator, whose log says more.',
    { cause },
  );
}

/** Returns INTERNAL for faults of the program; for others FAILED_PRECONDITION: asking again does not help. */
function byFault(code: ErrorCode): status {
  return ERROR_CATALOGUE[code].exit === 1 ? INTERNAL : FAILED_PRECONDITION;
}

/** Cuts a message for the header. It must be well-formed: grpc-js writes it with encodeURI, whose error on half a character nobody could catch. */
function headerSentence(message: string): string {
  let most = MAX_HEADER_BYTES;
  let text = sentence(message, most);
  while (encodeURI(text).length > MAX_HEADER_BYTES) {
    most = Math.floor(most / 2);
    text = sentence(message, most);
  }
  return text;
}
