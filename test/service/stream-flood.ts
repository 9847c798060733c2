import { once } from 'node:events';
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import type { Address } from '../../adapters/http/address.js';

/** An empty message of gRPC: not compressed, of length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** How a stranger opens streams and leaves them open. */
export interface Flood {
  readonly path: string;
  readonly token?: string;
  /** Sends one empty message and ends the request: the call lasts all the same. */
  readonly message?: boolean;
  /** The server leaves the calls open without an answer: it is enough that it has seen them. */
  readonly unanswered?: boolean;
  readonly connections: number;
  /** On each connection. */
  readonly streams: number;
}

/** How streams fared. */
export interface Fared {
  answered: number;
  /** Streams that the server has closed. */
  closed: number;
}

/** Streams that a stranger holds open; `end` ends its connections. */
export class StreamFlood {
  private readonly sessions: ClientHttp2Session[] = [];
  readonly fared: Fared = { answered: 0, closed: 0 };

  constructor(
    private readonly address: Address,
    private readonly flood: Flood,
  ) {}

  /** Opens all streams, connection by connection. Resolves once the server has closed, answered or at least seen each. */
  async open(): Promise<void> {
    for (let i = 0; i < this.flood.connections; i++) await this.openConnection();
  }

  /** Connections that the server has not ended. */
  get openConnections(): number {
    return this.openSessions().length;
  }

  async end(): Promise<void> {
    const open = this.openSessions();
    const ends = open.map((session) => once(session, 'close'));
    for (const session of open) session.destroy();
    await Promise.all(ends);
  }

  private openSessions(): ClientHttp2Session[] {
    return this.sessions.filter((session) => !session.closed && !session.destroyed);
  }

  private async openConnection(): Promise<void> {
    const { host, port } = this.address;
    const session = connect(`http://${host}:${port}`);
    session.on('error', () => undefined);
    this.sessions.push(session);
    await once(session, 'remoteSettings');
    const streams = Array.from({ length: this.flood.streams }, () => this.openStream(session));
    await (this.flood.unanswered ? roundTrip(session) : Promise.all(streams));
  }

  private openStream(session: ClientHttp2Session): Promise<void> {
    if (session.closed || session.destroyed) return Promise.resolve();
    const { path, token, message } = this.flood;
    const headers: OutgoingHttpHeaders = {
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const stream = session.request(headers, { endStream: false });
    stream.on('error', () => undefined);
    if (message) stream.end(EMPTY_MESSAGE);
    stream.resume();
    return new Promise((resolve) => {
      stream.once('response', () => {
        this.fared.answered += 1;
        resolve();
      });
      stream.once('close', () => {
        this.fared.closed += 1;
        resolve();
      });
    });
  }
}

/** Resolves once the server has answered a ping, and so has seen what was sent before it, or has ended the connection. */
function roundTrip(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.destroyed || !session.ping(() => resolve())) resolve();
  });
}
