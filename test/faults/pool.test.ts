import { EventEmitter, once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localJob, poolFor, project, type LocalJob } from '../harness/local-job.js';
import { writeUint8Npy } from '../harness/results.js';
import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { Scrape } from '../support/scrape.js';
import type { Pool } from '../../worker/draw/pool.js';
import { isAlive, signalTo } from '../harness/processes.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

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
afterAll(() => local[Symbol.dispose]());

test('two shards are in flight for a child, and their counts do not depend on what shared their batches', async () => {
  const pool = poolFor(local);
  const together = await Promise.all([pool.draw(SHARD), pool.draw({ image: 1, begin: 64, end: 100 })]);
  const alone = await pool.draw(SHARD);
  await pool.close();
  expect(together[0]).toMatchObject({ kind: 'counted' });
  expect(together[1]).toMatchObject({ kind: 'counted' });
  expect(alone).toMatchObject({ counts: (together[0] as { counts: unknown }).counts });
});

test('what batches take is told, each once, noise apart from inference', async () => {
  const metrics = new PrometheusMetrics(['worker']);
  const pool = poolFor(local, { metrics });
  const { batch } = local.job.draw;
  const shards = [0, 1, 2].map((image) => ({ image, begin: 0, end: 2 * batch }));
  const micros = [];
  for (const shard of shards) {
    const drawn = await pool.draw(shard);
    if (drawn.kind === 'counted') micros.push(drawn.micros);
  }
  await pool.close();
  const shown = new Scrape(await metrics.text());
  const seconds = [];
  for (const phase of ['noise', 'inference']) {
    expect(shown.value('smoothcert_batch_duration_seconds_count', { phase })).toBe(6);
    seconds.push(shown.value('smoothcert_batch_duration_seconds_sum', { phase }));
  }
  const [noise, inference] = seconds as [number, number];
  expect(noise).toBeGreaterThan(0);
  expect(inference).toBeGreaterThan(noise);
  const total = micros.reduce((sum, one) => sum + one, 0) / 1e6;
  expect(Math.abs(noise + inference - total)).toBeLessThan(0.05 * total);
});

test('a shard is blamed only for deaths while it is drawn alone, and only after five SIGKILLs', async () => {
  const deaths = new EventEmitter();
  const metrics = new PrometheusMetrics(['worker']);
  const pool = poolFor(local, { onDeath: (how) => deaths.emit('death', how), metrics });
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
  const shown = new Scrape(await metrics.text());
  expect(shown.value('smoothcert_process_restarts_total', { reason: 'died' })).toBe(6);
  expect(shown.value('smoothcert_process_restarts_total', { reason: 'hung' })).toBe(0);
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

test('a child that settles on another batch than the job breaks the pool, whatever fingerprint it may have', async () => {
  const model = project('test/fixtures/models/cross-talk.onnx');
  using single = await localJob({ ...SLOW, model });
  expect(single.setup.batch).toBe(1);
  // The job as a machine would have begun it on which the batch of 8 could be verified.
  const setup = { ...single.setup, batch: 8 };
  const pool = poolFor({ ...single, setup }, { fingerprint: null });
  await expect(pool.broken).rejects.toMatchObject({
    code: 'FINGERPRINT_MISMATCH',
    message:
      'The model can only be run at batch 1 here, and the job was begun at batch 8: near-ties could be voted differently.',
  });
  await pool.close();
});

test('images that change while they are drawn from break the pool, and nothing is counted on them', async () => {
  using folder = new TemporaryFolder();
  const data = folder.file('many.npy');
  // 38 MB are three chunks, of which a child keeps two.
  const many = 600_000;
  await writeUint8Npy(data, [many, 8, 8], new Uint8Array(64 * many).fill(7));
  using large = await localJob({ data, images: `0:${many}` });
  const pool = poolFor(large);
  expect(await pool.draw(SHARD)).toMatchObject({ kind: 'counted' });
  const file = await open(large.setup.dataFile, 'r+');
  await file.write(Uint8Array.of(8), 0, 1, 128 + 64 * (many / 2));
  await file.close();
  expect(await pool.draw(SHARD)).toMatchObject({ kind: 'counted' });
  const drawn = await Promise.all([many / 2, many / 2 + 1].map((image) => pool.draw({ ...SHARD, image })));
  expect(drawn).toEqual([{ kind: 'returned' }, { kind: 'returned' }]);
  await expect(pool.broken).rejects.toMatchObject({
    code: 'DATA_DIGEST_MISMATCH',
    message: `${path.join(large.folder, 'data')} does not hold the images of the job: it was changed after they were converted into it.`,
  });
  await pool.close();
});
