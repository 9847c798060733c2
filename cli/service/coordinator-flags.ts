import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { NATS, NATS_LOGIN, NATS_TIMES } from '../nats/nats-flags.js';
import { LISTENING, LOG_FORMAT, RETENTION, STORAGE } from './service-flags.js';

const CLUSTER = {
  heading: 'Cluster:',
  flags: {
    advertise: {
      argument: '<url>',
      help: 'where workers fetch artifacts (default: the address of --http)',
      decides: 'run',
    },
    redrawShare: {
      argument: '<share>',
      help: 'share of the counted shards that another worker draws a second time; 0.01 finds a worker that lies',
      decides: 'run',
      preset: '0',
      number: { least: 0, most: 1 },
      env: true,
    },
    logFormat: LOG_FORMAT,
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const COORDINATOR_GROUPS = [
  STORAGE,
  RETENTION,
  LISTENING,
  NATS,
  NATS_LOGIN,
  NATS_TIMES,
  CLUSTER,
] as const;
export type CoordinatorFlags = ValuesOf<typeof COORDINATOR_GROUPS>;
