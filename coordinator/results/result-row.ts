import type { Certificate } from './certificates.js';
import type { PredictionRow } from './predictions.js';

/** A line of results.jsonl: a certificate, or a prediction of a job of `predict`. */
export type ResultRow = Certificate | PredictionRow;
