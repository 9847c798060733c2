/** Pages whose commands need servers: what is done before, and what stands for the names that a page leaves to its reader. */

export interface ClusterPage {
  /** Run before the commands of the page. */
  readonly before: string;
  /** Texts of the page, and what stands for them. */
  readonly names: readonly (readonly [string | RegExp, string])[];
}

const SMALL = '--model M.onnx --data D.npz --sigma 0.25 --no-check --max-samples 500 --out first';
const READY = 'until curl -sf 127.0.0.1:9464/readyz > ready; do sleep 0.2; done';
/** A server with a job that has ended, of the name in the file `job`. */
const SERVED = `smoothcert serve --store store 2> serve.log &
${READY}
smoothcert submit ${SMALL} > submitted 2>&1
grep -o -m 1 'j-[0-9a-f]*' submitted > job`;
/** The same of a cluster. */
const CLUSTER = `nats-server -a 127.0.0.1 -js -sd nats -l nats.log &
smoothcert coordinator --store store 2> coordinator.log &
smoothcert worker --cache cache 2> worker.log &
${READY}
smoothcert submit ${SMALL} > submitted 2>&1
grep -o -m 1 'j-[0-9a-f]*' submitted > job`;

/** A server that a page starts stays while the commands after it run. */
const STAYS = [/^smoothcert serve [^&\n]*$/gm, `$& 2> serve.log &\n${READY}`] as const;
const JOB = [/\bJOB\b|j-0123456789abcdef0123/g, '$(cat job)'] as const;

export const CLUSTER_PAGES: Readonly<Record<string, ClusterPage>> = {
  'docs/api-http.md': {
    before: `${SERVED}\necho secret > token`,
    names: [
      [/'([^'\n]*)JOB([^'\n]*)'/g, '"$1$(cat job)$2"'],
      JOB,
      ['https://coordinator:9464', 'http://127.0.0.1:9464'],
    ],
  },
  'docs/cluster.md': {
    before: '',
    names: [[/^nats-server [\s\S]*/m, ''], ['/var/lib/smoothcert', 'store'], STAYS],
  },
  'docs/metrics.md': { before: CLUSTER, names: [] },
  'docs/monitoring.md': { before: CLUSTER, names: [] },
  'docs/page.md': { before: '', names: [STAYS] },
  'docs/runbook.md': {
    before: `${CLUSTER}\nmkdir certificates\necho '{"outcome":"failed"}' > certificates/results.jsonl`,
    names: [
      JOB,
      [/COORDINATOR|WORKER/g, '127.0.0.1'],
      ['--seed SEED --images 17:18', '--seed 7 --images 1:2'],
    ],
  },
  'docs/three-servers.md': {
    before: '',
    names: [[/examples\/digits\/digits\.npz/g, 'shipped-digits.npz']],
  },
  'docs/tracing.md': {
    before: '',
    names: [
      ['/var/lib/smoothcert', 'store'],
      [/^node --import .*$/m, `$& 2> serve.log &\n${READY}`],
    ],
  },
};
