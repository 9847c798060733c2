// Answers for a node's network: reads one request a line, { id, url, timeoutMs, headers }, and answers with what came, one line each.
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, url, timeoutMs, headers } = JSON.parse(line);
  globalThis
    .fetch(url, { signal: globalThis.AbortSignal.timeout(timeoutMs), headers, redirect: 'manual' })
    .then(async (response) => ({ id, status: response.status, body: await response.text() }))
    .catch((error) => ({ id, status: 0, body: String(error.cause ?? error) }))
    .then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
}
