/** Checks of JSON, which say which field is wrong. */
export type Shape = (value: unknown, field: string) => string | null;

const no = (field: string, what: string): string => `${field} is ${what}`;

/** A number of a range, both ends included. */
export const number =
  (least: number, most: number): Shape =>
  (value, field) =>
    typeof value === 'number' && value >= least && value <= most
      ? null
      : no(field, `no number from ${least} to ${most}`);

export const whole =
  (least: number, most: number): Shape =>
  (value, field) =>
    Number.isInteger(value) ? number(least, most)(value, field) : no(field, 'no whole number');

export const text =
  (pattern: RegExp): Shape =>
  (value, field) =>
    typeof value === 'string' && pattern.test(value) ? null : no(field, 'not such a text');

export const oneOf =
  (...choices: readonly unknown[]): Shape =>
  (value, field) =>
    choices.includes(value) ? null : no(field, `none of ${choices.join(', ')}`);

export const list =
  (of: Shape, most: number): Shape =>
  (value, field) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > most)
      return no(field, `no list of 1 to ${most}`);
    return value.map((one, i) => of(one, `${field}[${i}]`)).find((fault) => fault !== null) ?? null;
  };

/** The end of what is said of a field that no shape has. */
const UNKNOWN = 'no field that a job has';

/** Returns true if a fault is a field that these shapes do not know: another version may have written it. */
export const isUnknownField = (fault: string): boolean => fault.endsWith(` is ${UNKNOWN}`);

/** An object with these fields and no others; those of `optional` may be missing. */
export const object =
  (fields: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return no(field, 'no object');
    const known: Readonly<Record<string, Shape>> = { ...fields, ...optional };
    // One that is missing comes first: a field under another name is a fault, and not one of a later version.
    const missing = Object.keys(fields).find((key) => !Object.hasOwn(value, key));
    if (missing !== undefined) return no(`${field}.${missing}`, 'missing');
    const other = Object.keys(value).find((key) => !Object.hasOwn(known, key));
    if (other !== undefined) return no(`${field}.${other}`, UNKNOWN);
    for (const [key, one] of Object.entries(value)) {
      const fault = known[key]!(one, `${field}.${key}`);
      if (fault !== null) return fault;
    }
    return null;
  };

/** A value of this shape, or null. */
export const orNull =
  (shape: Shape): Shape =>
  (value, field) =>
    value === null ? null : shape(value, field);

/** An object whose `kind` says which of these shapes it has. */
export const tagged =
  (kinds: Readonly<Record<string, Shape>>): Shape =>
  (value, field) => {
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
    return typeof kind === 'string' && Object.hasOwn(kinds, kind)
      ? kinds[kind]!(value, field)
      : no(`${field}.kind`, `none of ${Object.keys(kinds).join(', ')}`);
  };
