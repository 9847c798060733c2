import { afterAll, beforeAll, describe } from 'vitest';

import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NatsServer, hasNatsServer, type NatsServerOptions } from '../harness/nats-server.js';
import { MALFORMED } from '../support/stored-state.js';

/** Tests against one nats-server of their own; skipped where there is none to run. */
export function describeNats(
  name: string,
  tests: (server: () => NatsServer) => void,
  options: NatsServerOptions = {},
): void {
  describe.skipIf(!hasNatsServer)(name, () => {
    let server: NatsServer;
    beforeAll(async () => {
      server = await NatsServer.start(options);
    });
    afterAll(() => server[Symbol.asyncDispose]());
    tests(() => server);
  });
}

/** Sends all of `MALFORMED` to each of the subjects; resolves once the server has handed them on and all links have read them. */
export async function sendMalformed(
  from: NatsLink,
  subjects: readonly string[],
  to: NatsLink,
): Promise<void> {
  for (const subject of subjects) for (const bytes of MALFORMED) from.connection.publish(subject, bytes);
  await from.connection.flush();
  await to.connection.flush();
}
