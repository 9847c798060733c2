import type { Command, Option } from 'commander';
import { BOUND_NAMES, DEVICES } from '../../shared/job.js';
import { RULE_NAMES } from '../../shared/job-spec.js';
import { KINDS, type RawArtifactsOptions } from '../jobs/artifacts-command.js';
import { LAYOUTS, type RawJobOptions, type RawOptions } from '../certify/config.js';
import type { RawJobsOptions } from '../jobs/jobs-command.js';
import { LOG_FORMATS } from '../../adapters/telemetry/logs/log-format.js';
import type { RawServerOptions } from '../jobs/server-flags.js';
import type { RawSubmitOptions } from '../jobs/submit-command.js';

/**
 * What a flag decides. `job`: a part of the job, so that another value into the same folder is refused. `run`: how this
 * one command runs and what it shows, so that it is free to change on resume.
 */
export type Decides = 'job' | 'run';

export interface FlagFacts {
  readonly decides: Decides;
  /** The values that it takes, where they are few. */
  readonly choices?: readonly string[];
  /** The command cannot do without it. */
  readonly needed?: true;
}

const JOB: FlagFacts = { decides: 'job' };
const RUN: FlagFacts = { decides: 'run' };

type Facts<Raw> = Readonly<Record<keyof Raw, FlagFacts>>;

/** Of every command that begins a job. */
const JOB_FLAGS: Facts<RawJobOptions> = {
  config: RUN,
  printConfig: RUN,
  model: { ...JOB, needed: true },
  data: { ...JOB, needed: true },
  labels: JOB,
  images: JOB,
  out: RUN,
  sigma: { ...JOB, needed: true },
  alpha: JOB,
  stop: { ...JOB, choices: RULE_NAMES },
  bound: { ...JOB, choices: BOUND_NAMES },
  radii: JOB,
  minGain: JOB,
  maxSamples: JOB,
  n0: JOB,
  seed: JOB,
  inputScale: JOB,
  mean: JOB,
  std: JOB,
  layout: { ...JOB, choices: LAYOUTS },
  output: JOB,
  batch: JOB,
  device: { ...JOB, choices: DEVICES },
  json: RUN,
  quiet: RUN,
  verbose: RUN,
};

/** Of `certify`: a flag that is missing here does not compile, and a wrong one fails test/reference.test.ts. */
export const CERTIFY_FLAGS: Facts<RawOptions> = {
  ...JOB_FLAGS,
  out: { ...RUN, needed: true },
  processes: RUN,
  hangSeconds: RUN,
  topkRows: RUN,
};

/** Of every command that talks to a server. */
const SERVER_FLAGS: Facts<RawServerOptions> = {
  server: RUN,
  tokenFile: RUN,
  waitSeconds: RUN,
  tls: RUN,
  tlsCa: RUN,
  tlsCert: RUN,
  tlsKey: RUN,
};

const SUBMIT_FLAGS: Facts<RawSubmitOptions> = {
  ...JOB_FLAGS,
  ...SERVER_FLAGS,
  detach: RUN,
  requestId: RUN,
};

/** Of `results`, which begins no job and changes none. */
export const RESULTS_FLAGS: Readonly<Record<string, FlagFacts>> = {
  ...SERVER_FLAGS,
  out: RUN,
  radii: RUN,
  topkRows: RUN,
  json: RUN,
  verbose: RUN,
};

const JOBS_FLAGS: Facts<RawJobsOptions> = { ...SERVER_FLAGS, limit: RUN, json: RUN, verbose: RUN };

/** What is sent by its digest: of no job yet. */
const ARTIFACTS_FLAGS: Facts<RawArtifactsOptions> = {
  ...SERVER_FLAGS,
  kind: { ...RUN, choices: KINDS },
  labels: RUN,
  images: RUN,
  json: RUN,
  quiet: RUN,
  verbose: RUN,
};

const NATS_LOGIN_FLAGS = {
  nats: RUN,
  natsUser: RUN,
  natsPasswordFile: RUN,
  natsTokenFile: RUN,
  natsNkey: RUN,
  natsCreds: RUN,
  natsCa: RUN,
  natsCert: RUN,
  natsKey: RUN,
  natsReplicas: RUN,
};
const NATS_FLAGS = { ...NATS_LOGIN_FLAGS, ackWaitSeconds: RUN, leaseSeconds: RUN };
const RETENTION_FLAGS = { retainDays: RUN, retainLedgers: RUN, retainJobs: RUN };
const UPKEEP_FLAGS = {
  ...NATS_LOGIN_FLAGS,
  store: { ...RUN, needed: true as const },
  json: RUN,
  verbose: RUN,
};
const LOG_FLAGS = { logFormat: { ...RUN, choices: LOG_FORMATS }, verbose: RUN };
const LISTENING_FLAGS = {
  grpc: RUN,
  http: RUN,
  tokenFile: RUN,
  tlsCert: RUN,
  tlsKey: RUN,
  tlsClientCa: RUN,
  insecure: RUN,
  store: { ...RUN, needed: true as const },
  allowUri: RUN,
  ...LOG_FLAGS,
} as const;
const MACHINE_FLAGS = {
  device: { ...RUN, choices: DEVICES },
  processes: RUN,
  hangSeconds: RUN,
  jobs: RUN,
  graceSeconds: RUN,
};
const WORKER_FLAGS = {
  ...NATS_FLAGS,
  ...MACHINE_FLAGS,
  cache: RUN,
  cacheGib: RUN,
  store: RUN,
  artifacts: RUN,
  tokenFile: RUN,
  artifactsCa: RUN,
  artifactsCert: RUN,
  artifactsKey: RUN,
  http: RUN,
  name: RUN,
  ...LOG_FLAGS,
};

/** By the name of the command. A command that is not here, or lacks a flag, has no place in the reference. */
const FACTS: Readonly<Record<string, Readonly<Record<string, FlagFacts>>>> = {
  certify: CERTIFY_FLAGS,
  results: RESULTS_FLAGS,
  submit: SUBMIT_FLAGS,
  watch: JOBS_FLAGS,
  jobs: JOBS_FLAGS,
  job: JOBS_FLAGS,
  cancel: JOBS_FLAGS,
  artifacts: ARTIFACTS_FLAGS,
  serve: { ...LISTENING_FLAGS, ...RETENTION_FLAGS, ...MACHINE_FLAGS },
  coordinator: { ...NATS_FLAGS, ...LISTENING_FLAGS, ...RETENTION_FLAGS, advertise: RUN },
  worker: WORKER_FLAGS,
  backup: { ...UPKEEP_FLAGS, out: { ...RUN, needed: true }, inputs: RUN },
  restore: UPKEEP_FLAGS,
  prune: { ...UPKEEP_FLAGS, unusedDays: RUN, delete: RUN },
  forget: UPKEEP_FLAGS,
};

/** What is known of a flag of a command. @throws Error if nothing is: every flag is one of the two kinds */
export function factsOf(command: Command, option: Option): FlagFacts {
  const facts = FACTS[command.name()]?.[option.attributeName()];
  if (facts) return facts;
  throw new Error(`${command.name()} ${option.long ?? option.flags} is missing in cli/command/flag-facts.ts`);
}
