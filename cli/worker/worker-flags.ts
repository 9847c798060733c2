import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { NATS, NATS_LOGIN, NATS_TIMES } from '../nats/nats-flags.js';
import { LOG_FORMAT, MACHINE } from '../service/service-flags.js';

const ARTIFACTS = {
  heading: 'Artifacts:',
  flags: {
    cache: {
      argument: '<folder>',
      help: 'models and images, by digest (default: the user’s cache)',
      decides: 'run',
      env: true,
    },
    cacheGib: {
      argument: '<n>',
      help: 'most space for those that no job needs now',
      decides: 'run',
      preset: '20',
      number: { above: 0, most: 1e6 },
      env: true,
    },
    store: {
      argument: '<folder>',
      help: 'a coordinator’s --store that this machine can read: nothing is fetched',
      decides: 'run',
      env: true,
    },
    artifacts: {
      argument: '<url>',
      help: 'where artifacts are fetched (default: where the coordinator says)',
      decides: 'run',
      env: true,
    },
    tokenFile: { argument: '<file>', help: 'bearer token of the coordinator', decides: 'run', env: true },
    artifactsCa: {
      argument: '<file>',
      help: 'PEM of the authorities that the coordinator is trusted by',
      decides: 'run',
      env: true,
    },
    artifactsCert: { argument: '<file>', help: 'PEM of our certificate for it', decides: 'run', env: true },
    artifactsKey: { argument: '<file>', help: 'PEM of its key', decides: 'run', env: true },
  },
} as const satisfies FlagGroup;

const PAGES = {
  heading: 'Listening:',
  flags: {
    http: {
      argument: '<host:port>',
      help: 'health and metrics, nothing secret (default: 127.0.0.1:9465, or a free port where that is in use)',
      decides: 'run',
      env: 'WORKER_HTTP',
    },
  },
} as const satisfies FlagGroup;

const CLUSTER = {
  heading: 'Cluster:',
  flags: {
    name: {
      argument: '<name>',
      help: 'unique in the cluster (default: host, pid and a random part)',
      decides: 'run',
      env: 'WORKER',
    },
    logFormat: LOG_FORMAT,
    verbose: { help: 'stack traces, and the last output of inference processes that end', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const WORKER_GROUPS = [MACHINE, NATS, NATS_LOGIN, NATS_TIMES, ARTIFACTS, PAGES, CLUSTER] as const;
export type WorkerFlags = ValuesOf<typeof WORKER_GROUPS>;
