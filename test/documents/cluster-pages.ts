/** Pages whose commands need servers. */
export const CLUSTER_PAGES: Readonly<Record<string, string>> = {
  'docs/api-http.md': '',
  'docs/backup.md': '',
  'docs/cluster.md': '',
  'docs/metrics.md': '',
  'docs/monitoring.md': '',
  'docs/page.md': '',
  'docs/runbook.md': '',
  'docs/security.md': '',
  'docs/tracing.md': '',
};
