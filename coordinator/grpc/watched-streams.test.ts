import { Server, ServerCredentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { CallPlaces } from './call-places.js';
import { watchStreams } from './watched-streams.js';

describe('streams of a gRPC server', () => {
  it('cannot be watched where it has no HTTP/2 server, and can where it has one', () => {
    const server = new Server();
    const places = new CallPlaces(true);
    expect(() => watchStreams(server, places)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }) as Error,
    );
    server.createConnectionInjector(ServerCredentials.createInsecure());
    watchStreams(server, places);
    server.forceShutdown();
  });
});
