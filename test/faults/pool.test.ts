import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localJob, poolFor, project, type LocalJob } from '../harness/local-job.js';
import { isAlive, signalTo } from '../harness/processes.js';

/** 3 to 5 ms a sample: a shard of 64 takes long enough to be killed in. */
const SLOW = {
  model: project('test/fixtures/models/slow.onnx'),
  data: project('test/fixtures/models/images.npz'),
};
const SHARD = { image: 0, begin: 0, end: 64 };

let local: LocalJob;
beforeAll(async () => {
  local = await localJob(SLOW);
});
afterAll(() => local[Symbol.asyncDispose]());

test('two shards are in flight for a child, and their counts do not depend on what shared their batches', async () => {
  const pool = poolFor(local);
  const together = await Promise.all([pool.draw(SHARD), pool.draw({ image: 1, begin: 64, end: 100 })]);
  const alone = await pool.draw(SHARD);
  await pool.close();
  expect(together[0]).toMatchObject({ kind: 'counted' });
  expect(together[1]).toMatchObject({ kind: 'counted' });
  expect(alone).toMatchObject({ counts: (together[0] as { counts: unknown }).counts });
});

test('a shard is blamed only for deaths while it is drawn alone, and only after five SIGKILLs', async () => {
  const deaths = new EventEmitter();
  const pool = poolFor(local, { onDeath: (how) => deaths.emit('death', how) });
  const drawn = pool.draw(SHARD);
  const pids: number[] = [];
  for (let death = 0; death < 6; death++) {
    const [pid] = await pidWhile(() => pool.pids.filter((p) => !pids.includes(p)));
    pids.push(pid!);
    const died = once(deaths, 'death');
    signalTo(pid!, 'SIGKILL');
    expect(await died).toEqual(['SIGKILL']);
  }
  const outcome = await Promise.race([drawn, pool.draw({ image: 1, begin: 0, end: 64 })]);
  await pool.close();
  expect(pids).toHaveLength(6);
  expect(outcome.kind).toBe('counted');
  expect(await Promise.all(pids.map(isAlive))).not.toContain(true);
});

/** The first non-empty answer, asked again each turn of the event loop. */
async function pidWhile(ask: () => number[]): Promise<number[]> {
  for (;;) {
    const pids = ask();
    if (pids.length > 0) return pids;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('drained: what is not drawn is handed back, and all pids are gone after close', async () => {
  const pool = poolFor(local, { processes: 2 });
  const first = await pool.draw(SHARD);
  const pids = pool.pids;
  const draws = [1, 2, 3, 4, 5, 6].map((image) => pool.draw({ image, begin: 0, end: 64 }));
  pool.drain();
  const outcomes = await Promise.all(draws);
  await pool.close();
  expect(first.kind).toBe('counted');
  expect(outcomes.map(({ kind }) => kind)).toContain('returned');
  expect(pids).toHaveLength(2);
  expect(await Promise.all(pids.map(isAlive))).toEqual([false, false]);
});

test('images that are decided are dropped between two batches', async () => {
  const pool = poolFor(local);
  const draws = [0, 1, 2].map((image) => pool.draw({ image, begin: 1024, end: 2048 }));
  await pool.draw({ image: 0, begin: 0, end: 0 + 64 }).catch(() => undefined);
  pool.stop([0, 1, 2]);
  const outcomes = await Promise.all(draws);
  await pool.close();
  expect(outcomes.map(({ kind }) => kind)).toContain('dropped');
});

test('a child with another fingerprint breaks the pool instead of drawing', async () => {
  const pool = poolFor(local, { fingerprint: '00'.repeat(32) });
  await expect(pool.broken).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
  await pool.close();
});
