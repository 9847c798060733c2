import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Method } from '../../api/wire/service.js';
import { CallSignal } from './call-signal.js';
import { statusOf, type Report } from './call-status.js';

type Call = ServerWritableStream<Buffer, Buffer>;

/**
 * Makes the handler of a method with one request and a stream of answers. The next message is asked for when the one before has left this
 * process: nothing is queued for a slow client, and a client that reads nothing costs one message. When the client is gone, the iteration
 * ends.
 * @param messages must end when the signal aborts
 */
export function streaming<Q, ReadQ, A, ReadA>(
  method: Method<Q, ReadQ, A, ReadA>,
  messages: (request: ReadQ, signal: AbortSignal) => AsyncIterable<A>,
  report: Report,
): handleServerStreamingCall<Buffer, Buffer> {
  const respond = async (call: Call): Promise<void> => {
    const caller = new CallSignal(call);
    const { signal } = caller;
    try {
      for await (const message of messages(method.request.decode(call.request), signal)) {
        await send(call, method.response.encode(message), signal);
        if (signal.aborted) return;
      }
      if (!signal.aborted) call.end();
    } catch (error) {
      // grpc-js turns an `error` event into the status of the call, and sends it after what was written before.
      if (!signal.aborted) call.emit('error', statusOf(error, report));
    } finally {
      caller.release();
    }
  };
  return (call) => void respond(call);
}

/** Resolves when the message has left or the signal aborts: grpc-js does not call the callback of a write to a call that has ended. */
function send(call: Call, message: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
    else call.write(message, done);
  });
}
