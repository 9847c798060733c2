import type { DecisionView } from '../../api/job-view.js';
import { radiusOf, type ResultRow } from './result-rows.js';

/** Returns what clients are told of a decision while a job runs. */
export function decisionViewOf(row: ResultRow): DecisionView {
  return { image: row.image, outcome: row.outcome, class: row.class, radius: radiusOf(row) };
}
