import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CallPlaces } from './call-places.js';
import { OpenStreams, watchStreams } from './watched-streams.js';

describe('streams of a gRPC server', () => {
  it('cannot be watched where it has no HTTP/2 server, and can where it has one', () => {
    const server = new Server();
    const places = new CallPlaces(true);
    expect(() => watchStreams(server, places, new OpenStreams())).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }) as Error,
    );
    server.createConnectionInjector(ServerCredentials.createInsecure());
    watchStreams(server, places, new OpenStreams());
    server.forceShutdown();
  });

  it('are waited for until the last one is closed', async () => {
    const open = new OpenStreams();
    await open.ended();
    const streams = [new EventEmitter(), new EventEmitter()];
    for (const stream of streams) open.add(stream);
    let ended = false;
    const waiting = open.ended().then(() => (ended = true));
    streams[0]!.emit('close');
    await Promise.resolve();
    expect(ended).toBe(false);
    streams[1]!.emit('close');
    await waiting;
    expect(ended).toBe(true);
  });
});
