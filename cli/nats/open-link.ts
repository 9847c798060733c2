import { connectNats, type NatsOptions } from '../../adapters/nats/link/connect.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { Patience } from '../../adapters/nats/link/patience.js';
import type { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import type { Log } from '../../shared/telemetry/log.js';
import type { ValuesOf } from '../command/flag.js';
import type { Opened } from '../service/opened.js';
import { observeNats } from '../service/service-metrics.js';
import { logLink } from './link-log.js';
import type { NATS_TIMES } from './nats-flags.js';

/** Returns the patience of a process that starts: it says what it waits for, and ends with `interrupt`. */
export function patienceOf(
  { waitSeconds }: ValuesOf<readonly [typeof NATS_TIMES]>,
  log: Log,
  interrupt: AbortSignal,
): Patience {
  const onWaiting = (sentence: string) => log('nats-waited-for', sentence);
  return new Patience({ ms: 1000 * waitSeconds, signal: interrupt, onWaiting });
}

/** Opens the link of a process to NATS, whose log and metrics show how it is. @throws as `connectNats` */
export async function openLink(
  options: NatsOptions,
  patience: Patience,
  {
    metrics,
    log,
    opened,
  }: { readonly metrics: PrometheusMetrics; readonly log: Log; readonly opened: Opened },
): Promise<NatsLink> {
  observeNats(metrics, null, false);
  const link = await connectNats(options, patience);
  opened.add(() => link.close());
  observeNats(metrics, link);
  opened.add(logLink(link, log));
  return link;
}
