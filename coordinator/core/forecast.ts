import { leaderOf, votesOf } from '../../shared/counts.js';
import { forecastFailures } from '../../statistics/forecast.js';
import type { JobFold } from './job-fold.js';

/**
 * The radius that an image would be forecast to hold had it drawn its whole budget at the rate of failures seen: the
 * price of stopping early, to be shown beside what stopping saved. A forecast, never a certificate.
 */
export function forecastRadius(fold: JobFold, image: number): number {
  const { claim } = fold.job;
  const state = fold.images.get(image)!;
  const prefix = state.prefixes.at(-1);
  const leader = prefix ? leaderOf(prefix) : null;
  if (!prefix || leader === null || state.ending?.outcome === 'failed') return 0;
  const n = claim.looks[state.prefixes.length - 1]!;
  const last = claim.looks.length - 1;
  const failures = forecastFailures(n - votesOf(prefix, leader), n, claim.looks[last]!);
  const forecast = fold.decision.bound.certify(last, failures, claim.looks[last]!);
  const best = [state.held, forecast].filter((c) => c !== null);
  return best.reduce((r, { deltaUpper }) => Math.max(r, fold.decision.radiusOf(deltaUpper) ?? 0), 0);
}
