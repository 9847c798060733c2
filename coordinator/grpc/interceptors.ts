import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { CERTIFICATION_METHODS } from '../../api/wire/service.js';
import { unauthenticated, type Tokens } from '../../adapters/http/tokens.js';
import type { CallPlaces } from './call-places.js';
import { statusOf, type CallStatus, type Report } from './call-status.js';

/** Health checks need no token: a load balancer has none. */
const WITHOUT_TOKEN = '/grpc.health.v1.Health/';

/** Refuses calls without a valid token, of every service of the server. The token is not passed on to handlers. */
export function authentication(
  tokens: Tokens,
  report: Report,
  onRefused: (where: string) => void,
  places: Pick<CallPlaces, 'acceptor'>,
): ServerInterceptor {
  return (method, call) => {
    if (method.path.startsWith(WITHOUT_TOKEN)) return new ServerInterceptingCall(call);
    const accept = places.acceptor();
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const [header, ...more] = metadata.get('authorization').map(String);
            metadata.remove('authorization');
            void tokens.accept(more.length > 0 ? undefined : header).then((accepted) => {
              if (accepted) {
                accept();
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

/** Keeps the calls that last until the client ends them: watches of every service. A server that shuts down would wait for them for ever. */
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
