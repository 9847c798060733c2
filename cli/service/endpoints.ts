import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { LateApi, apiArea } from '../../coordinator/http/api/api-area.js';
import { pageArea } from '../../coordinator/http/page-area.js';
import { serveArtifact } from '../../coordinator/http/artifact-downloads.js';
import { SmoothcertError } from '../../shared/errors.js';
import { HttpServer } from '../../adapters/http/http-server.js';
import { parseAddress, refuseInsecure, showAddress, type Address } from '../../adapters/http/address.js';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { metricsPage } from '../../adapters/telemetry/prometheus/page.js';
import type { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import type { Waiting } from '../../shared/waiting.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { webOf, type Web } from './web/web-parts.js';
import type { ListeningConfig } from './service-config.js';
import type { Log } from '../../shared/telemetry/log.js';

const CLOSE_GRACE_MS = 5_000;

/** The addresses, certificates and tokens of a service, read and checked before anything is begun. */
export interface Listening {
  readonly grpc: Address;
  readonly http: Address;
  readonly tls: Tls | null;
  readonly tokens: Tokens | null;
}

/** @throws SmoothcertError OPTION_INVALID, INSECURE_LISTENING */
export async function listeningFor(config: ListeningConfig, log: Log): Promise<Listening> {
  const grpc = parseAddress('--grpc', config.grpc);
  const http = parseAddress('--http', config.http);
  const tokens = config.tokenFile === null ? null : await Tokens.open(config.tokenFile);
  const tls = config.tls === null ? null : Tls.open(config.tls, toldTo(log));
  refuseInsecure([grpc, http], { tls: tls !== null, tokens: tokens !== null, insecure: config.insecure });
  return { grpc, http, tls, tokens };
}

/** Logged, because the old certificate stays in use and nobody would notice before it expires. */
const toldTo = (log: Log) => (cause: unknown) =>
  log('tls-unusable', 'The new TLS files cannot be used; those that were read before are.', { cause });

const reportTo = (log: Log) => (cause: unknown) =>
  log('call-failed', 'A call met an error of ours.', { cause });

const refusedTo = (log: Log) => (where: string) =>
  log('call-refused', `A call without a token that is known was refused: ${where}.`, {
    code: 'UNAUTHENTICATED',
  });

const uploadTo = (log: Log) => (cause: unknown) => {
  const full = cause instanceof SmoothcertError && cause.code === 'DISK_FULL';
  log(full ? 'store-full' : 'upload-refused', 'An upload was refused.', { cause });
};

/** The build of the web page, beside the compiled code. */
const PAGE_FOLDER = fileURLToPath(new URL('../../page', import.meta.url));

/** The parts of the HTTP server of a service that are there before the service is. */
export interface Shown {
  readonly artifacts: ArtifactStore;
  /** Name of this process. */
  readonly name: string;
  /** Why it answers nothing about jobs now; null while it does. */
  readonly waiting: () => Waiting | null;
  /** Address that workers are given; null: that of the server. */
  readonly advertised: string | null;
  readonly metrics: PrometheusMetrics;
}

/** The HTTP server with all that answers behind it. */
export interface HttpEndpoint {
  readonly address: Address;
  /** Answers about jobs from now on. */
  answer(service: CertificationService): void;
  close(graceMs: number): Promise<void>;
}

/** Health, metrics, artifacts, the web page and its API. */
export async function serveHttp(
  { http: address, tls, tokens }: Listening,
  { artifacts, name, waiting, advertised, metrics }: Shown,
  log: Log,
): Promise<HttpEndpoint> {
  const [report, onRefused] = [reportTo(log), refusedTo(log)];
  let web: Web | null = null;
  const api = new LateApi(waiting);
  const server = await HttpServer.start({
    address,
    tls,
    tokens,
    unready: () => waiting()?.message ?? null,
    report,
    onRefused,
    pages: { '/metrics': metricsPage(metrics) },
    areas: [pageArea(PAGE_FOLDER), api],
    others: (request, response) => serveArtifact(artifacts, request, response),
  });
  return {
    address: server.address,
    answer: (service) => {
      const { host } = address;
      web = webOf({ service, name, tokens, host, advertised, onRefused, onFault: report });
      api.answering = apiArea(web.parts);
    },
    close: async (graceMs) => {
      await server.close(graceMs);
      await web?.close();
    },
  };
}

export function serveGrpc(
  { grpc: address, tls, tokens }: Listening,
  service: CertificationService,
  metrics: PrometheusMetrics,
  log: Log,
): Promise<GrpcServer> {
  return GrpcServer.start({
    service,
    address,
    tls,
    tokens,
    metrics,
    report: reportTo(log),
    onRefused: refusedTo(log),
    onUploadRefused: uploadTo(log),
  });
}

/** Returns the URL by which others reach an address, with the name of this machine if it listens everywhere. */
export function urlOf({ host, port }: Address, tls: boolean): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  return `${tls ? 'https' : 'http'}://${showAddress({ host: everywhere ? hostname() : host, port })}`;
}

export async function closeAll(servers: readonly { close(graceMs: number): Promise<void> }[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close(CLOSE_GRACE_MS)));
}
