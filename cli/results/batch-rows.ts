import type { DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { number } from './summary-lines.js';

/** Returns the lines of a summary about the batches of one run: its audits and, where there is something to say, invalid votes and ties. */
export function batchRows(figures: DrawingFigures): [string, string][] {
  if (figures.batches === 0) return [];
  const { nan, infinite, noneFinite } = figures.invalid;
  const invalid = nan + infinite + noneFinite;
  return [
    ['audit', auditLine(figures)],
    ...(invalid === 0 ? [] : [['invalid votes', invalidLine(invalid, figures)] as [string, string]]),
    ...(2 * figures.tied <= figures.votes ? [] : [['ties', tieLine(figures)] as [string, string]]),
  ];
}

function auditLine({ batches, audited }: DrawingFigures): string {
  if (audited === 0) return `none of ${number(batches)} batches was run a second time (--audit-share 0)`;
  return `${number(audited)} of ${number(batches)} batches run a second time among other rows: the same scores but for rounding`;
}

function invalidLine(invalid: number, { votes, invalid: causes }: DrawingFigures): string {
  const words = {
    nan: 'with a score that is NaN',
    infinite: 'with a score that is +∞',
    noneFinite: 'without a finite score',
  };
  const seen = (['nan', 'infinite', 'noneFinite'] as const).filter((cause) => causes[cause] > 0);
  const parts = seen.map((cause) => `${number(causes[cause])} ${words[cause]}`);
  return `${number(invalid)} of ${number(votes + invalid)} in this run: ${parts.join(', ')}`;
}

const tieLine = ({ votes, tied }: DrawingFigures): string =>
  `${number(tied)} of ${number(votes)} votes in this run are ties, which go to the lowest class: constant scores, a saturated softmax, or whole numbers?`;
