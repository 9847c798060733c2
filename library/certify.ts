import { certifyConfig, type CertifyConfig } from '../cli/certify/certify-flags.js';
import { CERTIFY } from '../cli/certify/certify-verb.js';
import type { RunSummary } from '../cli/certify/news-of-run.js';
import { predictConfig } from '../cli/certify/predict-flags.js';
import { PREDICT } from '../cli/certify/predict-verb.js';
import type { ResultRow } from '../coordinator/results/result-row.js';
import { callWith } from './call.js';
import { TAKEN } from './taken.js';
import { ToldRun } from './told-run.js';
import type { CertifyOptions, PredictOptions } from './types/options.js';
import type { CertifyRun, PredictRun } from './types/run.js';

/**
 * Certifies images: begins the job of the folder `out`, or resumes it. The run begins at once.
 *
 * @returns the certificates as images are decided, and the result; both give the error where one of them is wrong: OPTION_INVALID, those of
 *   model and data, and of the machine (docs/errors.md)
 */
export function certify(options: CertifyOptions): CertifyRun {
  return runOf(options, async (signal) =>
    certifyConfig((await callWith(CERTIFY, [], { taken: TAKEN.certify, options, signal })).values()),
  ) as CertifyRun;
}

/** Predicts images: the class of the smoothed classifier, and no radius. As `certify`. */
export function predict(options: PredictOptions): PredictRun {
  return runOf(options, async (signal) =>
    predictConfig((await callWith(PREDICT, [], { taken: TAKEN.predict, options, signal })).values()),
  ) as PredictRun;
}

/** @param configOf checks the options */
function runOf(
  options: CertifyOptions | PredictOptions,
  configOf: (signal: AbortSignal) => Promise<CertifyConfig>,
): ToldRun<ResultRow, RunSummary> {
  // Options that are none are refused where they are checked.
  const { out, verbose = false, onNews } = Object(options) as Partial<typeof options>;
  const following = { out: String(out), verbose, onNews, options };
  return new ToldRun(async (teller, until) => {
    const config = await configOf(until);
    const { certify: run } = await import('../cli/certify/certify.js');
    return run(config, until, teller);
  }, following);
}
