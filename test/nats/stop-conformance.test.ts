import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';

import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { NatsStopSignal } from '../../adapters/nats/exchange/nats-stop-signal.js';
import { describeStopSignal, type StopPlace } from '../conformance/stop-signal.js';
import { hasNatsServer, NatsServer } from '../harness/nats-server.js';

/** As many as a test connects to one place. */
const CONNECTIONS = 3;

describe.skipIf(!hasNatsServer)('NATS', () => {
  let server: NatsServer;
  let links: NatsLink[];
  beforeAll(async () => {
    server = await NatsServer.start();
    links = await Promise.all(Array.from({ length: CONNECTIONS }, () => server.connect()));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function stopPlace(): Promise<StopPlace> {
    const options = { job: `j-${randomUUID()}`, imageLimit: 60_000, malformed: new MalformedMessages() };
    const free = [...links];
    const views: NatsStopSignal[] = [];
    return Promise.resolve({
      connect: () => {
        const view = new NatsStopSignal(free.shift()!, options);
        views.push(view);
        return view;
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.all(views.map((view) => view.close()));
      },
    });
  }

  describeStopSignal('in NATS', { create: stopPlace });
});
