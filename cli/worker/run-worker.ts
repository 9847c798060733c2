import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import type { Patience } from '../../adapters/nats/link/patience.js';
import { NatsWorkerExchange } from '../../adapters/nats/exchange/worker-exchange.js';
import type { Log } from '../../shared/telemetry/log.js';
import type { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import { ArtifactCache } from '../../worker/cluster/artifacts/cache.js';
import { HttpSource } from '../../worker/cluster/artifacts/http-source.js';
import { folderSource, type ArtifactSource } from '../../worker/cluster/artifacts/source.js';
import { NO_QUORUM } from '../../shared/waiting-reasons.js';
import { Daemon } from '../../worker/cluster/daemon.js';
import { InferenceMachine } from '../../worker/cluster/inference-machine.js';
import { closeAll } from '../service/endpoints.js';
import { openLink, patienceOf } from '../nats/open-link.js';
import type { Opened } from '../service/opened.js';
import { untilInterrupted } from '../service/until-interrupted.js';
import { secretOf } from '../command/secret-file.js';
import { metricsOf, observeProcesses } from '../service/service-metrics.js';
import { workerConfig, type WorkerConfig } from './worker-config.js';
import { serveWorkerHttp } from './worker-http.js';
import { deathLog, workerLog } from './worker-log.js';
import type { WorkerFlags } from './worker-flags.js';

/**
 * `smoothcert worker`: draws until `interrupt` aborts, then hands back what is not drawn. Resolves with the exit code.
 * @throws SmoothcertError before it is ready
 */
export async function runWorker(flags: WorkerFlags, log: Log, interrupt: AbortSignal): Promise<number> {
  return untilInterrupted(interrupt, async (opened) => {
    const config = workerConfig(flags);
    const metrics = metricsOf('worker');
    const seen: Seen = { link: null, daemon: null };
    const http = await serveWorkerHttp({
      address: config.http,
      metrics,
      log,
      unready: () => whyUnready(seen),
      stuck: () => seen.daemon?.stuck ?? null,
    });
    opened.add(() => closeAll([http]));
    const patience = patienceOf(flags, log, interrupt);
    seen.link = await openLink(config.nats, patience, { metrics, log, opened });
    seen.daemon = await daemonOf(config, seen.link, { patience, metrics, log, opened });
    await seen.daemon.run(interrupt);
  });
}

/** The parts of a worker that are there already, for its health pages. */
interface Seen {
  link: NatsLink | null;
  daemon: Daemon | null;
}

function whyUnready({ link, daemon }: Seen): string | null {
  if (link?.connected !== true) return 'NATS cannot be reached.';
  if (!link.hasQuorum) return NO_QUORUM.message;
  return daemon === null ? 'It is starting.' : daemon.unready;
}

interface Around {
  readonly patience: Patience;
  readonly metrics: PrometheusMetrics;
  readonly log: Log;
  readonly opened: Opened;
}

async function daemonOf(
  config: WorkerConfig,
  link: NatsLink,
  { patience, metrics, log, opened }: Around,
): Promise<Daemon> {
  const exchange = await patience.until(() => NatsWorkerExchange.open(link, config.name));
  opened.add(() => exchange.close());
  const source = await sourceOf(config, () => exchange.artifactsUrl());
  const cache = await ArtifactCache.open(config.cache, config.cacheBytes, source, metrics);
  const { device, processes, hangMs, auditShare } = config;
  const pool = { processes, hangMs, auditShare, onDeath: deathLog(log, config.name), metrics };
  const daemon = new Daemon({
    name: config.name,
    exchange,
    machine: new InferenceMachine({ device, cache, pool }),
    device,
    maxJobs: config.jobs,
    clock: systemClock,
    graceMs: config.graceMs,
    presenceEveryMs: link.times.presenceEveryMs,
    onEvent: workerLog(log, config.name),
    metrics,
    tracer: openTelemetry,
  });
  observeProcesses(metrics, () => daemon.pids);
  return daemon;
}

async function sourceOf(config: WorkerConfig, told: () => Promise<string | null>): Promise<ArtifactSource> {
  if (config.store !== null) return folderSource(await ArtifactFolder.open(config.store));
  const { tokenFile, artifactsUrl, artifactsTls } = config;
  const tls = () => pemsOf(artifactsTls);
  // What cannot be read now is told now.
  tls();
  return new HttpSource({
    url: () => (artifactsUrl === null ? told() : Promise.resolve(artifactsUrl)),
    token: () => (tokenFile === null ? null : secretOf(tokenFile, '--token-file').split('\n')[0]!.trim()),
    tls,
    sleep: (ms) => systemClock.sleep(ms, new AbortController().signal),
  });
}

function pemsOf({ ca, cert, key }: WorkerConfig['artifactsTls']): {
  ca?: string;
  cert?: string;
  key?: string;
} {
  return {
    ...(ca === null ? {} : { ca: secretOf(ca, '--artifacts-ca') }),
    ...(cert === null ? {} : { cert: secretOf(cert, '--artifacts-cert') }),
    ...(key === null ? {} : { key: secretOf(key, '--artifacts-key') }),
  };
}
