import { forecastFailures } from '../../statistics/forecast.js';
import { votesForLeader } from './class-votes.js';
import type { JobFold } from './job-fold.js';

/**
 * Returns the radius that an image is forecast to hold had it drawn its whole budget at the rates of failures and of votes for the
 * runner-up that were seen: the price of stopping early, to be shown beside the samples that stopping saved. A forecast, never a certificate.
 */
export function forecastRadius(fold: JobFold, image: number): number {
  const { claim } = fold.job;
  const state = fold.images.get(image)!;
  const prefix = state.prefixes.at(-1);
  if (!prefix || state.ending?.outcome === 'failed') return 0;
  const { classIndex, failures, n, runnerUp } = votesForLeader(prefix);
  if (classIndex === null) return 0;
  const last = claim.looks.length - 1;
  const most = claim.looks[last]!;
  const expected = (count: number): number => forecastFailures(count, n, most);
  const { decision } = fold;
  const forecast = decision.bound.certify(last, expected(failures), most, expected(runnerUp?.votes ?? 0));
  const best = [state.held, forecast].filter((c) => c !== null);
  return best.reduce((r, c) => Math.max(r, decision.radiusOf(c.deltaUpper, c.runnerUpUpper) ?? 0), 0);
}
