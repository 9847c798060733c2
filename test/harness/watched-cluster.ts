import { setTimeout as delay } from 'node:timers/promises';
import { scrape, type Scrape } from '../support/scrape.js';
import { Cluster } from './cluster.js';
import { freePort } from './nats-server.js';
import type { Part } from './parts.js';

const POLL_MS = 50;

/** The fields of a row of results.jsonl that a test reads. */
export interface Row {
  readonly outcome: string;
  readonly samples: number;
  readonly looks: readonly unknown[];
}
export const rowsIn = (text: string): Row[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

/** A cluster whose workers say how they are where a test asks them. */
export async function watched(names: readonly string[]) {
  const cluster = await Cluster.start({}, { ackWait: 1, lease: 1 });
  const coordinator = await cluster.coordinator();
  const workers: (Part & { http: string })[] = [];
  for (const name of names) {
    const http = `127.0.0.1:${await freePort()}`;
    workers.push(Object.assign(cluster.worker(name, ['--http', http]), { http }));
  }
  await Promise.all([coordinator.says(/Serving/), ...workers.map((part) => part.says(/Ready/))]);
  return { cluster, coordinator, workers, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}

/** Resolves with what a process shows once a condition holds of it. */
export async function until(at: string, condition: (now: Scrape) => boolean): Promise<Scrape> {
  for (;;) {
    const now = await scrape(at).catch(() => null);
    if (now && condition(now)) return now;
    await delay(POLL_MS);
  }
}
