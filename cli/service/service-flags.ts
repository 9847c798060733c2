import { LOG_FORMATS } from '../../adapters/telemetry/logs/log-format.js';
import { DEVICES } from '../../shared/job.js';
import {
  AUDIT_SHARE,
  AUDIT_SHARE_HELP,
  DEFAULT_AUDIT_SHARE,
  DEFAULT_HANG_SECONDS,
  HANG_SECONDS,
  PROCESSES,
} from '../certify/process-limits.js';
import type { FlagGroup } from '../command/flag.js';

/** Flags that `coordinator`, `worker` and `serve` share. Each may be set in the environment, as containers do. */

/** A coordinator looks through all jobs in every sweep. */
const MAX_JOBS = 100_000;

export const LISTENING = {
  heading: 'Listening:',
  flags: {
    grpc: {
      argument: '<host:port>',
      help: 'the gRPC service',
      decides: 'run',
      preset: '127.0.0.1:50051',
      env: true,
    },
    http: {
      argument: '<host:port>',
      help: 'health, metrics and artifacts',
      decides: 'run',
      preset: '127.0.0.1:9464',
      env: true,
    },
    tokenFile: {
      argument: '<file>',
      help: 'bearer tokens, one a line; read again when it changes',
      decides: 'run',
      env: true,
    },
    tlsCert: { argument: '<file>', help: 'PEM of the certificate', decides: 'run', env: true },
    tlsKey: { argument: '<file>', help: 'PEM of its key', decides: 'run', env: true },
    tlsClientCa: {
      argument: '<file>',
      help: 'PEM of the authorities that clients must have',
      decides: 'run',
      env: true,
    },
    insecure: { help: 'listen beyond this machine without TLS or tokens', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const STORAGE = {
  heading: 'Storage:',
  flags: {
    store: {
      argument: '<folder>',
      help: 'models, data sets and results, by digest',
      decides: 'run',
      needed: 'Name a folder for models, data sets and results.',
      env: true,
    },
    allowUri: {
      argument: '<prefix>',
      help: 'address of a folder that artifacts may be fetched from, http(s):// or file://; may be given several times',
      decides: 'run',
      repeated: true,
    },
  },
} as const satisfies FlagGroup;

/** The times for which a coordinator keeps jobs that have ended. */
export const RETENTION = {
  heading: 'Jobs that have ended:',
  flags: {
    retainDays: {
      argument: '<n>',
      help: 'days for which their ledgers are kept',
      decides: 'run',
      preset: '7',
      number: { least: 0, most: 36_500 },
      env: true,
    },
    retainLedgers: {
      argument: '<n>',
      help: 'most ledgers that are kept; those of the jobs that ended last stay',
      decides: 'run',
      preset: '200',
      number: { least: 0, most: MAX_JOBS, whole: true },
      env: true,
    },
    retainJobs: {
      argument: '<n>',
      help: 'most jobs that are kept at all, with their results; at least --retain-ledgers',
      decides: 'run',
      preset: '1000',
      number: { least: 1, most: MAX_JOBS, whole: true },
      env: true,
    },
  },
} as const satisfies FlagGroup;

export const MACHINE = {
  heading: 'Machine:',
  flags: {
    device: {
      argument: '<device>',
      help: DEVICES.join(', '),
      decides: 'run',
      preset: 'cpu',
      choices: DEVICES,
      env: true,
    },
    processes: {
      argument: '<n>',
      help: 'inference processes (default: one a core on cpu, else 1)',
      decides: 'run',
      number: PROCESSES,
      env: true,
    },
    hangSeconds: {
      argument: '<s>',
      help: 'a silent inference process is replaced after this long',
      decides: 'run',
      preset: DEFAULT_HANG_SECONDS,
      number: HANG_SECONDS,
      env: true,
    },
    auditShare: {
      argument: '<share>',
      help: AUDIT_SHARE_HELP,
      decides: 'run',
      preset: DEFAULT_AUDIT_SHARE,
      number: AUDIT_SHARE,
      env: true,
    },
    jobs: {
      argument: '<n>',
      help: 'jobs whose model is kept loaded at once',
      decides: 'run',
      preset: '2',
      number: { least: 1, most: 64, whole: true },
      env: true,
    },
    graceSeconds: {
      argument: '<s>',
      help: 'longest time from SIGTERM until what is being drawn is given up; recording has 5 s more',
      decides: 'run',
      preset: '20',
      number: { above: 0, most: 86_400 },
      env: true,
    },
  },
} as const satisfies FlagGroup;

/** The format of the log on standard error. */
export const LOG_FORMAT = {
  argument: '<format>',
  help: 'pretty, a sentence a line, or json, an object a line',
  decides: 'run',
  preset: 'pretty',
  choices: LOG_FORMATS,
  env: true,
} as const;
