import type { IncomingHttpHeaders, Http2Server, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { SmoothcertError } from '../../shared/errors.js';
import type { CallPlaces } from './call-places.js';

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** The streams that are open. */
export class OpenStreams {
  private count = 0;
  private waiting: (() => void)[] = [];

  add(stream: { once(event: 'close', listener: () => void): unknown }): void {
    this.count += 1;
    stream.once('close', () => {
      this.count -= 1;
      if (this.count > 0) return;
      for (const resolve of this.waiting.splice(0)) resolve();
    });
  }

  /** Resolves once none is open. */
  ended(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/**
 * Has every stream of the newest HTTP/2 server of a gRPC server pass through the places, and notes it among the open ones. grpc-js has no
 * public way to its HTTP/2 servers; its version is pinned, and another one that keeps them elsewhere is an error here and not a door
 * without bounds.
 * @throws SmoothcertError INTERNAL if this version of grpc-js keeps them elsewhere
 */
export function watchStreams(server: Server, places: CallPlaces, open: OpenStreams): void {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  const newest = http2Servers instanceof Map ? ([...http2Servers.keys()].at(-1) as Http2Server) : undefined;
  const [serve, ...more] = (newest?.listeners('stream') ?? []) as Serve[];
  if (!newest || !serve || more.length > 0) {
    throw new SmoothcertError(
      'INTERNAL',
      'This version of @grpc/grpc-js does not let its streams be counted.',
      'Install smoothcert again, with the versions of its package-lock.json.',
    );
  }
  newest.removeAllListeners('stream');
  newest.on('stream', (stream, headers, flags) => {
    open.add(stream);
    places.enter(stream, headers[':path'] ?? '', () => serve(stream, headers, flags));
  });
}
