import { Metadata, status } from '@grpc/grpc-js';
import { RequestError, type ErrorCode } from '../../shared/errors.js';
import { sentence } from '../../shared/wire/codec.js';
import { callStatusOf } from '../../api/call-statuses.js';
import { encodeRichStatus } from '../../api/wire/service.js';
import { knownFault } from '../jobs/service-errors.js';

/** The end of a call that failed, as grpc-js takes it. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Called with every error that is not the client's fault: for a log. */
export type Report = (error: unknown) => void;

export type StatusCodes = Readonly<Partial<Record<ErrorCode, status>>>;

/** Bytes of the message as the header has it: clients accept 8 KiB of headers in all, and the details of the error need most of them. */
const MAX_HEADER_BYTES = 1_000;

/**
 * Returns the status of an error, with google.rpc.Status in its trailer: an ErrorInfo (reason: our code, metadata: remedy), and a BadRequest
 * if fields are wrong. An error without a code of ours is reported, and the client is told INTERNAL only.
 * @param exceptions status codes that this method has for some of our codes
 */
export function statusOf(error: unknown, report: Report, exceptions: StatusCodes = {}): CallStatus {
  const known = knownFault(error);
  if (known.exitCode === 1) report(error);
  const code = exceptions[known.code] ?? status[callStatusOf(known.code).grpc];
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
