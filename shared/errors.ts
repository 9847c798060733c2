import { withoutSecrets } from './safe-text.js';

/**
 * Every error that a user can meet, by its code. `exit` is the process's exit code: 2 for faults of the user's input, 3 for results without
 * certificates, 1 for faults of smoothcert. `retryable`: another try may help. docs/errors.md explains each (a test compares).
 */
export const ERROR_CATALOGUE = {
  // The command line and the job
  OPTION_INVALID: { exit: 2, retryable: false },
  PAIR_NOT_OFFERED: { exit: 2, retryable: false },
  SCHEDULE_TOO_LONG: { exit: 2, retryable: false },
  BUDGET_TOO_SMALL: { exit: 2, retryable: false },
  CHECK_FAILED: { exit: 2, retryable: false },
  // The output folder
  FOLDER_UNUSABLE: { exit: 2, retryable: false },
  FOLDER_LOCKED: { exit: 2, retryable: true },
  JOB_DIFFERS: { exit: 2, retryable: false },
  PILOT_FOLDER: { exit: 2, retryable: false },
  JOB_FILE_DAMAGED: { exit: 2, retryable: false },
  LEDGER_DAMAGED: { exit: 2, retryable: false },
  DISK_FULL: { exit: 2, retryable: true },
  // What is planned from
  SOURCE_UNREADABLE: { exit: 2, retryable: false },
  // The images
  DATA_UNREADABLE: { exit: 2, retryable: false },
  DATA_FORMAT: { exit: 2, retryable: false },
  DATA_TYPE: { exit: 2, retryable: false },
  DATA_SHAPE: { exit: 2, retryable: false },
  DATA_RANGE: { exit: 2, retryable: false },
  DATA_EMPTY: { exit: 2, retryable: false },
  LABELS_MISMATCH: { exit: 2, retryable: false },
  DATA_DIGEST_MISMATCH: { exit: 2, retryable: false },
  // The model
  MODEL_UNREADABLE: { exit: 2, retryable: false },
  MODEL_INPUT_UNSUPPORTED: { exit: 2, retryable: false },
  MODEL_OUTPUT_UNSUPPORTED: { exit: 2, retryable: false },
  MODEL_DATA_MISMATCH: { exit: 2, retryable: false },
  MODEL_DIGEST_MISMATCH: { exit: 2, retryable: false },
  MODEL_NOT_DETERMINISTIC: { exit: 2, retryable: false },
  COUNTS_DIFFER: { exit: 2, retryable: false },
  MODEL_OUTPUT_NOT_FINITE: { exit: 3, retryable: false },
  DEVICE_UNAVAILABLE: { exit: 2, retryable: false },
  FINGERPRINT_MISMATCH: { exit: 2, retryable: false },
  // The service
  REQUEST_INVALID: { exit: 2, retryable: false },
  JOB_NOT_FOUND: { exit: 2, retryable: false },
  JOB_EXISTS: { exit: 2, retryable: false },
  TOO_MANY_JOBS: { exit: 2, retryable: true },
  TOO_MANY_WATCHERS: { exit: 2, retryable: true },
  ARTIFACT_INVALID: { exit: 2, retryable: false },
  ARTIFACT_MISSING: { exit: 2, retryable: false },
  ARTIFACT_BUSY: { exit: 2, retryable: true },
  ARTIFACT_FORBIDDEN: { exit: 2, retryable: false },
  BACKUP_DAMAGED: { exit: 2, retryable: false },
  UNAUTHENTICATED: { exit: 2, retryable: false },
  ORIGIN_REFUSED: { exit: 2, retryable: false },
  NOT_FOUND: { exit: 2, retryable: false },
  SERVER_BUSY: { exit: 2, retryable: true },
  NOT_SERVING: { exit: 2, retryable: true },
  SERVER_UNREACHABLE: { exit: 2, retryable: true },
  NATS_UNREACHABLE: { exit: 2, retryable: true },
  NATS_UNSUITABLE: { exit: 2, retryable: false },
  NATS_FORBIDDEN: { exit: 2, retryable: false },
  INSECURE_LISTENING: { exit: 2, retryable: false },
  CANCELLED: { exit: 2, retryable: false },
  // The machinery
  CHILD_DIED: { exit: 1, retryable: true },
  CHILD_HUNG: { exit: 1, retryable: true },
  INFERENCE_FAILED: { exit: 2, retryable: true },
  MESSAGE_MALFORMED: { exit: 2, retryable: false },
  PROTOCOL_MISMATCH: { exit: 2, retryable: false },
  INTERNAL: { exit: 1, retryable: false },
} as const satisfies Record<string, { exit: 1 | 2 | 3; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Returns true if a job with this error has no certificates, whatever was decided before: nothing that it counted may be used. */
export const refutesJob = (code: ErrorCode): boolean =>
  code === 'MODEL_NOT_DETERMINISTIC' || code === 'COUNTS_DIFFER';

/**
 * The only error that a user sees. `message` is one sentence that says what is wrong, `remedy` one that says what to do; neither has a
 * stack trace. Secrets in addresses are removed from `message`, because errors are stored, sent and shown.
 */
export class SmoothcertError extends Error {
  override readonly name = 'SmoothcertError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(withoutSecrets(message), options);
  }
  get exitCode(): 1 | 2 | 3 {
    return ERROR_CATALOGUE[this.code].exit;
  }
  get retryable(): boolean {
    return ERROR_CATALOGUE[this.code].retryable;
  }
}

/** A field of a request and what is wrong with it, as the end of a sentence. */
export interface FieldFault {
  /** Path in the message, for example spec.sigma. */
  readonly field: string;
  readonly description: string;
}

/** A request with fields that are wrong; its message names the first one. */
export class RequestError extends SmoothcertError {
  constructor(readonly faults: readonly [FieldFault, ...FieldFault[]]) {
    super(
      'REQUEST_INVALID',
      `${faults[0].field} ${faults[0].description}.`,
      'Change the request; proto/smoothcert/v1 says what each field may be.',
    );
  }
}

/** Returns true if `value` is a code of the catalogue; codes in messages are checked with it. */
export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, value);
}
