import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localJob, poolFor, project, type LocalJob } from '../harness/local-job.js';
import type { Pool } from '../../worker/pool.js';
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
  await pool.draw(SHARD);
  const poison = { image: 2, begin: 1024, end: 2048 };
  const drawn = pool.draw(poison);
  const pids: number[] = [];
  for (let death = 0; death < 6; death++) {
    const pid = await drawingPid(pool);
    pids.push(pid);
    const died = once(deaths, 'death');
    signalTo(pid, 'SIGKILL');
    expect(await died).toEqual(['SIGKILL']);
  }
  expect(await drawn).toMatchObject({ kind: 'failed', code: 'CHILD_DIED' });
  expect(await pool.draw(SHARD)).toMatchObject({ kind: 'counted' });
  await pool.close();
  expect(new Set(pids).size).toBe(6);
  expect(await Promise.all(pids.map(isAlive))).not.toContain(true);
});

/** The pid of the pool's only child once it draws. */
async function drawingPid(pool: Pool): Promise<number> {
  while (pool.inFlight === 0) await delay(2);
  return pool.pids[0]!;
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
  await pool.draw(SHARD);
  const draws = [0, 1, 2].map((image) => pool.draw({ image, begin: 1024, end: 2048 }));
  pool.stop([0, 1, 2]);
  const outcomes = await Promise.all(draws);
  await pool.close();
  expect(outcomes).toEqual([{ kind: 'dropped' }, { kind: 'dropped' }, { kind: 'dropped' }]);
});

test('a child with another fingerprint breaks the pool instead of drawing', async () => {
  const pool = poolFor(local, { fingerprint: '00'.repeat(32) });
  await expect(pool.broken).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
  await pool.close();
});
