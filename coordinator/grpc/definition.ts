import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { CERTIFICATION_METHODS, type MethodName } from '../../api/wire/service.js';

/** Fully qualified name of the service, as health checks and reflection use it. */
export const SERVICE_NAME = 'smoothcert.v1.CertificationService';

/** Bytes of a message in either direction: artifacts pass in pieces of 1 MiB. */
export const MOST_MESSAGE_BYTES = 4 * 2 ** 20;

type BytesMethod = MethodDefinition<Buffer, Buffer>;
const unchanged = (bytes: Buffer): Buffer => bytes;

/**
 * The service as grpc-js knows it: bytes in, bytes out. Handlers decode them, so that bytes which are no message are answered with
 * INVALID_ARGUMENT like any other wrong request; grpc-js would answer INTERNAL.
 */
export const CERTIFICATION_DEFINITION = Object.fromEntries(
  Object.entries(CERTIFICATION_METHODS).map(([name, { path, requestStream, responseStream }]) => [
    name,
    {
      path,
      requestStream,
      responseStream,
      requestSerialize: unchanged,
      requestDeserialize: unchanged,
      responseSerialize: unchanged,
      responseDeserialize: unchanged,
    } satisfies BytesMethod,
  ]),
) as Record<MethodName, BytesMethod> satisfies ServiceDefinition;
