import type { Page } from '../../http/http-server.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';

/** Returns the page /metrics. It has numbers and versions only, no secret and nothing of a job's content, so it needs no token. */
export function metricsPage(metrics: PrometheusMetrics): Page {
  return {
    open: true,
    serve: async (_, response) => {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
    },
  };
}
