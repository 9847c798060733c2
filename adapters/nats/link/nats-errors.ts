import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { jserrors } from '@nats-io/jetstream/internal';
import { errors } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';

/** Codes of the server. A full stream answers with this one; the description says which of its limits was reached. */
const NOT_STORED = 10077;
const NO_STORAGE = [10023, 10028, 10047];
const NAME_IN_USE = [10058, 10013, 10105];

/** The stream is full, by whichever of its limits. */
export const isNotStored = (error: unknown): error is JetStreamApiError =>
  error instanceof JetStreamApiError && error.code === NOT_STORED;

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
export const isWrongSequence = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;

/** Nobody listens on the subject: JetStream is off, is starting, or the stream was deleted. The error does not tell these apart. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof jserrors.JetStreamNotEnabled ||
  (error instanceof errors.RequestError && error.isNoResponders());

/** The store of the server or the account has no room for a further stream. */
export const isOutOfStorage = (error: unknown): boolean =>
  error instanceof JetStreamApiError && NO_STORAGE.includes(error.code);

/** Another process has made it in the meantime, perhaps with other settings. */
export const isNameInUse = (error: unknown): boolean =>
  error instanceof JetStreamApiError && NAME_IN_USE.includes(error.code);

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

export function unreachable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNREACHABLE', why, remedy, { cause });
}

export function unsuitable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNSUITABLE', why, remedy, { cause });
}

/**
 * Words the failure of a request: no answer came, the server cannot do it now, or the user may not.
 * @param what the request in words, as the end of "NATS did not …"
 */
export function unanswered(what: string, cause: unknown): SmoothcertError {
  if (isForbidden(cause)) return forbidden(cause).refusal;
  return unreachable(
    `NATS did not ${what}: ${sentenceOf(cause)}.`,
    'It is tried again as soon as NATS answers; look at the log of the NATS server if that takes long.',
    cause,
  );
}

/** Returns an error's message without its full stop, as the end of a sentence. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\.$/, '');
}
