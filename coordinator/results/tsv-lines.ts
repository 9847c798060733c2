import type { Claim } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { printDown } from '../../statistics/radius.js';
import type { Certificate } from './certificates.js';
import type { PredictionRow } from './predictions.js';
import type { ResultRow } from './result-rows.js';

/** The columns of Cohen et al.'s script certify.py. */
export const TSV_HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
/** Has no column `radius`, so that no script takes an approximation for a certificate. */
const APPROXIMATE_HEADER = 'idx\tlabel\tpredict\tapproximate_radius\tcorrect\ttime\tnote';
/** The columns of their script predict.py. */
const PREDICT_HEADER = 'idx\tlabel\tpredict\tcorrect\ttime';
const RADIUS_DIGITS = 6;

/** Returns the header of results.tsv. */
export function tsvHeader({ bound, stop }: Pick<Claim, 'bound' | 'stop'>): string {
  if (stop.kind === 'predict') return PREDICT_HEADER;
  return BOUNDS[bound].proves ? TSV_HEADER : APPROXIMATE_HEADER;
}

/**
 * Returns one line of results.tsv: abstain is predict −1 and radius 0; without labels, label −1 and correct 0; the radius is
 * rounded down, or as `target` has it; `time` is the recorded seconds of noise and inference.
 */
export function tsvLine(row: ResultRow, micros: number): string {
  return 'radius' in row ? certificateLine(row, micros) : predictionLine(row, micros);
}

function predictionLine({ image, label, class: predicted }: PredictionRow, micros: number): string {
  const correct = predicted !== null && predicted === label ? 1 : 0;
  return [image, label ?? -1, predicted ?? -1, correct, seconds(micros)].join('\t');
}

function certificateLine(certificate: Certificate, micros: number): string {
  const { image, label, class: certified, approximate_class: approximate } = certificate;
  const predicted = certified ?? approximate ?? -1;
  return [
    image,
    label ?? -1,
    predicted,
    certificate.target ?? radiusText(certificate),
    predicted === label ? 1 : 0,
    seconds(micros),
    ...(BOUNDS[certificate.bound].proves ? [] : ['approximate']),
  ].join('\t');
}

const seconds = (micros: number): string => (micros / 1e6).toFixed(6);

function radiusText({ radius, approximate_radius: approximate = radius }: Certificate): string {
  return approximate === null ? 'nan' : printDown(approximate, RADIUS_DIGITS);
}
