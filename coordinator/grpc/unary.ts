import type { handleUnaryCall, Metadata, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Method } from '../../api/wire/service.js';
import { statusOf, type Report, type StatusCodes } from './call-status.js';

type Call = ServerUnaryCall<Buffer, Buffer>;

/**
 * Makes the handler of a method with one request and one answer. Whatever fails becomes the status of the call.
 * @param exceptions status codes that this method has for some of our codes
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
