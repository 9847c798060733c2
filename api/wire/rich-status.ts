import type { FieldFault } from '../../shared/errors.js';
import { MAX_TEXT } from '../../shared/job-limits.js';
import { google } from '../../shared/wire/generated.js';
import { decodeMessage, sentence } from '../../shared/wire/codec.js';

/** The domain of an ErrorInfo whose `reason` is a code of our error catalogue. */
export const ERROR_DOMAIN = 'smoothcert';

/** An error with its details, as a google.rpc.Status carries them. */
export interface RichStatus {
  /** Number of a gRPC status. */
  readonly code: number;
  readonly message: string;
  /** Code of the error catalogue; empty if the error has none. */
  readonly reason: string;
  /** `remedy`, and further facts. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields of the request that are to blame. */
  readonly violations: readonly FieldFault[];
}

const { ErrorInfo, BadRequest, Status } = google.rpc;
const TYPE_PREFIX = 'type.googleapis.com/';
const ERROR_INFO = `${TYPE_PREFIX}google.rpc.ErrorInfo`;
const BAD_REQUEST = `${TYPE_PREFIX}google.rpc.BadRequest`;
/** The status travels in a trailer, as base64, and clients accept 8 KiB of trailers. */
const MOST_BYTES = 5 * 1024;
const LONGEST_IN_TRAILER = 500;
const MOST_VIOLATIONS = 32;

/** Returns a google.rpc.Status with ErrorInfo and BadRequest. Texts are cut, and violations left out, until it fits into a trailer. */
export function encodeRichStatus(status: RichStatus): Uint8Array {
  let violations = status.violations.slice(0, MOST_VIOLATIONS);
  for (;;) {
    const bytes = Status.encode(statusToWire({ ...status, violations }, LONGEST_IN_TRAILER)).finish();
    if (bytes.length <= MOST_BYTES || violations.length === 0) return bytes;
    violations = violations.slice(0, Math.floor(violations.length / 2));
  }
}

/** Reads a google.rpc.Status. Details of other types and domains are ignored. @throws SmoothcertError MESSAGE_MALFORMED */
export function decodeRichStatus(bytes: Uint8Array): RichStatus {
  return statusOfWire(decodeMessage('an error', Status, bytes));
}

/** Makes a google.rpc.Status inside another message. @param longest characters that each text is cut to */
export function statusToWire(
  { code, message, reason, metadata, violations }: RichStatus,
  longest: number = MAX_TEXT,
): google.rpc.Status.$Properties {
  const cut = (text: string) => sentence(text, longest);
  const facts = Object.entries(metadata).map(([key, text]) => [key, cut(text)] as const);
  const info = { reason, domain: ERROR_DOMAIN, metadata: Object.fromEntries(facts) };
  const fieldViolations = violations.map(({ field, description }) => ({
    field: cut(field),
    description: cut(description),
  }));
  const details = [{ type_url: ERROR_INFO, value: ErrorInfo.encode(info).finish() }];
  if (fieldViolations.length > 0)
    details.push({ type_url: BAD_REQUEST, value: BadRequest.encode({ fieldViolations }).finish() });
  return { code, message: cut(message), details };
}

/** Reads a google.rpc.Status inside another message. @throws SmoothcertError MESSAGE_MALFORMED */
export function statusOfWire({ code, message, details }: google.rpc.Status.$Properties): RichStatus {
  const values = (url: string) =>
    (details ?? []).filter(({ type_url }) => type_url === url).map(({ value }) => value ?? new Uint8Array());
  const infos = values(ERROR_INFO).map((value) => decodeMessage('the reason of an error', ErrorInfo, value));
  const requests = values(BAD_REQUEST).map((value) =>
    decodeMessage('the fields of an error', BadRequest, value),
  );
  const ours = infos.find(({ domain }) => domain === ERROR_DOMAIN);
  return {
    code: code ?? 0,
    message: message ?? '',
    reason: ours?.reason ?? '',
    metadata: { ...ours?.metadata },
    violations: requests.flatMap(({ fieldViolations }) =>
      fieldViolations.map(({ field, description }) => ({
        field: field ?? '',
        description: description ?? '',
      })),
    ),
  };
}
