import type { Counts } from '../../shared/counts.js';

/** Parts of a line of results.jsonl, which may come from anybody. */

/** Returns the fields of a line; null if it is no JSON of an object. */
export function fieldsOfLine(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Returns true of a whole number of at least 0: an index, a label, a count. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** Returns counts as certify writes them, classes ascending and votes above 0; null of anything else. */
export function countsOfRow(value: unknown): Counts | null {
  if (typeof value !== 'object' || value === null) return null;
  const { classes, votes, invalid } = value as Record<string, unknown>;
  if (!isCount(invalid) || !areCounts(classes) || !areCounts(votes)) return null;
  const ascending = classes.every((one, at) => one > (classes[at - 1] ?? -1));
  const positive = votes.length === classes.length && votes.every((count) => count > 0);
  return ascending && positive ? { classes, votes, invalid } : null;
}

const areCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);
