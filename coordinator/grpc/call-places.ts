import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';

/** How many calls of a kind may be open at a time. */
interface Bounds {
  /** In this process. One more ends the oldest. */
  readonly process: number;
  /** On one connection. One more is refused. */
  readonly connection: number;
}

/**
 * Bounds of the calls that anybody may open, by kind: `health` and `reflection` for as long as they last, `begun` until the call's token is
 * accepted, or, where none is asked for, until its request is there. An open call costs about 10 kB.
 */
export const CALL_BOUNDS = {
  health: { process: 1_024, connection: 16 },
  reflection: { process: 256, connection: 16 },
  begun: { process: 2_048, connection: 1_024 },
} as const satisfies Record<string, Bounds>;

/** Calls at a time on one connection before its first accepted token; further ones wait in the client. */
export const FIRST_CALLS = 32;
/** Calls at a time on one connection; further ones wait in the client. */
export const MOST_CALLS = 1_024;
/** Calls that may fail on a connection before its first accepted token; then the connection ends. */
const MOST_FAILED = 1_024;

/** How long an answer may take to leave before its stream is closed all the same, and how often that is looked at. */
const SEND_MS = { longest: 5_000, step: 20 };

type Kind = keyof typeof CALL_BOUNDS;

/** A connection that calls came over. */
interface Peer {
  accepted: boolean;
  failed: number;
  readonly open: Record<Kind, number>;
}

/** An open call. */
interface Place {
  readonly stream: ServerHttp2Stream;
  readonly peer: Peer;
  /** Null: the call is not bounded any more. */
  kind: Kind | null;
}

/**
 * Keeps the calls that anybody may open within their bounds, and closes the stream of every call that was answered, also where the client
 * has not ended its request. A new call over the bound of the process ends the oldest of its kind and not itself, so a client whose calls
 * are answered at once is served however many calls others leave open.
 */
export class CallPlaces {
  private readonly peers = new WeakMap<Http2Session, Peer>();
  private readonly places: Readonly<Record<Kind, Set<Place>>> = {
    health: new Set(),
    reflection: new Set(),
    begun: new Set(),
  };
  /** The call whose interceptors are being made: that happens within `open`. */
  private opening: Place | null = null;

  /** @param withTokens true: `accept` is called for calls with a token; false: a call is accepted when its request is there */
  constructor(private readonly withTokens: boolean) {}

  /** How many calls of each kind are open in this process. */
  get open(): Readonly<Record<Kind, number>> {
    const { health, reflection, begun } = this.places;
    return { health: health.size, reflection: reflection.size, begun: begun.size };
  }

  /**
   * Opens a call, or refuses its stream. @param serve hands the stream to the server, which makes the interceptors of the call before it returns
   */
  enter(stream: ServerHttp2Stream, path: string, serve: () => void): void {
    const { session } = stream;
    if (!session || stream.destroyed) return;
    const peer = this.peerOf(session);
    const kind = kindOf(path);
    if (peer.open[kind] >= CALL_BOUNDS[kind].connection) {
      refuse(stream);
      this.countFailed(peer, session);
      return;
    }
    const place: Place = { stream, peer, kind };
    this.add(place, kind);
    stream.once('close', () => {
      if (place.kind === 'begun') this.countFailed(peer, session);
      this.leave(place);
    });
    closeWhenAnswered(stream);
    this.opening = place;
    try {
      serve();
    } finally {
      this.opening = null;
    }
  }

  /** Returns a function that says that the call which is being opened has a token that is known. To be called while interceptors are made. */
  acceptor(): () => void {
    const place = this.opening;
    return () => {
      if (place) this.accept(place);
    };
  }

  /** Sees requests where no token is asked for. It must be the last interceptor. */
  readonly interceptor: ServerInterceptor = (_method, call) => {
    if (this.withTokens) return new ServerInterceptingCall(call);
    const accept = this.acceptor();
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMessage: (message, pass) => {
            accept();
            pass(message);
          },
        }),
    });
  };

  private accept(place: Place): void {
    const { peer, stream } = place;
    if (place.kind === 'begun') this.leave(place);
    if (peer.accepted) return;
    peer.accepted = true;
    const { session } = stream;
    if (this.withTokens && session && !session.closed && !session.destroyed) {
      session.settings({ maxConcurrentStreams: MOST_CALLS });
    }
  }

  private add(place: Place, kind: Kind): void {
    const places = this.places[kind];
    places.add(place);
    place.peer.open[kind] += 1;
    if (places.size <= CALL_BOUNDS[kind].process) return;
    // A set keeps the order in which its entries came.
    const [oldest] = places;
    if (!oldest) return;
    this.leave(oldest);
    refuse(oldest.stream);
  }

  private leave(place: Place): void {
    const { kind, peer } = place;
    if (kind === null) return;
    this.places[kind].delete(place);
    peer.open[kind] -= 1;
    place.kind = null;
  }

  private countFailed(peer: Peer, session: Http2Session): void {
    if (peer.accepted) return;
    peer.failed += 1;
    // What is refused is answered, and the answers to a client that reads nothing take memory.
    if (peer.failed >= MOST_FAILED) session.destroy();
  }

  private peerOf(session: Http2Session): Peer {
    const known = this.peers.get(session);
    if (known) return known;
    const peer = { accepted: false, failed: 0, open: { health: 0, reflection: 0, begun: 0 } };
    this.peers.set(session, peer);
    return peer;
  }
}

function kindOf(path: string): Kind {
  if (path.startsWith('/grpc.health.')) return 'health';
  return path.startsWith('/grpc.reflection.') ? 'reflection' : 'begun';
}

/** Ends a call by the code that clients may try again at once. */
function refuse(stream: ServerHttp2Stream): void {
  stream.on('error', () => undefined);
  stream.close(constants.NGHTTP2_REFUSED_STREAM);
}

/** Closes a stream once its answer has left (RFC 9113, 8.1): else it stays open until the client ends its request. */
function closeWhenAnswered(stream: ServerHttp2Stream): void {
  const answered = () => setImmediate(() => closeWhenSent(stream, SEND_MS.longest));
  // grpc-js sends the trailers in its listener to the same event.
  stream.once('wantTrailers', answered);
  stream.once('finish', () => {
    // An answer of headers alone, which hold the status of the call.
    if (stream.headersSent && stream.sentHeaders['grpc-status'] !== undefined) answered();
  });
}

/** @param leftMs how long the answer may still wait for a connection that is slow, or whose client reads nothing */
function closeWhenSent(stream: ServerHttp2Stream, leftMs: number): void {
  if (stream.destroyed || stream.closed) return;
  const { localClose, remoteClose } = stream.state;
  // The client has ended its request: the stream ends by itself.
  if (remoteClose === 1) return;
  if (localClose === 1) stream.close(constants.NGHTTP2_NO_ERROR);
  else if (leftMs <= 0) stream.close(constants.NGHTTP2_CANCEL);
  else setTimeout(() => closeWhenSent(stream, leftMs - SEND_MS.step), SEND_MS.step).unref();
}
