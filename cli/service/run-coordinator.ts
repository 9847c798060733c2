import { randomBytes } from 'node:crypto';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { JobManager } from '../../coordinator/jobs/job-manager.js';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { connectNats } from '../../adapters/nats/link/connect.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { NatsLease } from '../../adapters/nats/jobs/nats-lease.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NATS_AWAY, READING_JOBS } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import type { Log } from '../../shared/telemetry/log.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import { EXIT } from '../command/exit.js';
import type { CoordinatorFlags } from './coordinator-flags.js';
import { closeAll, listeningFor, serveGrpc, serveHttp, urlOf } from './endpoints.js';
import { logLink } from '../nats/link-log.js';
import { natsOptions } from '../nats/nats-flags.js';
import { nameOfProcess } from './process-name.js';
import { listeningOf, retentionOf, storageOf } from './service-config.js';
import { metricsOf, observeNats, observeStore } from './service-metrics.js';

/**
 * `smoothcert coordinator`: serves until `interrupt` aborts, then lets go of the lease and ends. Resolves with the exit code.
 * @throws SmoothcertError before it serves
 */
export async function runCoordinator(
  flags: CoordinatorFlags,
  log: Log,
  interrupt: AbortSignal,
): Promise<number> {
  const config = listeningOf(flags);
  const { store, allowUris } = storageOf(flags);
  const retention = retentionOf(flags);
  const name = nameOfProcess();
  const listening = await listeningFor(config, log);
  const artifacts = await ArtifactFolder.open(store);
  const fetcher = new UriFetcher(artifacts, allowUris);
  const link = await connectNats(natsOptions(flags, 'coordinator', name));
  const tellNoMore = logLink(link, log);
  const metrics = metricsOf('coordinator');
  observeNats(metrics, link);
  observeStore(metrics, store);
  try {
    const exchange = await NatsCoordinatorExchange.open(link);
    const jobs = await NatsJobStore.open(link, (job, cause) =>
      log('job-unreadable', 'A job cannot be read.', { job, cause }),
    );
    let manager: JobManager | null = null;
    const waiting = () => whyUnready(link, manager);
    const advertised = flags.advertise ?? null;
    const http = await serveHttp(listening, { artifacts, name, waiting, advertised, metrics }, log);
    const pageUrl = urlOf(http.address, listening.tls !== null);
    const artifactsUrl = flags.advertise ?? pageUrl;
    const lease = await NatsLease.open(link, { holder: name, artifactsUrl });
    const limits = { ...DEFAULT_LIMITS, ...retention };
    const ports = {
      jobs,
      exchange,
      artifacts,
      clock: systemClock,
      now: () => Date.now(),
      randomBytes,
      limits,
    };
    manager = new JobManager({ ...ports, lease, fetcher, metrics, log, tracer: openTelemetry });
    http.answer(manager);
    const grpc = await serveGrpc(listening, manager, metrics, log);
    const grpcUrl = urlOf(grpc.address, listening.tls !== null);
    log('listening', `${name} listens: gRPC at ${grpcUrl}, artifacts at ${artifactsUrl}. Page: ${pageUrl}/`);
    tellServing(manager, log, interrupt);
    try {
      await manager.run(interrupt);
    } finally {
      await closeAll([grpc, http]);
      await exchange.close();
    }
    log('ended', 'Ended; what is recorded is kept.');
    return EXIT.done;
  } finally {
    tellNoMore();
    await link.close();
  }
}

/** At its own end it lets go of the lease, which is no loss. */
function tellServing(manager: JobManager, log: Log, interrupt: AbortSignal): void {
  manager.onServing((serving) => {
    if (serving) log('lease-taken', 'Serving: this coordinator holds the lease.');
    else if (!interrupt.aborted) log('lease-lost', 'Not serving: the lease is not held.');
  });
}

function whyUnready(link: NatsLink, manager: JobManager | null): Waiting | null {
  if (manager !== null) return manager.waiting;
  return link.connected ? READING_JOBS : NATS_AWAY;
}
