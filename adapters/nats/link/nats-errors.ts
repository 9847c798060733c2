import { JetStreamApiError } from '@nats-io/jetstream';
import { jserrors } from '@nats-io/jetstream/internal';
import { errors } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import { CODE, isClusterFull, isOneOf, isTimeout, remedyOf, sentenceOf } from './server-codes.js';

export { sentenceOf };

/** The stream is full, by whichever of its limits; the description says by which. */
export const isNotStored = (error: unknown): error is JetStreamApiError =>
  error instanceof JetStreamApiError && error.code === CODE.notStored;

/** The stream holds as many messages as it may. */
export const isFull = (error: unknown): boolean =>
  isNotStored(error) && error.message.startsWith('maximum messages exceeded');

/** The subject has a message already. Callers believe it only once they have read that message. */
export const isSubjectTaken = (error: unknown): boolean =>
  isNotStored(error) && error.message.startsWith('maximum messages per subject exceeded');

/** The server says that there is no such stream, or no such consumer. */
export const isStreamMissing = (error: unknown): boolean => error instanceof jserrors.StreamNotFoundError;
export const isConsumerMissing = (error: unknown): boolean => error instanceof jserrors.ConsumerNotFoundError;

/** Another process has written the key since it was read. */
export const isWrongSequence = (error: unknown): boolean => isOneOf(error, [CODE.wrongSequence]);

/** Another process is writing the key, or has written it: which of the two, a later try tells. */
export const isPerhapsWrongSequence = (error: unknown): boolean => isOneOf(error, CODE.perhapsWrongSequence);

/** Nobody listens on the subject: JetStream is off, is starting, or the stream was deleted. The error does not tell these apart. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof jserrors.JetStreamNotEnabled ||
  (error instanceof errors.RequestError && error.isNoResponders());

/** The store of the server or the account has no room for a further stream. */
export const isOutOfStorage = (error: unknown): boolean =>
  isOneOf(error, CODE.noStorage) || isClusterFull(error);

/** Another process has made it in the meantime, perhaps with other settings. */
export const isNameInUse = (error: unknown): boolean => isOneOf(error, CODE.nameInUse);

/** The server refuses the credentials: to try again with the same ones is of no use. */
export const isRefusedLogin = (error: unknown): boolean => error instanceof errors.AuthorizationError;

type Violation = InstanceType<typeof errors.PermissionViolationError>;

/** Returns the server's refusal to publish to, or subscribe to, a subject; null if the error is another one. */
function violationIn(error: unknown): Violation | null {
  if (error instanceof errors.PermissionViolationError) return error;
  return error instanceof Error && error.cause !== undefined ? violationIn(error.cause) : null;
}

export const isForbidden = (error: unknown): boolean => violationIn(error) !== null;

/** Words an error for which `isForbidden` is true: the subject that was refused, and the error to throw. */
export function forbidden(cause: unknown): { readonly subject: string; readonly refusal: SmoothcertError } {
  const { operation, subject } = violationIn(cause)!;
  const refusal = new SmoothcertError(
    'NATS_FORBIDDEN',
    `NATS does not let this user ${operation === 'publish' ? 'publish to' : 'listen on'} ${subject}.`,
    'Give this user the permissions that deploy/nats/accounts.conf gives it, or log in as another one.',
    { cause },
  );
  return { subject, refusal };
}

export const ROOM_REMEDY =
  'Remove jobs that have ended, or raise max_file_store of the NATS server or the limits of its account.';

export function unreachable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNREACHABLE', why, remedy, { cause });
}

export function unsuitable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNSUITABLE', why, remedy, { cause });
}

/**
 * Words the failure of a request: no answer came, the server cannot do it now, it has no room, it is not configured for it, or the user may
 * not.
 * @param what the request in words, as the end of "NATS did not …"
 */
export function unanswered(what: string, cause: unknown): SmoothcertError {
  if (isForbidden(cause)) return forbidden(cause).refusal;
  const silence = isTimeout(cause) ? ': its cluster elects a leader, or has no quorum' : '';
  const why = `NATS did not ${what}: ${sentenceOf(cause)}${silence}.`;
  const remedy = remedyOf(cause);
  if (remedy !== null) return unsuitable(why, remedy, cause);
  if (isOutOfStorage(cause)) return new SmoothcertError('DISK_FULL', why, ROOM_REMEDY, { cause });
  return unreachable(
    why,
    'It is tried again as soon as NATS answers; look at the log of the NATS server if that takes long.',
    cause,
  );
}
