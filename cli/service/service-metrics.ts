import { statfs } from 'node:fs/promises';
import { getHeapStatistics } from 'node:v8';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { Role } from '../../shared/telemetry/catalogue.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { VERSION } from '../../shared/version.js';

/** Returns the metrics of a process of these roles. */
export function metricsOf(...roles: readonly Role[]): PrometheusMetrics {
  const metrics = new PrometheusMetrics(roles);
  metrics.set('smoothcert_heap_limit_bytes', getHeapStatistics().heap_size_limit);
  for (const role of roles) {
    metrics.set('smoothcert_build_info', 1, { version: VERSION, role, node: process.version });
  }
  return metrics;
}

/** Shows if NATS is connected. @param without where there is no link: true for a process that needs no NATS */
export function observeNats(metrics: Metrics, link: NatsLink | null, without = true): void {
  const show = (connected: boolean) => metrics.set('smoothcert_nats_connected', connected ? 1 : 0);
  show(link?.connected ?? without);
  const showQuorum = (there: boolean) => metrics.set('smoothcert_nats_quorum', there ? 1 : 0);
  showQuorum(link?.hasQuorum ?? true);
  link?.onQuorum(showQuorum);
  link?.onConnected((connected) => {
    show(connected);
    if (!connected) metrics.add('smoothcert_nats_disconnects_total', 1);
  });
  link?.onMalformed(() => metrics.add('smoothcert_malformed_messages_total', 1));
}

/** Shows the space that is left on the disk of a store to users other than root. */
export function observeStore(metrics: Metrics<'coordinator'>, folder: string): void {
  metrics.onScrape(async () => {
    const { bavail, bsize } = await statfs(folder);
    metrics.set('smoothcert_store_free_bytes', bavail * bsize);
  });
}
