import { HttpServer } from '../../adapters/http/http-server.js';
import { parseAddress, type Address } from '../../adapters/http/address.js';
import { metricsPage } from '../../adapters/telemetry/prometheus/page.js';
import type { PrometheusMetrics } from '../../adapters/telemetry/prometheus/prometheus-metrics.js';
import { SmoothcertError } from '../../shared/errors.js';
import { urlOf } from '../service/endpoints.js';
import type { Log } from '../../shared/telemetry/log.js';

const USUAL: Address = { host: '127.0.0.1', port: 9465 };

export interface WorkerPages {
  /** As it was typed; null: the usual port, or a free one where another worker has it. */
  readonly address: string | null;
  readonly metrics: PrometheusMetrics;
  readonly unready: () => string | null;
  readonly stuck: () => string | null;
  readonly log: Log;
}

/**
 * Health and metrics of a worker. They hold no secret, no artifact and no result, and answer nothing but GET: any address may be listened
 * at without TLS or tokens, as probes and Prometheus expect. @throws SmoothcertError OPTION_INVALID where an address that was asked for
 * cannot be had
 */
export async function serveWorkerHttp(pages: WorkerPages): Promise<HttpServer> {
  const { address, metrics, unready, stuck, log } = pages;
  const start = (at: Address) =>
    HttpServer.start({
      address: at,
      tls: null,
      tokens: null,
      unready,
      stuck,
      pages: { '/metrics': metricsPage(metrics) },
      report: (cause) => log('call-failed', 'A request met an error of ours.', { cause }),
    });
  const server =
    address === null
      ? await start(USUAL).catch((error: unknown) => {
          if (!isTaken(error)) throw error;
          return start({ ...USUAL, port: 0 });
        })
      : await start(parseAddress('--http', address));
  const url = urlOf(server.address, false);
  const moved = address === null && server.address.port !== USUAL.port;
  if (moved)
    log('port-taken', `Port ${USUAL.port} is in use: health and metrics are at ${url}; choose with --http.`);
  else log('listening', `Health and metrics at ${url}.`);
  return server;
}

const isTaken = (error: unknown): boolean =>
  error instanceof SmoothcertError &&
  (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
