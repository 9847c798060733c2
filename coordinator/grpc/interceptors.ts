import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { CERTIFICATION_METHODS } from '../../api/wire/service.js';
import { unauthenticated, type Tokens } from '../../adapters/http/tokens.js';
import { statusOf, type CallStatus, type Report } from './errors.js';

/** Whoever asks whether we are well need not say who he is: a load balancer has no token. */
const FREE = '/grpc.health.v1.Health/';

/** Lets nobody without a token reach a handler, of whichever service; the token is not passed on. */
export function authentication(
  tokens: Tokens,
  report: Report,
  onRefused: (where: string) => void,
): ServerInterceptor {
  return (method, call) => {
    if (method.path.startsWith(FREE)) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const [header, ...more] = metadata.get('authorization').map(String);
            metadata.remove('authorization');
            void tokens.accept(more.length > 0 ? undefined : header).then((accepted) => {
              if (accepted) {
                pass(metadata);
                return;
              }
              onRefused(method.path);
              call.sendStatus(statusOf(unauthenticated(), report));
            });
          },
        }),
    });
  };
}

type OpenCall = Parameters<ServerInterceptor>[1];

/**
 * Calls that last until the client ends them: watches, of whichever service. A server that shuts down would wait for them for ever;
 * the others end by themselves.
 */
export class EndlessCalls {
  private readonly open = new Set<OpenCall>();

  readonly interceptor: ServerInterceptor = (method, call) => {
    const endless = method.responseStream && method.path !== CERTIFICATION_METHODS.streamCertificates.path;
    if (!endless) return new ServerInterceptingCall(call);
    this.open.add(call);
    // grpc-js calls onCancel at the end of every call, however it came.
    return new ServerInterceptingCall(call, {
      start: (next) => next({ onCancel: () => this.open.delete(call) }),
    });
  };

  end(status: CallStatus): void {
    for (const call of this.open) call.sendStatus(status);
  }
}
