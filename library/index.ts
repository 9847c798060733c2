/** The library: what the command line does, for programs. It prints nothing. */
import { SmoothcertError as ErrorClass } from '../shared/errors.js';
import type { SmoothcertError as ErrorOfLibrary, SmoothcertErrorClass } from './types/error.js';

export { certify, predict } from './certify.js';
export { plan } from './plan.js';
export { verify } from './verify.js';
export { openResults } from './open-results.js';
export { connect } from './connect.js';

/** An error of the library: one sentence, a code, and what to do. */
export type SmoothcertError = ErrorOfLibrary;
export const SmoothcertError: SmoothcertErrorClass = ErrorClass;

export type {
  CertifyOptions,
  ConnectOptions,
  PlanOptions,
  PredictOptions,
  SubmitOptions,
  VerifyOptions,
} from './types/options.js';
export type { CertifyNews, CertifyRun, Outlook, PredictNews, PredictRun, Run, RunNews } from './types/run.js';
export type { RunResult } from './types/run.js';
export type { Certificate, Counts, Prediction } from './types/rows.js';
export type { CertifySummary, PredictSummary } from './types/summary.js';
export type { Plan, PlanAnswer, PlanRow } from './types/plan.js';
export type { VerifyReport } from './types/verify.js';
export type { JobFacts, Results } from './types/results.js';
export type { JobState, Server, ServerJob } from './types/server.js';
