import { expect, it } from 'vitest';
import type { RunNews } from '../api/run-news.js';
import type { CERTIFY_GROUPS } from '../cli/certify/certify-flags.js';
import type { RunSummary } from '../cli/certify/news-of-run.js';
import type { PREDICT_GROUPS } from '../cli/certify/predict-flags.js';
import type { FlagsOf } from '../cli/command/flag.js';
import type { SERVER } from '../cli/jobs/server-flags.js';
import type { SUBMIT_GROUPS } from '../cli/jobs/submit-flags.js';
import type { PLAN_GROUPS } from '../cli/plan/plan-flags.js';
import type { PredictionSummary } from '../cli/results/prediction-summary.js';
import type { Summary } from '../cli/results/summary.js';
import type { VERIFY_GROUPS } from '../cli/verify/verify-flags.js';
import type { Certificate as Certified } from '../coordinator/results/certificates.js';
import type { PredictionRow } from '../coordinator/results/predictions.js';
import { shownOptions } from './arguments-of.js';
import { TAKEN } from './taken.js';
import type * as options from './types/options.js';
import type { Certificate, Prediction } from './types/rows.js';
import type { CertifyNews } from './types/run.js';
import type { CertifySummary, PredictSummary } from './types/summary.js';

/** The compiler checks the types of users against those of the code: where they differ, `true` is no value of `Same`. */

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Fits<Ours, Theirs> = [Ours] extends [Theirs] ? true : never;
type Printing = 'printConfig' | 'json' | 'jsonLines' | 'quiet';
/** Flags of `predict` that it takes to refuse them. */
type Radii = 'radii' | 'minGain' | 'totalSamples' | 'runnerUp' | 'n0' | 'keepCounts' | 'topkRows' | 'stop';
type Server = keyof typeof SERVER.flags;

const OPTIONS: {
  certify: Same<
    keyof options.CertifyOptions,
    Exclude<keyof FlagsOf<typeof CERTIFY_GROUPS>, Printing> | 'signal' | 'onNews'
  >;
  predict: Same<
    keyof options.PredictOptions,
    Exclude<keyof FlagsOf<typeof PREDICT_GROUPS>, Printing | Radii> | 'signal' | 'onNews'
  >;
  plan: Same<
    keyof options.PlanOptions,
    Exclude<keyof FlagsOf<typeof PLAN_GROUPS>, Printing | 'verbose'> | 'signal'
  >;
  verify: Same<
    keyof options.VerifyOptions,
    Exclude<keyof FlagsOf<typeof VERIFY_GROUPS>, Printing | 'verbose'> | 'signal'
  >;
  connect: Same<keyof options.ConnectOptions, Server | 'signal'>;
  submit: Same<
    keyof options.SubmitOptions,
    Exclude<keyof FlagsOf<typeof SUBMIT_GROUPS>, Printing | Server | 'out' | 'detach' | 'report' | 'verbose'>
  >;
} = { certify: true, predict: true, plan: true, verify: true, connect: true, submit: true };

const OBJECTS: {
  certificate: Fits<Certified, Certificate>;
  certificateKeys: Same<keyof Certified, keyof Certificate>;
  prediction: Fits<PredictionRow, Prediction>;
  predictionKeys: Same<keyof PredictionRow, keyof Prediction>;
  summary: Fits<RunSummary & Summary, CertifySummary>;
  summaryKeys: Same<keyof (RunSummary & Summary), keyof CertifySummary>;
  predictSummary: Fits<RunSummary & PredictionSummary, PredictSummary>;
  predictKeys: Same<keyof (RunSummary & PredictionSummary), keyof PredictSummary>;
  news: Fits<RunNews<Certified, RunSummary & Summary>, CertifyNews>;
} = {
  certificate: true,
  certificateKeys: true,
  prediction: true,
  predictionKeys: true,
  summary: true,
  summaryKeys: true,
  predictSummary: true,
  predictKeys: true,
  news: true,
};

it('the options of every function are typed, and the objects that it gives', () => {
  expect(Object.keys(OPTIONS)).toEqual(Object.keys(TAKEN));
  for (const taken of Object.values(TAKEN)) expect(shownOptions(taken).length).toBeGreaterThan(5);
  expect(Object.values(OBJECTS)).not.toContain(false);
});
