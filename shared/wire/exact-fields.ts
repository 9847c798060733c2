import type { Check } from './check.js';

/**
 * Returns the fields of an object that has exactly these, and of the `optional` ones any. One more would say something of the job that this version does not
 * know, and something else would be drawn than was meant.
 */
export function exactly<K extends string>(
  check: Check,
  field: string,
  value: unknown,
  keys: readonly K[],
  optional: readonly K[] = [],
): Partial<Record<K, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    check.note(field, 'is not an object');
    return {};
  }
  const found = Object.keys(value);
  const wanted = [...keys, ...optional.filter((key) => Object.hasOwn(value, key))];
  if (found.length === wanted.length && wanted.every((key) => Object.hasOwn(value, key))) return value;
  check.note(field, `has not exactly the fields ${wanted.join(', ')}`);
  return {};
}
