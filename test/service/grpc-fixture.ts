import { GrpcServer, type GrpcServerOptions } from '../../coordinator/grpc/server.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { RawClient } from './grpc-client.js';
import { MemoryService, viewOf } from './memory-service.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** A job that is there. */
export const JOB = `j-${'1'.repeat(20)}`;

/** A server over TCP, and the service behind it. */
export interface Fixture {
  readonly folder: string;
  readonly service: MemoryService;
  readonly server: GrpcServer;
  readonly client: RawClient;
  /** The errors that the server reported. */
  readonly reported: unknown[];
  /** Ends everything; what the test has ended is ended. */
  close(): Promise<void>;
}

export async function openFixture(
  options: Partial<GrpcServerOptions> = {},
  wrap: (store: ArtifactStore) => ArtifactStore = (store) => store,
): Promise<Fixture> {
  const folder = new TemporaryFolder();
  const service = new MemoryService(wrap(await ArtifactFolder.open(folder.path)));
  service.jobs.set(JOB, viewOf(JOB));
  const reported: unknown[] = [];
  const server = await GrpcServer.start({
    service,
    address: { host: '127.0.0.1', port: 0 },
    tls: null,
    tokens: null,
    report: (error) => void reported.push(error),
    ...options,
  });
  const client = new RawClient(server.address);
  const close = async () => {
    client.close();
    await server.close(0);
    folder[Symbol.dispose]();
  };
  return { folder: folder.path, service, server, client, reported, close };
}
