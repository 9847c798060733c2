import { statfs } from 'node:fs/promises';
import { getHeapStatistics } from 'node:v8';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { Role } from '../../shared/telemetry/catalogue.js';
import type { Metrics } from '../../shared/telemetry/metrics.js';
import { usageOf } from '../../adapters/local/process-usage.js';
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

/** Shows what the processes that a worker has at this moment use. @param pids returns their ids */
export function observeProcesses(metrics: Metrics<'worker'>, pids: () => readonly number[]): void {
  let seen = new Map<number, number>();
  metrics.onScrape(async () => {
    const usages = await Promise.all(pids().map(async (pid) => [pid, await usageOf(pid)] as const));
    // From here on nothing is awaited: a scrape that is late would count the same time again.
    const now = new Map<number, number>();
    let [seconds, bytes] = [0, 0];
    for (const [pid, usage] of usages) {
      if (usage === null) continue;
      now.set(pid, usage.cpuSeconds);
      seconds += Math.max(0, usage.cpuSeconds - (seen.get(pid) ?? 0));
      bytes += usage.residentBytes;
    }
    seen = now;
    metrics.add('smoothcert_inference_cpu_seconds_total', seconds);
    metrics.set('smoothcert_inference_resident_memory_bytes', bytes);
  });
}

/** Shows the space that is left on the disk of a store to users other than root. */
export function observeStore(metrics: Metrics<'coordinator'>, folder: string): void {
  metrics.onScrape(async () => {
    const { bavail, bsize } = await statfs(folder);
    metrics.set('smoothcert_store_free_bytes', bavail * bsize);
  });
}
