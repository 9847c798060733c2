import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { DIGITS_JOB } from '../harness/local-job.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { hasPrometheus } from '../harness/prometheus.js';
import { QUERIES, asAsked } from './dashboard.js';
import { ALERTS } from './files.js';
import { WatchedCluster, fasterRules } from './watched-cluster.js';

/** A real Prometheus watches a cluster of real processes: it sees what happens, is silent while all is well, and fires when it is not. */

const IMAGES = 30;
const JOB = [...DIGITS_JOB, '--seed', '11', '--images', '::10'];

/** Queries of the dashboard that have nothing to show where nothing went wrong. */
const EMPTY_IN_HEALTH = new Set([
  // What was refused or failed is known by its code only once it happens.
  'Looks, and images failed B',
  'Jobs refused A',
  // Nothing is pending or fires.
  'Alerts A',
  // Another coordinator begins to serve, or a process begins, within two minutes.
  'Another coordinator serves',
  'A process began',
]);

describe.runIf(hasNatsServer && hasPrometheus)('a cluster that Prometheus watches', () => {
  let watched: WatchedCluster;
  /** When all targets were seen for the first time: until then rules saw none, for seconds that count as minutes here. */
  let seen = 0;
  beforeAll(async () => {
    watched = await WatchedCluster.raise();
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  it('answers every scrape', async () => {
    const { prometheus } = watched;
    await prometheus.until('four targets are up', async () => (await prometheus.value('sum(up)')) === 4);
    const targets = await prometheus.targets();
    expect(targets.map(({ scrapePool }) => scrapePool).sort()).toEqual([
      'smoothcert-coordinator',
      'smoothcert-coordinator',
      'smoothcert-worker',
      'smoothcert-worker',
    ]);
    expect(await prometheus.value('sum(smoothcert_serving)')).toBe(1);
    expect(await prometheus.value('count(smoothcert_build_info)')).toBe(4);
    await watched.calm();
    seen = performance.now();
  });

  it('shows what a job does, and no alert', async () => {
    const { cluster, coordinators, prometheus } = watched;
    const { code, rows } = await cluster.submit(coordinators[0]!, JOB);
    expect(code).toBe(0);
    const ended = 'sum(smoothcert_jobs_ended_total{state="succeeded"})';
    await prometheus.until('the job has ended', async () => (await prometheus.value(ended)) === 1);
    expect(await prometheus.value('sum(smoothcert_images_decided_total)')).toBe(IMAGES);
    const counted = await prometheus.value('sum(smoothcert_folded_samples_total{outcome="counted"})');
    const spent = rows
      .trimEnd()
      .split('\n')
      .map((row) => (JSON.parse(row) as { samples: number }).samples);
    expect(counted).toBeGreaterThanOrEqual(spent.reduce((a, b) => a + b));
    const drawn = 'sum(smoothcert_drawn_samples_total)';
    await prometheus.until('the workers drew them', async () => (await prometheus.value(drawn)) >= counted);
    expect(await watched.firing()).toEqual([]);
  });

  it('fills every panel of the dashboard', async () => {
    const { prometheus } = watched;
    let empty: string[] = [];
    await prometheus
      .until(
        'every panel has something to show',
        async () => {
          const answers = QUERIES.map(async ({ where, expr }) => {
            const samples = await prometheus.query(asAsked(expr, '1m'));
            return samples.length === 0 ? [where] : [];
          });
          empty = (await Promise.all(answers)).flat().filter((where) => !EMPTY_IN_HEALTH.has(where));
          return empty.length === 0;
        },
        20_000,
      )
      .catch(() => undefined);
    expect(empty).toEqual([]);
    for (const where of EMPTY_IN_HEALTH) expect(QUERIES.map((query) => query.where)).toContain(where);
  });

  it('is silent while all is well', async () => {
    await watched.calm();
    const seconds = Math.floor((performance.now() - seen) / 1000);
    expect(seconds).toBeGreaterThan(0);
    const fired = `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${seconds}s]))`;
    expect(await watched.prometheus.query(fired)).toEqual([]);
  });

  it('without NATS: somebody is woken, and told what to do', async () => {
    const { cluster, prometheus } = watched;
    await cluster.nats.kill();
    await watched.fires('SmoothcertNotServing', 'SmoothcertNatsUnsteady');
    await prometheus.until('all four say so', async () => {
      const unsteady = 'count(ALERTS{alertname="SmoothcertNatsUnsteady", alertstate="firing"})';
      return (await prometheus.value(unsteady)) === 4;
    });
    const page = (await prometheus.alerts()).filter(({ labels }) => labels['severity'] === 'page');
    expect(page).toMatchObject([
      {
        labels: { alertname: 'SmoothcertNotServing' },
        annotations: {
          description:
            '2 coordinators answer Prometheus, and none of them has held the lease for two minutes.',
          runbook_url: 'docs/runbook.md#smoothcertnotserving',
        },
      },
    ]);
  });

  it('is calm again once NATS is back', async () => {
    await watched.cluster.nats.restart();
    await watched.calm();
    expect(await watched.prometheus.value('sum(smoothcert_serving)')).toBe(1);
  });
});

test('what is faster in these tests are durations, all of them', () => {
  expect(fasterRules('rate(a[5m]) > 60\n  for: 2m\n  b[6h]\n')).toBe(
    'rate(a[5s]) > 60\n  for: 2s\n  b[360s]\n',
  );
  expect(ALERTS.filter((rule) => 'for' in rule).length).toBeGreaterThan(20);
});
