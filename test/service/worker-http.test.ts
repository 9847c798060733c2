import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';

import { runCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { scrape } from '../support/scrape.js';

/** Where a worker listens, before it has found NATS: there is none. */
const USUAL_PORT = 9465;
const nowhere = async () => ['--nats', `127.0.0.1:${await freePort()}`];

const taken = createServer();
afterEach(() => void taken.close());

/** Resolves once this process has the port, which a worker of another test may have until it ends. */
async function take(port: number): Promise<number> {
  for (;;) {
    taken.listen(port, '127.0.0.1');
    const has = await once(taken, 'listening').then(
      () => true,
      () => false,
    );
    if (has) return port;
    await delay(100);
  }
}

test('a worker whose usual port is in use listens at a free one, and says where', async () => {
  await take(USUAL_PORT);
  await using worker = new Part('worker', ['worker', ...(await nowhere())]);
  await worker.says(/ warn Port 9465 is in use: health and metrics are at http:\/\/127\.0\.0\.1:\d+; /);
  const [, at] = /http:\/\/([\d.:]+);/.exec(worker.log)!;
  expect((await scrape(at!)).value('smoothcert_nats_connected')).toBe(0);
  expect((await fetch(`http://${at!}/livez`)).status).toBe(200);
  const unready = await fetch(`http://${at!}/readyz`);
  expect([unready.status, await unready.text()]).toEqual([503, 'NATS cannot be reached.\n']);
});

test('one that is told where to listen does so without TLS or tokens, or says why it cannot', async () => {
  const everywhere = `0.0.0.0:${await freePort()}`;
  await using worker = new Part('worker', ['worker', ...(await nowhere()), '--http', everywhere]);
  await worker.says(/Health and metrics at /);
  expect((await fetch(`http://127.0.0.1:${everywhere.split(':')[1]!}/livez`)).status).toBe(200);
  const port = await take(await freePort());
  const args = ['worker', ...(await nowhere()), '--http', `127.0.0.1:${port}`];
  const { code, stderr } = await runCommand(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^Error OPTION_INVALID: The HTTP server cannot listen at .*: it is in use by another process\./m,
  );
});
