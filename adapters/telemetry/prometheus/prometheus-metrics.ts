import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { METRICS, type MetricDefinition, type Role } from '../../../shared/telemetry/catalogue.js';
import type { Metrics } from '../../../shared/telemetry/metrics.js';
import { Readers } from './readers.js';
import { TalliedHistogram } from './tallied-histogram.js';

type LabelSet = Readonly<Record<string, string>>;

/** Series of one metric whose labels are known only at run time; further ones are not shown. */
const MOST_SERIES = 128;
const FRESH_MS = 500;

/**
 * The metrics of a process for Prometheus: those of its roles and the default ones of Node, in a registry of their own. Series whose labels
 * are known beforehand exist from the start, so that a rate is defined from the first event on.
 */
export class PrometheusMetrics implements Metrics {
  private readonly registry = new Registry();
  private readonly readers: Readers;
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, TalliedHistogram>();
  /** Known series of each metric whose labels are known only at run time. */
  private readonly series = new Map<string, Set<string>>();

  /** @param freshMs milliseconds for which values that were read for one request are used for others, too */
  constructor(roles: readonly Role[], freshMs = FRESH_MS) {
    this.readers = new Readers(freshMs);
    for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
      if (definition.roles.some((role) => roles.includes(role))) this.register(name, definition);
    }
    collectDefaultMetrics({ register: this.registry });
  }

  readonly add: Metrics['add'] = (name, by, ...[labels]: [LabelSet?]) => {
    if (by > 0 && this.admits(name, labels)) quietly(() => this.counters.get(name)?.inc(labels ?? {}, by));
  };

  readonly set: Metrics['set'] = (name, value, ...[labels]: [LabelSet?]) => {
    if (this.admits(name, labels)) quietly(() => this.gauges.get(name)?.set(labels ?? {}, value));
  };

  readonly replace: Metrics['replace'] = (name, values) => {
    quietly(() => this.gauges.get(name)?.reset());
    this.series.get(name)?.clear();
    for (const [value, labels] of values) {
      if (this.admits(name, labels)) quietly(() => this.gauges.get(name)?.set(labels, value));
    }
  };

  readonly observe: Metrics['observe'] = (name, value, ...[labels]: [LabelSet?]) => {
    if (this.admits(name, labels)) quietly(() => this.histograms.get(name)?.observe(labels ?? {}, value));
  };

  readonly observeAll: Metrics['observeAll'] = (name, gathered, ...[labels]: [LabelSet?]) => {
    if (this.admits(name, labels))
      quietly(() => this.histograms.get(name)?.observeAll(labels ?? {}, gathered));
  };

  readonly onScrape: Metrics['onScrape'] = (read) => this.readers.add(read);

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Returns all metrics in Prometheus' text format, after the readers have run, for a second at most. */
  async text(): Promise<string> {
    await this.readers.read();
    return this.registry.metrics();
  }

  private register(name: string, { kind, help, labels = {}, buckets }: MetricDefinition): void {
    const common = { name, help, labelNames: Object.keys(labels), registers: [this.registry] };
    const known = combinationsOf(labels);
    if (known === null) this.series.set(name, new Set());
    const series = known ?? [];
    switch (kind) {
      case 'counter': {
        const counter = new Counter(common);
        for (const one of series) counter.inc(one, 0);
        this.counters.set(name, counter);
        break;
      }
      case 'gauge': {
        const gauge = new Gauge(common);
        for (const one of series) gauge.set(one, 0);
        this.gauges.set(name, gauge);
        break;
      }
      case 'histogram': {
        const histogram = new TalliedHistogram({ ...common, buckets: buckets! });
        for (const one of series) histogram.of(one);
        histogram.addTo(this.registry);
        this.histograms.set(name, histogram);
      }
    }
  }

  /** Returns true if the series is known, or if one more series is allowed. */
  private admits(name: string, labels: LabelSet = {}): boolean {
    const series = this.series.get(name);
    if (!series) return true;
    const key = JSON.stringify(Object.values(labels));
    if (!series.has(key) && series.size >= MOST_SERIES) return false;
    series.add(key);
    return true;
  }
}

/** Returns all combinations of the labels' values; null if a label has values that are not known beforehand. */
function combinationsOf(labels: NonNullable<MetricDefinition['labels']>): LabelSet[] | null {
  let found: LabelSet[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (values === null) return null;
    found = found.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
  }
  return found;
}

/** Runs an update and ignores its error: a failing measurement must not fail the work that is measured. */
function quietly(note: () => void): void {
  try {
    note();
  } catch {
    // A value that is no number, or an unknown label: it is not shown.
  }
}
