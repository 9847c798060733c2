import { smoothcert } from '../../shared/wire/generated.js';
import { decodeMessage, type MessageType } from '../../shared/wire/codec.js';

const wire = smoothcert.v1;

/** A message of the service as bytes and back. 64-bit fields are numbers, exact or refused. */
export interface ServiceMessage<Written, Read> {
  encode(message: Written): Buffer;
  /** @throws SmoothcertError MESSAGE_MALFORMED */
  decode(bytes: Uint8Array): Read;
}

export interface Method<Q, ReadQ, A, ReadA> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly request: ServiceMessage<Q, ReadQ>;
  readonly response: ServiceMessage<A, ReadA>;
}

/** The methods of smoothcert.v1.CertificationService, for whatever carries them. */
export const CERTIFICATION_METHODS = {
  createJob: method('CreateJob', wire.CreateJobRequest, wire.CreateJobResponse),
  getJob: method('GetJob', wire.GetJobRequest, wire.GetJobResponse),
  listJobs: method('ListJobs', wire.ListJobsRequest, wire.ListJobsResponse),
  watchJob: method('WatchJob', wire.WatchJobRequest, wire.WatchJobResponse, 'response'),
  streamCertificates: method(
    'StreamCertificates',
    wire.StreamCertificatesRequest,
    wire.StreamCertificatesResponse,
    'response',
  ),
  cancelJob: method('CancelJob', wire.CancelJobRequest, wire.CancelJobResponse),
  listWorkers: method('ListWorkers', wire.ListWorkersRequest, wire.ListWorkersResponse),
  getArtifact: method('GetArtifact', wire.GetArtifactRequest, wire.GetArtifactResponse),
  listArtifacts: method('ListArtifacts', wire.ListArtifactsRequest, wire.ListArtifactsResponse),
  putArtifact: method('PutArtifact', wire.PutArtifactRequest, wire.PutArtifactResponse, 'request'),
} as const;

export type MethodName = keyof typeof CERTIFICATION_METHODS;
type Methods = typeof CERTIFICATION_METHODS;
/** Types of requests and answers: as a program writes them, and as it reads them. */
export type RequestOf<M extends MethodName> = Parameters<Methods[M]['request']['encode']>[0];
export type ReadRequestOf<M extends MethodName> = ReturnType<Methods[M]['request']['decode']>;
export type ResponseOf<M extends MethodName> = Parameters<Methods[M]['response']['encode']>[0];
export type ReadResponseOf<M extends MethodName> = ReturnType<Methods[M]['response']['decode']>;

function method<Q, ReadQ extends object, A, ReadA extends object>(
  name: string,
  request: MessageType<Q, ReadQ>,
  response: MessageType<A, ReadA>,
  streamed: 'request' | 'response' | null = null,
): Method<Q, ReadQ, A, ReadA> {
  return {
    path: `/smoothcert.v1.CertificationService/${name}`,
    requestStream: streamed === 'request',
    responseStream: streamed === 'response',
    request: messageOf(`a request of ${name}`, request),
    response: messageOf(`an answer of ${name}`, response),
  };
}

function messageOf<Written, Read extends object>(
  what: string,
  type: MessageType<Written, Read>,
): ServiceMessage<Written, Read> {
  return {
    encode: (message) => {
      const bytes = type.encode(message).finish();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    decode: (bytes) => decodeMessage(what, type, bytes),
  };
}
