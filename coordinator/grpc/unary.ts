import type { handleUnaryCall, Metadata, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Method } from '../../api/wire/service.js';
import { statusOf, type Report, type StatusCodes } from './errors.js';

type Call = ServerUnaryCall<Buffer, Buffer>;

/**
 * A handler of one request and one answer. It decodes, asks, encodes; whatever fails on the way becomes the call's status.
 * @param exceptions status codes that this method has for codes of ours
 */
export function unary<Q, ReadQ, A, ReadA>(
  method: Method<Q, ReadQ, A, ReadA>,
  answer: (request: ReadQ, metadata: Metadata) => Promise<A>,
  report: Report,
  exceptions: StatusCodes = {},
): handleUnaryCall<Buffer, Buffer> {
  const respond = async ({ request, metadata }: Call, callback: sendUnaryData<Buffer>): Promise<void> => {
    let response: Buffer;
    try {
      response = method.response.encode(await answer(method.request.decode(request), metadata));
    } catch (error) {
      callback(statusOf(error, report, exceptions));
      return;
    }
    callback(null, response);
  };
  return (call, callback) => void respond(call, callback);
}
