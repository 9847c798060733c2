import type { ResultSet } from '../../analysis/results/result-set.js';
import type { Figure } from '../figures/figure.js';
import { accuracyFigures, type Detail } from './accuracy-figures.js';
import {
  lowerBoundFigures,
  meanRadiusFigures,
  outcomesFigure,
  samplesFigure,
  spentFigure,
  stopsFigure,
  voteShareFigures,
} from './count-figures.js';

/**
 * Returns the figures of one or several jobs, the most telling first; docs/figures.md says what each of them holds. Those that say nothing of these jobs are
 * left out: no curve without a radius, no histogram of nothing. Also of jobs that go on, whose captions say so.
 *
 * @param sets at least one; no two labels equal. @param detail how many points curves of radii have
 */
export function resultFigures(sets: readonly ResultSet[], detail: Detail = 'drawn'): Figure[] {
  const hasEnded = sets.some(({ results }) => results.length > 0);
  if (!hasEnded) return [outcomesFigure(sets)];
  return [
    ...accuracyFigures(sets, detail),
    ...meanRadiusFigures(sets),
    outcomesFigure(sets),
    stopsFigure(sets),
    samplesFigure(sets),
    spentFigure(sets),
    ...lowerBoundFigures(sets),
    ...voteShareFigures(sets),
  ];
}
