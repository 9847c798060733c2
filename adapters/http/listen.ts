import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { SmoothcertError } from '../../shared/errors.js';
import { showAddress, type Address } from './address.js';

/** Connections of one server; further ones wait in the system's queue, or are refused. A cluster has up to 1,000 workers. */
const MOST_CONNECTIONS = 4_096;

/** Why a server cannot listen at an address, by the system's error code, as the end of a sentence. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use by another process',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'the name of the host cannot be looked up',
};

/** A server that listens, and its connections. */
export interface Listener {
  readonly address: Address;
  /** Accepts no more connections; open ones stay open. */
  stop(): void;
  /** Ends the open connections, and resolves once there is none. */
  end(): Promise<void>;
}

/**
 * Lets a server listen. @param what the server in words, with its article, for the error
 * @throws SmoothcertError OPTION_INVALID if it cannot listen at the address
 */
export async function listen(server: Server, address: Address, what: string): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  try {
    server.listen(address.port, address.host);
    await once(server, 'listening');
  } catch (error) {
    throw unavailable(address, what, error);
  }
  // From here on an error is a connection that could not be accepted for want of file handles: only that client is refused.
  server.on('error', () => undefined);
  const { port } = server.address() as AddressInfo;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const stop = () => {
    if (server.listening) server.close();
  };
  return {
    address: { host: address.host, port },
    stop,
    end: async () => {
      stop();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function unavailable(address: Address, what: string, cause: unknown): SmoothcertError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new SmoothcertError(
    'OPTION_INVALID',
    `${what} cannot listen at ${showAddress(address)}: ${REASONS[code] ?? `the system says ${code}`}.`,
    'Give it another address, or see what else listens there.',
    { cause },
  );
}
