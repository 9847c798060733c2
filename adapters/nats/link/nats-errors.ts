import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { jserrors } from '@nats-io/jetstream/internal';
import { errors } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';

/** A stream that takes no more answers with this code, whatever it is full of; its description says of what. */
const NOT_STORED = 10077;
const NO_STORAGE = [10023, 10028, 10047];
const NAME_IN_USE = [10058, 10013, 10105];

const notStored = (error: unknown, why: string): boolean =>
  error instanceof JetStreamApiError && error.code === NOT_STORED && error.message.startsWith(why);

/** The stream holds as many messages as it may. */
export const isFull = (error: unknown): boolean => notStored(error, 'maximum messages exceeded');

/** The subject has a message already; believed only once that message was read. */
export const isSubjectTaken = (error: unknown): boolean =>
  notStored(error, 'maximum messages per subject exceeded');

/** The server says that there is no such stream, or no such consumer. */
export const isStreamMissing = (error: unknown): boolean => error instanceof jserrors.StreamNotFoundError;
export const isConsumerMissing = (error: unknown): boolean => error instanceof jserrors.ConsumerNotFoundError;

/** Somebody else has written the key since it was read. */
export const isWrongSequence = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;

/** Nobody listens on the subject: JetStream is off, is starting, or the stream was deleted. It alone does not say which. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof jserrors.JetStreamNotEnabled ||
  (error instanceof errors.RequestError && error.isNoResponders());

/** The store of the server or the account has no room for a further stream. */
export const isOutOfStorage = (error: unknown): boolean =>
  error instanceof JetStreamApiError && NO_STORAGE.includes(error.code);

/** Somebody else has made it in the meantime, perhaps with other settings. */
export const isNameInUse = (error: unknown): boolean =>
  error instanceof JetStreamApiError && NAME_IN_USE.includes(error.code);

/** The server does not know who we are: trying again with the same credentials is of no use. */
export const isRefusedLogin = (error: unknown): boolean => error instanceof errors.AuthorizationError;

type Violation = InstanceType<typeof errors.PermissionViolationError>;

/** The server's word that it does not let us publish to, or listen on, a subject; null if the error is another one. */
function violationIn(error: unknown): Violation | null {
  if (error instanceof errors.PermissionViolationError) return error;
  return error instanceof Error && error.cause !== undefined ? violationIn(error.cause) : null;
}

export const isForbidden = (error: unknown): boolean => violationIn(error) !== null;

/** What to say of an error that `isForbidden`, and the subject that it is about. */
export function forbidden(cause: unknown): { readonly subject: string; readonly told: SmoothcertError } {
  const { operation, subject } = violationIn(cause)!;
  const told = new SmoothcertError(
    'NATS_FORBIDDEN',
    `NATS does not let this user ${operation === 'publish' ? 'publish to' : 'listen on'} ${subject}.`,
    'Give this user the permissions that deploy/nats/accounts.conf gives it, or log in as another one.',
    { cause },
  );
  return { subject, told };
}

export function unreachable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNREACHABLE', why, remedy, { cause });
}

export function unsuitable(why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('NATS_UNSUITABLE', why, remedy, { cause });
}

/** What came of a request whose answer never came, or said that it cannot be done now, or that was not allowed. */
export function unanswered(what: string, cause: unknown): SmoothcertError {
  if (isForbidden(cause)) return forbidden(cause).told;
  return unreachable(
    `NATS did not ${what}: ${sentenceOf(cause)}.`,
    'It is tried again as soon as NATS answers; look at the log of the NATS server if that takes long.',
    cause,
  );
}

/** What went wrong, as the end of a sentence. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\.$/, '');
}
