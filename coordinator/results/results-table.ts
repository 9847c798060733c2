import type { BoundName } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { printDown } from '../../statistics/radius.js';
import type { Certificate } from './certificates.js';

/** The columns of Cohen et al.'s scripts. */
export const TSV_HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
/** Has no column `radius`, so that no script takes an approximation for a certificate. */
const APPROXIMATE_HEADER = 'idx\tlabel\tpredict\tapproximate_radius\tcorrect\ttime\tnote';
const RADIUS_DIGITS = 6;

export const tsvHeader = (bound: BoundName): string =>
  BOUNDS[bound].proves ? TSV_HEADER : APPROXIMATE_HEADER;

/**
 * One line of results.tsv: abstain is predict −1 and radius 0; without labels, label −1 and correct 0; the radius is
 * rounded down, or as `target` has it; `time` is the recorded seconds of noise and inference.
 */
export function tsvLine(certificate: Certificate, micros: number): string {
  const { image, label, class: certified, approximate_class: approximate } = certificate;
  const predicted = certified ?? approximate ?? -1;
  return [
    image,
    label ?? -1,
    predicted,
    certificate.target ?? radiusText(certificate),
    predicted === label ? 1 : 0,
    (micros / 1e6).toFixed(6),
    ...(BOUNDS[certificate.bound].proves ? [] : ['approximate']),
  ].join('\t');
}

function radiusText({ radius, approximate_radius: approximate = radius }: Certificate): string {
  return approximate === null ? 'nan' : printDown(approximate, RADIUS_DIGITS);
}
