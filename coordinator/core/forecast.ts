import { forecastFailures } from '../../statistics/forecast.js';
import { votesForLeader } from './class-votes.js';
import type { JobFold } from './job-fold.js';

/**
 * Returns the radius that an image is forecast to hold had it drawn its whole budget at the rate of failures seen: the
 * price of stopping early, to be shown beside the samples that stopping saved. A forecast, never a certificate.
 */
export function forecastRadius(fold: JobFold, image: number): number {
  const { claim } = fold.job;
  const state = fold.images.get(image)!;
  const prefix = state.prefixes.at(-1);
  if (!prefix || state.ending?.outcome === 'failed') return 0;
  const { classIndex, failures, n } = votesForLeader(prefix);
  if (classIndex === null) return 0;
  const last = claim.looks.length - 1;
  const most = claim.looks[last]!;
  const forecast = fold.decision.bound.certify(last, forecastFailures(failures, n, most), most);
  const best = [state.held, forecast].filter((c) => c !== null);
  return best.reduce((r, { deltaUpper }) => Math.max(r, fold.decision.radiusOf(deltaUpper) ?? 0), 0);
}
