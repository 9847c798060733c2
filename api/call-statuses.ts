import { ERROR_CATALOGUE, type ErrorCode } from '../shared/errors.js';

/** Names of gRPC's statuses that calls end with. */
type GrpcStatus =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED'
  | 'CANCELLED'
  | 'DATA_LOSS'
  | 'INTERNAL';

/** The status of an answer over gRPC, and over HTTP. */
export interface CallStatuses {
  readonly grpc: GrpcStatus;
  readonly http: number;
}

const INVALID: CallStatuses = { grpc: 'INVALID_ARGUMENT', http: 400 };
const MISSING: CallStatuses = { grpc: 'NOT_FOUND', http: 404 };
const AWAY: CallStatuses = { grpc: 'UNAVAILABLE', http: 503 };
const FORBIDDEN: CallStatuses = { grpc: 'PERMISSION_DENIED', http: 403 };
const TOO_MANY: CallStatuses = { grpc: 'RESOURCE_EXHAUSTED', http: 429 };
const OURS: CallStatuses = { grpc: 'INTERNAL', http: 500 };
const DAMAGED: CallStatuses = { grpc: 'DATA_LOSS', http: 500 };

/** Of the codes that are missing here, `callStatusOf` says it by whose fault they are. */
const CALL_STATUSES: Readonly<Partial<Record<ErrorCode, CallStatuses>>> = {
  REQUEST_INVALID: INVALID,
  MESSAGE_MALFORMED: INVALID,
  OPTION_INVALID: INVALID,
  PAIR_NOT_OFFERED: INVALID,
  SCHEDULE_TOO_LONG: INVALID,
  BUDGET_TOO_SMALL: INVALID,
  ARTIFACT_INVALID: INVALID,
  DATA_FORMAT: INVALID,
  DATA_TYPE: INVALID,
  DATA_SHAPE: INVALID,
  DATA_RANGE: INVALID,
  DATA_EMPTY: INVALID,
  JOB_NOT_FOUND: MISSING,
  ARTIFACT_MISSING: MISSING,
  NOT_FOUND: MISSING,
  JOB_EXISTS: { grpc: 'ALREADY_EXISTS', http: 409 },
  ARTIFACT_FORBIDDEN: FORBIDDEN,
  ORIGIN_REFUSED: FORBIDDEN,
  TOO_MANY_JOBS: TOO_MANY,
  TOO_MANY_WATCHERS: TOO_MANY,
  DISK_FULL: { grpc: 'RESOURCE_EXHAUSTED', http: 507 },
  ARTIFACT_BUSY: { grpc: 'ABORTED', http: 409 },
  NOT_SERVING: AWAY,
  SERVER_BUSY: AWAY,
  SERVER_UNREACHABLE: AWAY,
  NATS_UNREACHABLE: AWAY,
  UNAUTHENTICATED: { grpc: 'UNAUTHENTICATED', http: 401 },
  CANCELLED: { grpc: 'CANCELLED', http: 499 },
  // The server's own folders: nothing that a client sent is wrong.
  FOLDER_UNUSABLE: OURS,
  FOLDER_LOCKED: OURS,
  LEDGER_DAMAGED: DAMAGED,
  JOB_FILE_DAMAGED: DAMAGED,
};

/** Returns the statuses of a code: of those without their own INTERNAL for faults of the program, else that asking again does not help. */
export function callStatusOf(code: ErrorCode): CallStatuses {
  const known = CALL_STATUSES[code];
  if (known !== undefined) return known;
  return ERROR_CATALOGUE[code].exit === 1 ? OURS : { grpc: 'FAILED_PRECONDITION', http: 409 };
}
