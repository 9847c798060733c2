import { sha256 } from './sha256.js';

/** Returns the canonical JSON of a value of JSON: keys sorted, no white space, each number as a decimal string (docs/results.md). */
export function canonicalText(value: unknown): string {
  if (typeof value === 'number') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = value as Record<string, unknown>;
  const keys = Object.keys(fields).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(fields[key])}`).join(',')}}`;
}

/** Returns the digest of a job: SHA-256 of its canonical JSON in UTF-8. */
export const digestOf = (job: unknown): string => sha256(new TextEncoder().encode(canonicalText(job)));
