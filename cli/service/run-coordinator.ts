import { randomBytes } from 'node:crypto';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { JobManager } from '../../coordinator/jobs/job-manager.js';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { NatsCoordinatorExchange } from '../../adapters/nats/exchange/coordinator-exchange.js';
import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { NatsLease } from '../../adapters/nats/jobs/nats-lease.js';
import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { NATS_AWAY, READING_JOBS } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import type { Log } from '../../shared/telemetry/log.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import type { CoordinatorFlags } from './coordinator-flags.js';
import { closeAll, listeningFor, serveGrpc, serveHttp, urlOf } from './endpoints.js';
import type { LeaseHolder } from '../../shared/wire/cluster.js';
import type { Patience } from '../../adapters/nats/link/patience.js';
import { openLink, patienceOf } from '../nats/open-link.js';
import { untilInterrupted } from './until-interrupted.js';
import type { Opened } from './opened.js';
import { natsOptions } from '../nats/nats-flags.js';
import { nameOfProcess } from './process-name.js';
import { listeningOf, retentionOf, storageOf } from './service-config.js';
import { metricsOf, observeStore } from './service-metrics.js';

/**
 * `smoothcert coordinator`: serves until `interrupt` aborts, then lets go of the lease and ends. Resolves with the exit code. What NATS does
 * not do yet is waited for; what was opened is closed however it ends.
 * @throws SmoothcertError before it serves
 */
export async function runCoordinator(
  flags: CoordinatorFlags,
  log: Log,
  interrupt: AbortSignal,
): Promise<number> {
  const code = await untilInterrupted(interrupt, async (opened) => {
    const config = listeningOf(flags);
    const { store, allowUris } = storageOf(flags);
    const limits = { ...DEFAULT_LIMITS, ...retentionOf(flags), redrawShare: flags.redrawShare };
    const name = nameOfProcess();
    const nats = natsOptions(flags, 'coordinator', name);
    const listening = await listeningFor(config, log);
    const artifacts = await ArtifactFolder.open(store);
    const fetcher = new UriFetcher(artifacts, allowUris);
    const metrics = metricsOf('coordinator');
    observeStore(metrics, store);
    const seen: Seen = { link: null, manager: null };
    const advertised = flags.advertise ?? null;
    const waiting = () => whyUnready(seen);
    const http = await serveHttp(listening, { artifacts, name, waiting, advertised, metrics }, log);
    opened.add(() => closeAll([http]));
    const pageUrl = urlOf(http.address, listening.tls !== null);
    const artifactsUrl = advertised ?? pageUrl;
    const patience = patienceOf(flags, log, interrupt);
    const link = await openLink(nats, patience, { metrics, log, opened });
    seen.link = link;
    const self = { holder: name, artifactsUrl };
    const { lease, ...stores } = await clusterPorts(link, patience, self, { log, opened });
    const ports = { ...stores, artifacts, clock: systemClock, now: () => Date.now(), randomBytes, limits };
    const manager = new JobManager({ ...ports, lease, fetcher, metrics, log, tracer: openTelemetry });
    seen.manager = manager;
    http.answer(manager);
    const grpc = await serveGrpc(listening, manager, metrics, log);
    opened.add(() => closeAll([grpc]));
    const grpcUrl = urlOf(grpc.address, listening.tls !== null);
    log('listening', `${name} listens: gRPC at ${grpcUrl}, artifacts at ${artifactsUrl}. Page: ${pageUrl}/`);
    tellServing(manager, log, interrupt);
    await manager.run(interrupt);
  });
  log('ended', 'Ended; what is recorded is kept.');
  return code;
}

/** Opens what is kept in NATS, as soon as NATS answers for it. */
async function clusterPorts(
  link: NatsLink,
  patience: Patience,
  self: LeaseHolder,
  { log, opened }: { readonly log: Log; readonly opened: Opened },
) {
  const exchange = await patience.until(() => NatsCoordinatorExchange.open(link));
  opened.add(() => exchange.close());
  const damaged = (job: string, cause: unknown) =>
    log('job-unreadable', 'A job cannot be read.', { job, cause });
  const jobs = await patience.until(() => NatsJobStore.open(link, damaged));
  const lease = await patience.until(() => NatsLease.open(link, self));
  return { exchange, jobs, lease };
}

/** At its own end it lets go of the lease, which is no loss. */
function tellServing(manager: JobManager, log: Log, interrupt: AbortSignal): void {
  manager.onServing((serving) => {
    if (serving) log('lease-taken', 'Serving: this coordinator holds the lease.');
    else if (!interrupt.aborted) log('lease-lost', 'Not serving: the lease is not held.');
  });
}

/** The parts of a coordinator that are there already, for its health pages. */
interface Seen {
  link: NatsLink | null;
  manager: JobManager | null;
}

function whyUnready({ link, manager }: Seen): Waiting | null {
  if (manager !== null) return manager.waiting;
  return link?.connected === true ? READING_JOBS : NATS_AWAY;
}
