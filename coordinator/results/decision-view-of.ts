import type { DecisionView } from '../../api/job-view.js';
import type { Certificate } from './certificates.js';

/** Returns what clients are told of a decision while a job runs. */
export function decisionViewOf({ image, outcome, class: certified, radius }: Certificate): DecisionView {
  return { image, outcome, class: certified, radius };
}
