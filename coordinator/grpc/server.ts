import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Address } from '../../adapters/http/address.js';
import { listen, type Listener } from '../../adapters/http/listen.js';
import type { Tls, TlsContents } from '../../adapters/http/tls.js';
import type { Tokens } from '../../adapters/http/tokens.js';
import { NO_METRICS, type Metrics } from '../../shared/telemetry/metrics.js';
import type { CertificationService } from '../jobs/certification-service.js';
import { CERTIFICATION_DEFINITION, MOST_MESSAGE_BYTES } from './definition.js';
import { statusOf, type Report } from './call-status.js';
import { CallPlaces, FIRST_CALLS, MOST_CALLS } from './call-places.js';
import { handlersOf } from './handlers.js';
import { Health } from './health.js';
import { authentication, EndlessCalls } from './interceptors.js';
import { metering } from './metering.js';
import { addReflection } from './reflection.js';
import { UPLOAD_LIMITS, type UploadLimits } from './upload-call.js';
import { OpenStreams, watchStreams } from './watched-streams.js';

export interface GrpcServerOptions {
  readonly service: CertificationService;
  readonly address: Address;
  /** Null: in clear text. */
  readonly tls: Tls | null;
  /** Null: whoever reaches the address is let in. */
  readonly tokens: Tokens | null;
  readonly report: Report;
  /** Called with the method of every call that was refused for want of a valid token: for a log. */
  readonly onRefused?: (where: string) => void;
  /** Called with the error of every upload that was refused: for a log. */
  readonly onUploadRefused?: Report;
  readonly uploads?: UploadLimits;
  readonly metrics?: Metrics<'coordinator'>;
}

/** A client that is silent for `time` is asked for a sign of life; its connection ends after another `timeout`. */
const KEEPALIVE_MS = { time: 30_000, timeout: 10_000 };

/** Serves the certification service over gRPC, with grpc.health.v1 and reflection. */
export class GrpcServer {
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly server: Server,
    private readonly listener: Listener,
    private readonly health: Health,
    private readonly endless: EndlessCalls,
    private readonly places: CallPlaces,
    private readonly streams: OpenStreams,
    private readonly report: Report,
  ) {}

  /** Starts a server that listens. @throws SmoothcertError OPTION_INVALID if the address cannot be listened on */
  static async start(options: GrpcServerOptions): Promise<GrpcServer> {
    const { service, tokens, report, metrics = NO_METRICS, uploads = UPLOAD_LIMITS } = options;
    const { onRefused = () => undefined, onUploadRefused = () => undefined } = options;
    const endless = new EndlessCalls();
    const places = new CallPlaces(tokens !== null);
    const streams = new OpenStreams();
    const health = new Health(service);
    const server = new Server({
      ...SERVER_OPTIONS,
      'grpc.max_concurrent_streams': tokens ? FIRST_CALLS : MOST_CALLS,
      interceptors: [
        metering(metrics),
        ...(tokens ? [authentication(tokens, report, onRefused, places)] : []),
        endless.interceptor,
        places.interceptor,
      ],
    });
    server.addService(
      CERTIFICATION_DEFINITION,
      handlersOf(service, { limits: uploads, onRefused: onUploadRefused }, report),
    );
    health.addTo(server);
    try {
      await addReflection(server);
      // A socket of our own: grpc-js has no limit of connections, and says only in prose why it cannot listen.
      const socket = createServer({ noDelay: true }, injecting(server, options.tls, places, streams));
      const listener = await listen(socket, options.address, 'The gRPC service');
      return new GrpcServer(server, listener, health, endless, places, streams, report);
    } catch (error) {
      health.close();
      server.forceShutdown();
      throw error;
    }
  }

  /** Where it listens, with the port that was chosen if none was given. */
  get address(): Address {
    return this.listener.address;
  }

  /** How many calls are open of each kind that is bounded. */
  get openCalls(): CallPlaces['open'] {
    return this.places.open;
  }

  /** Reports NOT_SERVING, takes no more calls, ends the watches, and waits up to `graceMs` for the other calls before it ends them, too. */
  close(graceMs: number): Promise<void> {
    this.closing ??= this.shutDown(graceMs);
    return this.closing;
  }

  private async shutDown(graceMs: number): Promise<void> {
    this.health.close();
    this.listener.stop();
    this.endless.end(statusOf(goingDown(), this.report));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
    const told = new Promise<void>((resolve) => this.server.tryShutdown(() => resolve()));
    // From Node 24 on grpc-js calls a session closed that has open calls, because Node has begun to close it.
    await Promise.race([told.then(() => this.streams.ended()), grace]);
    clearTimeout(timer);
    this.server.forceShutdown();
    await this.listener.end();
  }
}

const SERVER_OPTIONS: ServerOptions = {
  'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
  'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': KEEPALIVE_MS.time,
  'grpc.keepalive_timeout_ms': KEEPALIVE_MS.timeout,
};

/** Passes connections to the server, each with the certificates that the files hold at that moment. */
function injecting(
  server: Server,
  tls: Tls | null,
  places: CallPlaces,
  streams: OpenStreams,
): (connection: Socket) => void {
  const injectorOf = (contents: TlsContents | null) => {
    const made = server.createConnectionInjector(credentialsOf(contents));
    watchStreams(server, places, streams);
    return made;
  };
  let used = tls?.current() ?? null;
  let injector = injectorOf(used);
  return (connection) => {
    const now = tls?.current() ?? null;
    if (now !== used) {
      used = now;
      // The injector before keeps its connections; the server ends those of both.
      injector = injectorOf(now);
    }
    injector.injectConnection(connection);
  };
}

function credentialsOf(tls: TlsContents | null): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const pair = { private_key: tls.key, cert_chain: tls.cert };
  return ServerCredentials.createSsl(tls.clientCa, [pair], tls.clientCa !== null);
}

function goingDown(): SmoothcertError {
  return new SmoothcertError(
    'NOT_SERVING',
    'This coordinator is shutting down.',
    'Call again: another one, or this one after its restart, goes on with the same jobs.',
  );
}
