import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Scrape } from '../../../test/support/scrape.js';
import {
  DEFAULT_METRICS,
  METRICS,
  type MetricDefinition,
  type Role,
} from '../../../shared/telemetry/catalogue.js';
import type { Metrics } from '../../../shared/telemetry/metrics.js';
import { HistogramTally } from '../../../shared/telemetry/histogram-tally.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

const shown = async (metrics: PrometheusMetrics) => new Scrape(await metrics.text());
const both = () => new PrometheusMetrics(['coordinator', 'worker']);

/** How many series a metric has before anything was noted; of one whose labels are not known beforehand none. */
function seriesAtFirst({ kind, labels = {}, buckets = [] }: MetricDefinition): number {
  const values = Object.values(labels);
  if (values.includes(null)) return 0;
  const combinations = values.reduce((product, some) => product * some!.length, 1);
  return kind === 'histogram' ? combinations * (buckets.length + 3) : combinations;
}

describe.each<[string, Role[]]>([
  ['a coordinator', ['coordinator']],
  ['a worker', ['worker']],
  ['both in one', ['coordinator', 'worker']],
])('the metrics of %s', (_, roles) => {
  it('are those of the table, with all series that are known beforehand at 0, and those of Node', async () => {
    const { kinds, series } = await shown(new PrometheusMetrics(roles));
    const expected = Object.entries<MetricDefinition>(METRICS).filter(([, metric]) =>
      metric.roles.some((role) => roles.includes(role)),
    );
    const ours = [...kinds].filter(([name]) => name.startsWith('smoothcert_'));
    expect(ours).toEqual(expected.map(([name, { kind }]) => [name, kind]));
    for (const [name, metric] of expected) {
      const found = series.filter((one) => one.name.replace(/_(bucket|sum|count)$/, '') === name);
      expect([name, found.length]).toEqual([name, seriesAtFirst(metric)]);
      expect(found.every(({ value }) => value === 0)).toBe(true);
    }
    for (const name of DEFAULT_METRICS) expect([...kinds.keys()]).toContain(name);
  });
});

describe('what is noted', () => {
  it('is shown', async () => {
    const metrics = both();
    metrics.add('smoothcert_looks_total', 3);
    metrics.add('smoothcert_looks_total', 4);
    metrics.add('smoothcert_drawn_samples_total', 64, { outcome: 'vote' });
    metrics.set('smoothcert_watchers', 2);
    metrics.observe('smoothcert_shard_duration_seconds', 0.02);
    const now = await shown(metrics);
    expect(now.value('smoothcert_looks_total')).toBe(7);
    expect(now.value('smoothcert_drawn_samples_total', { outcome: 'vote' })).toBe(64);
    expect(now.value('smoothcert_drawn_samples_total', { outcome: 'invalid' })).toBe(0);
    expect(now.value('smoothcert_watchers')).toBe(2);
    expect(now.value('smoothcert_shard_duration_seconds_sum')).toBe(0.02);
    expect(now.value('smoothcert_shard_duration_seconds_count')).toBe(1);
  });

  it('never throws, whatever it is', async () => {
    const metrics = both();
    const odd = metrics as unknown as Record<'add' | 'set' | 'observe', (...given: unknown[]) => void>;
    for (const value of [NaN, Infinity, -1, null, 'seven', {}]) {
      odd.add('smoothcert_looks_total', value);
      odd.set('smoothcert_watchers', value);
      odd.observe('smoothcert_shard_duration_seconds', value);
    }
    odd.add('smoothcert_drawn_samples_total', 1, { outcome: 'vote', job: 'j-1' });
    odd.add('no_such_metric', 1);
    new PrometheusMetrics(['worker']).add('smoothcert_looks_total', 1);
    expect((await shown(metrics)).value('smoothcert_looks_total')).toBe(0);
  });

  it('has no more than a bounded number of series, whoever invents labels', async () => {
    const metrics = both();
    const codes = Array.from({ length: 1_000 }, (_, k) => `CODE_${k}`);
    for (const code of codes) metrics.add('smoothcert_images_failed_total', 1, { code });
    metrics.add('smoothcert_images_failed_total', 5, { code: 'CODE_0' });
    const found = (await shown(metrics)).of('smoothcert_images_failed_total');
    expect(found).toHaveLength(128);
    expect(found[0]!.value).toBe(6);
  });

  it('of a gauge whose labels come and go is what there is now', async () => {
    const metrics = both();
    metrics.replace('smoothcert_worker_slots', [
      [2, { device: 'cpu' }],
      [1, { device: 'cuda' }],
    ]);
    metrics.replace('smoothcert_worker_slots', [[3, { device: 'cuda' }]]);
    expect((await shown(metrics)).of('smoothcert_worker_slots')).toMatchObject([
      { labels: { device: 'cuda' }, value: 3 },
    ]);
  });

  it('is checked by the compiler: names, labels, and whose metrics they are', () => {
    const notes = (metrics: Metrics, ofWorker: Metrics<'worker'>) => {
      ofWorker.add('smoothcert_malformed_messages_total', 1);
      // @ts-expect-error: no such metric
      metrics.add('smoothcert_lookz_total', 1);
      // @ts-expect-error: a gauge is not added to
      metrics.add('smoothcert_watchers', 1);
      // @ts-expect-error: no such value
      metrics.add('smoothcert_drawn_samples_total', 1, { outcome: 'votes' });
      // @ts-expect-error: a label is missing
      metrics.add('smoothcert_drawn_samples_total', 1);
      // @ts-expect-error: it has no labels
      metrics.add('smoothcert_looks_total', 1, { outcome: 'vote' });
      // @ts-expect-error: a coordinator's
      ofWorker.add('smoothcert_looks_total', 1);
    };
    expect(() => notes(both(), both())).not.toThrow();
  });
});

describe('observations that were gathered elsewhere', () => {
  const { buckets } = METRICS.smoothcert_batch_duration_seconds;
  const seconds = fc.oneof(fc.double({ min: 0, max: 2_000, noNaN: true }), fc.constantFrom(...buckets));

  it('fall into the buckets, and add up, as if they had been made here', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(seconds, { maxLength: 40 }), { maxLength: 4 }), async (words) => {
        const [here, there] = [both(), both()];
        const tally = new HistogramTally(buckets);
        for (const word of words) {
          for (const value of word) {
            here.observe('smoothcert_batch_duration_seconds', value, { phase: 'noise' });
            tally.add(value);
          }
          const gathered = tally.take();
          expect(gathered === null).toBe(word.length === 0);
          if (gathered) there.observeAll('smoothcert_batch_duration_seconds', gathered, { phase: 'noise' });
        }
        const [one, other] = [await shown(here), await shown(there)];
        const bucketsOf = (found: Scrape) => found.of('smoothcert_batch_duration_seconds_bucket');
        expect(bucketsOf(other)).toEqual(bucketsOf(one));
        const sum = one.value('smoothcert_batch_duration_seconds_sum', { phase: 'noise' });
        const gathered = other.value('smoothcert_batch_duration_seconds_sum', { phase: 'noise' });
        expect(Math.abs(gathered - sum)).toBeLessThanOrEqual(1e-9 * sum);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what is read when somebody asks', () => {
  it('is read once for all who ask at a time', async () => {
    const metrics = both();
    let reads = 0;
    metrics.onScrape(() => {
      reads += 1;
      metrics.set('smoothcert_watchers', reads);
    });
    const texts = await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(reads).toBe(1);
    for (const text of texts) expect(new Scrape(text).value('smoothcert_watchers')).toBe(1);
  });

  it('keeps nobody waiting for long, and a fault in it hides nothing else', async () => {
    const metrics = both();
    metrics.onScrape(() => {
      throw new Error('broken');
    });
    metrics.onScrape(() => new Promise(() => undefined));
    metrics.onScrape(() => metrics.set('smoothcert_watchers', 5));
    const begun = performance.now();
    expect((await shown(metrics)).value('smoothcert_watchers')).toBe(5);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
