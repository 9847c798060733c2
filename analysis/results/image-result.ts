import { leaderOf, totalOf, votesOf } from '../../shared/counts.js';
import { countsOfRow, isCount } from '../populations/row-counts.js';
import type { ImageResult } from './result-set.js';

/** Outcomes as results.jsonl writes them, and whether each of them has a class. */
const HAS_CLASS: Readonly<Record<ImageResult['outcome'], boolean>> = {
  certified: true,
  predicted: true,
  approximate: false,
  abstained: false,
  failed: false,
};

const isOutcome = (value: unknown): value is ImageResult['outcome'] =>
  typeof value === 'string' && Object.hasOwn(HAS_CLASS, value);

/** Returns true of a label, or of null. Labels are 32 bits, and below 0 where data mark images of no class. */
const isLabelOrNull = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && value === (value | 0));

/** Returns true of an index, or of null. */
const isIndexOrNull = (value: unknown): value is number | null => value === null || isCount(value);

/**
 * Returns the result in a line of results.jsonl of any rule and bound. `correct` is found anew from class and label, so that it is never
 * wrong for want of labels.
 *
 * @param fields of the line, which may come from anybody
 * @returns null if they are not those of such a line
 */
export function imageResultOf(fields: Readonly<Record<string, unknown>>): ImageResult | null {
  const { image, label, outcome, class: classIndex, samples, stop } = fields;
  const counts = countsOfRow(fields['counts']);
  if (!isOutcome(outcome) || !isCount(image) || !isLabelOrNull(label) || !isIndexOrNull(classIndex))
    return null;
  if (!isCount(samples) || typeof stop !== 'string' || counts === null) return null;
  const radius = radiusOf(outcome, fields['radius']);
  const pLower = pLowerOf(outcome, fields['p_lower']);
  if (HAS_CLASS[outcome] !== (classIndex !== null) || radius === null || pLower === undefined) return null;
  const { detail } = fields;
  return {
    image,
    label,
    outcome,
    class: classIndex,
    correct: label === null || classIndex === null ? null : classIndex === label,
    radius,
    samples,
    stop,
    detail: typeof detail === 'string' ? detail : null,
    pLower,
    counts,
  };
}

/** Returns the radius of a certificate, and 0 without one; null if it is none. */
function radiusOf(outcome: ImageResult['outcome'], radius: unknown): number | null {
  if (outcome !== 'certified') return 0;
  return typeof radius === 'number' && radius >= 0 && radius < Infinity ? radius : null;
}

/** Returns the lower bound of a certificate, and null without one; undefined if it is none. */
function pLowerOf(outcome: ImageResult['outcome'], text: unknown): number | null | undefined {
  if (outcome !== 'certified') return null;
  const isProbability = typeof text === 'string' && /^[01]\.\d{1,20}$/.test(text) && Number(text) <= 1;
  return isProbability ? Number(text) : undefined;
}

/** Returns the share of its votes that an image's class got, or without a class the leader; null if nothing was counted. 0 to 1. */
export function voteShare({
  class: classIndex,
  counts,
}: Pick<ImageResult, 'class' | 'counts'>): number | null {
  const total = totalOf(counts);
  const chosen = classIndex ?? leaderOf(counts);
  if (total === 0) return null;
  return chosen === null ? 0 : votesOf(counts, chosen) / total;
}
