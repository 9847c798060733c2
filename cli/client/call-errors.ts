import { status, type ServiceError } from '@grpc/grpc-js';
import { SmoothcertError, isErrorCode, type FieldFault } from '../../shared/errors.js';
import { decodeRichStatus, type RichStatus } from '../../api/wire/service.js';

/** Trailer that holds google.rpc.Status. */
export const DETAILS_KEY = 'grpc-status-details-bin';

/** The flags that set the fields of a request, by the path of the field or of the message that it is in. */
const FLAGS: Readonly<Record<string, string>> = {
  'spec.model': '--model',
  'spec.data': '--data',
  'spec.images': '--images',
  'spec.noise': '--noise',
  'spec.sigma': '--sigma',
  'spec.seed': '--seed',
  'spec.alpha': '--alpha',
  'spec.normalisation.input_scale': '--input-scale',
  'spec.normalisation.mean': '--mean',
  'spec.normalisation.std': '--std',
  'spec.layout': '--layout',
  'spec.output': '--output',
  'spec.batch': '--batch',
  'spec.device': '--device',
  'spec.bound': '--bound',
  'spec.gain': '--min-gain',
  'spec.two_stage': '--min-gain',
  'spec.target': '--radii',
  'spec.fixed': '--n0',
  'spec.max_samples': '--max-samples',
  request_id: '--request-id',
  'upload.artifact': 'the file',
  page_size: '--limit',
  id: 'the id',
};

/** Returns the error of a call, in the words of the server or of the connection. @param address host:port */
export function errorOf(error: unknown, address: string): SmoothcertError {
  if (error instanceof SmoothcertError) return error;
  if (!isServiceError(error)) return unforeseen(error, address);
  const rich = richStatusOf(error);
  if (rich === null || !isErrorCode(rich.reason)) return byStatus(error, address);
  const [fault] = rich.violations;
  const message = rich.reason === 'REQUEST_INVALID' && fault ? faultSentence(fault) : rich.message;
  const { remedy = '' } = rich.metadata;
  return new SmoothcertError(rich.reason, message || error.details, remedy, { cause: error });
}

/** Returns a sentence that begins with the flag of the field, where it has one. */
function faultSentence({ field, description }: FieldFault): string {
  const holds = (path: string) =>
    field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
  const found = Object.entries(FLAGS).find(([path]) => holds(path));
  return `${found ? `${found[1]} (${field})` : field} ${description}.`;
}

function richStatusOf(error: ServiceError): RichStatus | null {
  // The type promises metadata; an error made on this side has none.
  const [bytes] = (error.metadata as ServiceError['metadata'] | undefined)?.get(DETAILS_KEY) ?? [];
  if (!Buffer.isBuffer(bytes)) return null;
  try {
    return decodeRichStatus(bytes);
  } catch {
    return null;
  }
}

/**
 * A status without our details: our servers send none, so it comes from gRPC, from something between, or from another server. A
 * server that is killed in the middle of a call ends it as unavailable, cancelled or internal, as it happens.
 */
function byStatus(error: ServiceError, address: string): SmoothcertError {
  // The libraries below say what they know, over several lines, with positions in their sources.
  const said = error.details
    .replace(/\s+/g, ' ')
    .replace(/ ?(\(\d{4}-\S+Z\)\.?|Resolution note: ?)/g, '')
    .replace(/[ .]+$/, '');
  const make = BY_STATUS[error.code];
  if (make === undefined) return unforeseen(error, address);
  const [code, message, remedy] = make(address, said);
  return new SmoothcertError(code, message, remedy, { cause: error });
}

type Said = [code: SmoothcertError['code'], message: string, remedy: string];
type Sayer = (address: string, said: string) => Said;

const unreachable: Sayer = (address, said) => [
  'SERVER_UNREACHABLE',
  `No server answers at ${address} (${said}).`,
  'Start one (smoothcert serve), or name another with --server; a server with TLS needs --tls, and --tls-ca where its authority is your own.',
];
const refused: Sayer = (address) => [
  'UNAUTHENTICATED',
  `The server at ${address} refuses these credentials.`,
  'Give its token with --token-file.',
];

const BY_STATUS: Readonly<Partial<Record<status, Sayer>>> = {
  [status.UNAVAILABLE]: unreachable,
  [status.DEADLINE_EXCEEDED]: unreachable,
  [status.CANCELLED]: unreachable,
  [status.INTERNAL]: unreachable,
  [status.ABORTED]: unreachable,
  [status.UNAUTHENTICATED]: refused,
  [status.PERMISSION_DENIED]: refused,
  [status.UNIMPLEMENTED]: (address, said) => [
    'PROTOCOL_MISMATCH',
    `The server at ${address} does not know this call (${said}).`,
    'Check the port, and run the same version of smoothcert everywhere.',
  ],
};

function unforeseen(error: unknown, address: string): SmoothcertError {
  const said = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return new SmoothcertError(
    'INTERNAL',
    `The call to ${address} failed in a way that was not foreseen: ${said}.`,
    'Run again with --verbose and report what it prints. What the server has recorded is not lost.',
    { cause: error },
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.details === 'string';
}
