import protobuf from 'protobufjs/minimal.js';
import { SmoothcertError } from '../errors.js';
import { PROTOCOL } from '../job.js';
import { MAX_TEXT } from '../job-limits.js';
import { Check, malformed } from './check.js';

/** A generated message class. */
export interface MessageType<Written, Read> {
  encode(message: Written): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Read;
}

export interface Codec<T> {
  /** @throws SmoothcertError INTERNAL for a value that `decode` would refuse, so that no unreadable message is sent */
  readonly encode: (value: T) => Uint8Array;
  /** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED; nothing else, whatever the bytes are */
  readonly decode: (bytes: Uint8Array) => T;
}

/**
 * Returns the encoder and the decoder of a message that names its protocol.
 * @param what the message in words, with its article
 */
export function codecOf<Written, Read extends { readonly protocol: number }, T>(
  what: string,
  type: MessageType<Written & { protocol: number }, Read>,
  toWire: (value: T) => Written,
  ofWire: (wire: Read, check: Check) => T,
): Codec<T> {
  const decode = (bytes: Uint8Array): T => {
    const wire = decodeMessage(what, type, bytes);
    if (wire.protocol !== PROTOCOL) throw otherProtocol(what, wire.protocol);
    const check = new Check();
    const value = ofWire(wire, check);
    check.refuseMessage(what);
    return value;
  };
  const encode = (value: T): Uint8Array => {
    const bytes = type.encode({ ...toWire(value), protocol: PROTOCOL }).finish();
    try {
      decode(bytes);
    } catch (cause) {
      const why = cause instanceof SmoothcertError ? ` ${cause.message}` : '';
      throw new SmoothcertError(
        'INTERNAL',
        `A message was to be sent that nobody could read.${why}`,
        'Report this as a bug; nothing was sent.',
        { cause },
      );
    }
    return bytes;
  };
  return { encode, decode };
}

/**
 * Decodes a message, its 64-bit fields as numbers, as its generated type says.
 * @throws SmoothcertError MESSAGE_MALFORMED, also for a 64-bit number that JavaScript cannot hold
 */
export function decodeMessage<Read extends object>(
  what: string,
  type: Pick<MessageType<never, Read>, 'decode'>,
  bytes: Uint8Array,
): Read {
  let message: Read;
  try {
    message = type.decode(bytes);
  } catch (cause) {
    throw malformed(what, 'its bytes cannot be decoded', cause);
  }
  if (holdsNumbers(message)) return message;
  throw malformed(what, 'it has a number above 2^53');
}

/**
 * Replaces the objects that protobufjs makes for 64-bit fields where the package `long` is installed by numbers, also in the defaults of
 * absent fields (which are on the prototype, hence `in`). Returns false if a number would not be exact.
 */
function holdsNumbers(message: object): boolean {
  const fields = message as Record<string, unknown>;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    // A list of small numbers may be long, and is skipped.
    if (Array.isArray(value) && typeof value[0] !== 'object') continue;
    if ('__isLong__' in value) {
      const number = Number(value);
      if (!Number.isSafeInteger(number)) return false;
      fields[key] = number;
    } else if (!holdsNumbers(value)) return false;
  }
  return true;
}

/** Returns a decoder that keeps fields which the schema does not have, so that they are written again with the message. */
export function decodeKeeping<Read>(type: {
  decode(from: protobuf.Reader): Read;
}): (bytes: Uint8Array) => Read {
  return (bytes) => {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    return type.decode(reader);
  };
}

/** Makes a sentence fit for a message: cuts it to the length that a reader accepts, and replaces halves of characters, which UTF-8 has not. */
export function sentence(text: string, most = MAX_TEXT): string {
  return Buffer.from(text.slice(0, most)).toString();
}

function otherProtocol(what: string, theirs: number): SmoothcertError {
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `A message that should be ${what} is of protocol ${theirs}, and this smoothcert speaks protocol ${PROTOCOL}.`,
    'Run the same version of smoothcert everywhere.',
  );
}
