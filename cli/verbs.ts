import { CERTIFY } from './certify/certify-verb.js';
import { PREDICT } from './certify/predict-verb.js';
import { CHECK } from './check/check-verb.js';
import type { Verb } from './command/verb.js';
import { ARTIFACTS } from './jobs/artifacts-verb.js';
import { CANCEL, JOB, JOBS, WATCH } from './jobs/job-verbs.js';
import { SUBMIT } from './jobs/submit-verb.js';
import { WORKERS } from './jobs/workers-verb.js';
import { PLAN } from './plan/plan-verb.js';
import { REPORT } from './report/report-verb.js';
import { RESULTS } from './results/results-verb.js';
import { VERIFY } from './verify/verify-verb.js';
import { SCORES } from './scores/scores-verb.js';
import { COORDINATOR } from './service/coordinator-verb.js';
import { STUDY } from './study/study-verb.js';
import { SERVE } from './service/serve-verb.js';
import { WORKER } from './worker/worker-verb.js';
import { BACKUP, FORGET, PRUNE, RESTORE } from './upkeep/upkeep-verbs.js';

/** Every command, in the order of --help and of docs/configuration.md. */
export const VERBS: readonly Verb[] = [
  CERTIFY,
  PREDICT,
  CHECK,
  SCORES,
  RESULTS,
  REPORT,
  PLAN,
  STUDY,
  VERIFY,
  SUBMIT,
  WATCH,
  JOBS,
  JOB,
  CANCEL,
  WORKERS,
  ARTIFACTS,
  SERVE,
  COORDINATOR,
  WORKER,
  BACKUP,
  RESTORE,
  PRUNE,
  FORGET,
];
