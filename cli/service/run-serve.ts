import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { JobManager } from '../../coordinator/jobs/job-manager.js';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import { LocalExchange } from '../../adapters/local/local-exchange.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import type { Log } from '../../shared/telemetry/log.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import { ArtifactCache } from '../../worker/cluster/artifacts/cache.js';
import { folderSource } from '../../worker/cluster/artifacts/source.js';
import { Daemon } from '../../worker/cluster/daemon.js';
import { InferenceMachine } from '../../worker/cluster/inference-machine.js';
import { OutputFolder } from '../certify/output-folder.js';
import { closeAll, listeningFor, serveGrpc, serveHttp, urlOf } from './endpoints.js';
import type { Opened } from './opened.js';
import { untilInterrupted } from './until-interrupted.js';
import { nameOfProcess } from './process-name.js';
import type { ServeFlags } from './serve-flags.js';
import { listeningOf, machineOf, retentionOf, storageOf } from './service-config.js';
import { metricsOf, observeNats, observeProcesses, observeStore } from './service-metrics.js';
import { deathLog, workerLog } from '../worker/worker-log.js';

/** Copies of what lies beside them are no use beyond the jobs that need them. */
const CACHE_BYTES = 2 ** 30;
const PRESENCE_EVERY_MS = 5_000;
/** Small, so that a decision does not wait long for its task's record. */
const TASK_MICROS = 200_000;

/**
 * `smoothcert serve`: coordinator and worker of this machine in one process, until `interrupt` aborts. Resolves with the exit code.
 * @throws SmoothcertError before it serves, FOLDER_LOCKED where another process serves from this store
 */
export async function runServe(flags: ServeFlags, log: Log, interrupt: AbortSignal): Promise<number> {
  const code = await untilInterrupted(interrupt, (opened) => serve(flags, log, interrupt, opened));
  log('ended', 'Ended; what is recorded is kept.');
  return code;
}

async function serve(flags: ServeFlags, log: Log, interrupt: AbortSignal, opened: Opened): Promise<void> {
  const { store, allowUris } = storageOf(flags);
  const retention = retentionOf(flags);
  const machine = machineOf(flags);
  const listening = await listeningFor(listeningOf(flags), log);
  const folder = await OutputFolder.open(store);
  folder.begun = true;
  opened.add(() => folder.close());
  const metrics = metricsOf('coordinator', 'worker');
  observeNats(metrics, null);
  observeStore(metrics, store);
  const artifacts = await ArtifactFolder.open(folder.file('artifacts'));
  const fetcher = new UriFetcher(artifacts, allowUris);
  const exchange = await LocalExchange.open(folder.file('ledgers'), systemClock);
  opened.add(() => exchange.close());
  const damaged = (file: string, cause: unknown) =>
    log('job-unreadable', `${file} cannot be read.`, { cause });
  const jobs = await JobFolder.open(folder.file('jobs'), damaged);
  const limits = { ...DEFAULT_LIMITS, ...retention, taskMicros: TASK_MICROS };
  const ports = {
    jobs,
    exchange,
    artifacts,
    clock: systemClock,
    now: () => Date.now(),
    randomBytes,
    limits,
  };
  const manager = new JobManager({
    ...ports,
    lease: null,
    fetcher,
    metrics,
    log,
    tracer: openTelemetry,
  });
  const source = folderSource(artifacts);
  const cache = await ArtifactCache.open(path.join(store, 'cache'), CACHE_BYTES, source, metrics);
  const name = nameOfProcess();
  const { device, processes, hangMs, auditShare } = machine;
  const pool = { processes, hangMs, auditShare, onDeath: deathLog(log, name), metrics };
  const daemon = new Daemon({
    name,
    exchange,
    machine: new InferenceMachine({ device, cache, pool }),
    device,
    maxJobs: machine.jobs,
    presenceEveryMs: PRESENCE_EVERY_MS,
    graceMs: machine.graceMs,
    clock: systemClock,
    onEvent: workerLog(log, name),
    metrics,
    tracer: openTelemetry,
  });
  observeProcesses(metrics, () => daemon.pids);
  const waiting = () => manager.waiting;
  const http = await serveHttp(listening, { artifacts, name, waiting, advertised: null, metrics }, log);
  opened.add(() => closeAll([http]));
  http.answer(manager);
  const grpc = await serveGrpc(listening, manager, metrics, log);
  opened.add(() => closeAll([grpc]));
  const [grpcUrl, pageUrl] = [grpc, http].map(({ address }) => urlOf(address, listening.tls !== null));
  log('listening', `Listening: gRPC at ${grpcUrl}. Page: ${pageUrl}/`);
  await runBoth(manager, daemon, interrupt);
}

/** The worker ends first, so that what it hands back is recorded; if either fails, both end. */
async function runBoth(manager: JobManager, daemon: Daemon, interrupt: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const workerGone = new AbortController();
  const until = AbortSignal.any([interrupt, failed.signal]);
  const working = daemon.run(until).finally(() => {
    failed.abort();
    workerGone.abort();
  });
  const serving = manager.run(workerGone.signal).finally(() => failed.abort());
  const results = await Promise.allSettled([working, serving]);
  const fault = results.find((result) => result.status === 'rejected');
  if (fault) throw fault.reason;
}
