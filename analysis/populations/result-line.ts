import { leaderOf, subtractCounts, totalOf, votesOf, type Counts } from '../../shared/counts.js';
import type { CountedImage } from './population.js';
import { countsOfRow, fieldsOfLine, isCount } from './row-counts.js';

/** The image of a line of results.jsonl: counts; that it failed, and would again; or that nothing was drawn of it. */
export type ReadLine =
  | { readonly kind: 'counted'; readonly image: CountedImage }
  | { readonly kind: 'failed' }
  | { readonly kind: 'undrawn' };

/** Bounds whose class was chosen by the samples before the first look, so that only those behind it are fresh. */
const CHOSEN_BEFORE = new Set(['clopper-pearson', 'clt']);

/**
 * Reads one line of results.jsonl of any rule. Of an image whose class was chosen by other samples only the fresh ones are counted; of any other
 * all that were drawn, also behind the look that proves its certificate. Abstained images have counts, too.
 *
 * @returns null if it is no such line: it may come from anybody
 */
export function readResultLine(line: string): ReadLine | null {
  const row = fieldsOfLine(line);
  if (row === null || typeof row['bound'] !== 'string') return null;
  const { label } = row;
  if (label !== null && !isCount(label)) return null;
  if (row['outcome'] === 'failed') return { kind: 'failed' };
  const looks = Array.isArray(row['looks']) ? row['looks'].map(countsOfRow) : [null];
  if (looks.includes(null)) return null;
  const drawn = looks as Counts[];
  const last = drawn.at(-1);
  if (last === undefined || totalOf(last) === 0) return { kind: 'undrawn' };
  const behindFirst = CHOSEN_BEFORE.has(row['bound']) && drawn.length > 1;
  const counted = behindFirst ? fresh(drawn[0]!, last) : { chosen: leaderOf(last), counts: last };
  return counted === null ? null : { kind: 'counted', image: imageOf(counted.chosen, counted.counts, label) };
}

/** Returns the class that the first samples chose, and the counts behind them; null if they are no part of the whole. */
function fresh(first: Counts, whole: Counts): { chosen: number | null; counts: Counts } | null {
  const counts = subtractCounts(whole, first);
  const isPart = counts.invalid >= 0 && counts.votes.every((votes) => votes > 0);
  return isPart && totalOf(counts) > 0 ? { chosen: leaderOf(first), counts } : null;
}

function imageOf(chosen: number | null, counts: Counts, label: number | null): CountedImage {
  const n = totalOf(counts);
  const votes = chosen === null ? 0 : votesOf(counts, chosen);
  return { failures: n - votes, n, right: label === null ? null : chosen === label };
}
