import { afterEach, beforeEach, expect, it } from 'vitest';

import type { MetricName } from '../../shared/telemetry/catalogue.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { TaskQueue } from '../../shared/ports/task-queue.js';
import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { Scrape } from '../../test/support/scrape.js';
import { ManualLease, NUMERIC_CLASS, ServiceBed, endOf, happens } from '../../test/support/service-bed.js';
import { nth, faulty, meanwhile, replacing } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { setGauges } from './gauges.js';
import { jobIdOf } from '../jobs/new-job-id.js';

let bed: ServiceBed;
let metrics: PrometheusMetrics;
beforeEach(async () => {
  bed = await ServiceBed.open();
  metrics = new PrometheusMetrics(['coordinator'], 0);
});
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = () => ({ spec: bed.spec(), requestId: 'one', validateOnly: false });
const shown = async () => new Scrape(await metrics.text());
const valueOf = async (name: MetricName, labels = {}) => (await shown()).value(name, labels);
const becomes = (value: number, name: MetricName, labels = {}) =>
  happens(async () => (await valueOf(name, labels)) === value);

it('a coordinator shows its jobs, the queue, the age of tasks, workers and watches, and how jobs ended', async () => {
  const manager = await bed.serving({ metrics });
  expect(await valueOf('smoothcert_serving')).toBe(1);
  await manager.createJob(request());
  expect(await valueOf('smoothcert_jobs', { state: 'pending' })).toBe(1);
  let letGo!: () => void;
  const held = new Promise<boolean>((resolve) => (letGo = () => resolve(true)));
  bed.worker({ slots: 1, onTask: () => held });
  await becomes(1, 'smoothcert_queue_tasks', { state: 'taken' });
  const waiting = await valueOf('smoothcert_queue_tasks', { state: 'waiting' });
  expect(waiting).toBeGreaterThan(0);
  expect(await valueOf('smoothcert_tasks_issued_total', { reason: 'new' })).toBe(waiting + 1);
  expect(await valueOf('smoothcert_jobs', { state: 'running' })).toBe(1);
  await bed.clock.advance(1_500);
  expect(await valueOf('smoothcert_queue_oldest_task_age_seconds')).toBe(1.5);
  expect(await valueOf('smoothcert_workers', { state: 'idle' })).toBe(1);
  expect(await valueOf('smoothcert_worker_slots', { device: 'cpu' })).toBe(1);
  const watch = manager.watch(ID, 0, never);
  await watch.next();
  expect(await valueOf('smoothcert_watchers')).toBe(1);
  await watch.return(undefined);
  letGo();
  const { progress } = await endOf(manager, ID);
  const now = await shown();
  expect(now.value('smoothcert_watchers')).toBe(0);
  expect(now.value('smoothcert_jobs')).toBe(0);
  expect(now.value('smoothcert_queue_tasks')).toBe(0);
  expect(now.value('smoothcert_queue_oldest_task_age_seconds')).toBe(0);
  expect(now.value('smoothcert_fold_lag_records')).toBe(0);
  expect(now.value('smoothcert_jobs_ended_total', { state: 'succeeded' })).toBe(1);
  expect(now.value('smoothcert_images_decided_total')).toBe(progress.images);
  expect(now.value('smoothcert_folded_samples_total', { outcome: 'counted' })).toBe(progress.samples);
  expect(now.value('smoothcert_job_restarts_total')).toBe(0);
});

it('a standby shows nothing of jobs, and one that lost its lease neither', async () => {
  const lease = new ManualLease();
  lease.give();
  const manager = await bed.serving({ metrics, lease });
  await manager.createJob(request());
  expect([await valueOf('smoothcert_serving'), await valueOf('smoothcert_jobs')]).toEqual([1, 1]);
  lease.take();
  await becomes(0, 'smoothcert_serving');
  await becomes(0, 'smoothcert_jobs');
});

it('a job that is begun again because a port failed is counted, and its images once', async () => {
  const exchange = faulty(bed.exchange, nth('open', 1));
  const manager = await bed.serving({ metrics, exchange });
  bed.worker();
  await manager.createJob(request());
  await meanwhile(bed, endOf(manager, ID));
  expect(await valueOf('smoothcert_job_restarts_total')).toBe(1);
  expect(await valueOf('smoothcert_images_decided_total')).toBe(6);
});

it('a coordinator that takes over counts only what it folds itself', async () => {
  const manager = await bed.serving();
  let tasks = 0;
  let letGo!: () => void;
  const held = new Promise<boolean>((resolve) => (letGo = () => resolve(true)));
  bed.worker({ onTask: () => ++tasks <= 4 || held });
  await manager.createJob(request());
  await happens(async () => (await manager.getJob(ID)).progress.sequence === 4);
  const before = (await manager.getJob(ID)).progress;
  await bed.stop();
  const second = await bed.serving({ metrics });
  expect(await valueOf('smoothcert_folded_samples_total')).toBe(0);
  letGo();
  const { progress } = await endOf(second, ID);
  const samples = await valueOf('smoothcert_folded_samples_total', { outcome: 'counted' });
  expect(samples).toBe(progress.samples - before.samples);
  const decided = before.certified + before.abstained + before.approximate + before.failed;
  expect(await valueOf('smoothcert_images_decided_total')).toBe(progress.images - decided);
});

it('workers that are about to end, and those that refuse, are told apart', async () => {
  const presence = (worker: string, more: Partial<Presence>): Presence => ({
    worker,
    version: '0',
    device: 'cpu',
    numericClass: NUMERIC_CLASS,
    slots: 2,
    tasks: 0,
    jobs: [],
    samplesPerSecond: 0,
    refusals: [],
    draining: false,
    ...more,
  });
  const refusal = { worker: 'c', code: 'DISK_FULL', message: 'It is full.', remedy: 'Clear it.' } as const;
  const presences = [
    presence('a', { tasks: 3 }),
    presence('d', { tasks: 0 }),
    presence('b', { draining: true }),
    presence('c', { device: 'cuda', slots: 1, tasks: 1, refusals: [{ job: ID, refusal }] }),
  ];
  const moment = { serving: true, watchers: 0, jobs: [], presences, connected: true, now: 0 };
  await setGauges(metrics, moment);
  const now = await shown();
  expect(now.value('smoothcert_workers', { state: 'drawing' })).toBe(2);
  expect(now.value('smoothcert_workers', { state: 'idle' })).toBe(1);
  expect(now.value('smoothcert_workers', { state: 'draining' })).toBe(1);
  expect(now.value('smoothcert_workers_refusing')).toBe(1);
  expect(now.value('smoothcert_worker_slots', { device: 'cpu' })).toBe(6);
  expect(now.value('smoothcert_worker_slots', { device: 'cuda' })).toBe(1);
});

it('while NATS is away the queue is not asked, and what it said last stays', async () => {
  let asked = 0;
  const depth = () => {
    asked += 1;
    return Promise.resolve({ waiting: 3, taken: 2 });
  };
  const tasks = replacing<TaskQueue>(await bed.exchange.tasks(NUMERIC_CLASS), { depth });
  const job = {
    state: 'running',
    queue: { numericClass: NUMERIC_CLASS, tasks },
    lag: 4,
    oldestTaskAt: 0,
  } as const;
  const moment = { serving: true, watchers: 0, jobs: [job, job], presences: [], now: 9_000 };
  await setGauges(metrics, { ...moment, connected: true });
  await setGauges(metrics, { ...moment, connected: false });
  expect(asked).toBe(1);
  expect(await valueOf('smoothcert_queue_tasks', { state: 'waiting' })).toBe(3);
  expect(await valueOf('smoothcert_fold_lag_records')).toBe(8);
  expect(await valueOf('smoothcert_queue_oldest_task_age_seconds')).toBe(9);
});
