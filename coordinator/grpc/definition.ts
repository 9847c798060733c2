import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { CERTIFICATION_METHODS, type MethodName } from '../../api/wire/service.js';

/** Fully qualified name of the service, as health checks and reflection have it. */
export const SERVICE_NAME = 'smoothcert.v1.CertificationService';

/** Bytes of a message, either way: workers' artifacts pass in pieces of 1 MiB. */
export const MOST_MESSAGE_BYTES = 4 * 2 ** 20;

type BytesMethod = MethodDefinition<Buffer, Buffer>;
const asItIs = (bytes: Buffer): Buffer => bytes;

/**
 * The service as grpc-js knows it: bytes in, bytes out. Handlers decode them, so that bytes which are no message are answered like any
 * other wrong request (grpc-js would say INTERNAL).
 */
export const CERTIFICATION_DEFINITION = Object.fromEntries(
  Object.entries(CERTIFICATION_METHODS).map(([name, { path, requestStream, responseStream }]) => [
    name,
    {
      path,
      requestStream,
      responseStream,
      requestSerialize: asItIs,
      requestDeserialize: asItIs,
      responseSerialize: asItIs,
      responseDeserialize: asItIs,
    } satisfies BytesMethod,
  ]),
) as Record<MethodName, BytesMethod> satisfies ServiceDefinition;
