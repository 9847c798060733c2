import { afterAll, beforeAll, describe } from 'vitest';

import type { Entry, VoteLedger } from '../../shared/ports/vote-ledger.js';
import type { Task } from '../../shared/ports/task-queue.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { FINGERPRINT } from '../support/jobs.js';
import { NatsServer, hasNatsServer, type NatsServerOptions } from '../harness/nats-server.js';
import { never } from '../support/never.js';

export const DIGEST = 'ab'.repeat(32);

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

export const taskOf = (name: string, job = 'j-1'): Task => ({
  name,
  job,
  shards: [{ image: 3, begin: 0, end: 64 }],
});

export function recordOf(task: string, shards = 1): LedgerRecord {
  const counted = Array.from({ length: shards }, (_, image) => ({
    shard: { image, begin: 0, end: 64 },
    micros: 1,
    counts: { classes: [0, 300], votes: [61, 2], invalid: 1 },
  }));
  return {
    jobDigest: DIGEST,
    fingerprint: FINGERPRINT,
    task,
    counted,
    failed: [],
    returned: [],
    dropped: [],
    failedImages: [],
    cancelled: false,
  };
}

/** The next `count` entries behind `after`. */
export async function take(ledger: VoteLedger, after: number, count: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of ledger.read(after, never)) {
    entries.push(entry);
    if (entries.length === count) break;
  }
  return entries;
}

export const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, k) => from + k);

/** What was called with, and a promise of the next call. */
export class Heard<T> {
  readonly all: T[] = [];
  private waiting: ((value: T) => void)[] = [];
  readonly hear = (value: T): void => {
    this.all.push(value);
    for (const resolve of this.waiting.splice(0)) resolve(value);
  };
  next(): Promise<T> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
