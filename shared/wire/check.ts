import { RequestError, SmoothcertError, type FieldFault } from '../errors.js';
import { SAFE_JOB_ID } from '../job-id-pattern.js';
import { MAX_TEXT, SEED_LIMIT } from '../job-limits.js';
import { describeRange, isWithin, type Range } from '../range.js';

export const UINT32_MAX = 0xffff_ffff;
/** Faults that are collected; a person does not read more at once. */
const MOST_FAULTS = 64;

/**
 * Collects the faults of one message's fields. Every method takes the path and the value of a field and returns the value if it is valid;
 * otherwise it notes a fault and returns a placeholder. A reader of a message must end with `refuseRequest` or `refuseMessage`, so that
 * no placeholder is ever used.
 */
export class Check {
  private readonly found: FieldFault[] = [];

  /** Notes the first fault of each field. @param description the end of a sentence that begins with the field */
  note(field: string, description: string): void {
    if (this.found.length >= MOST_FAULTS || this.found.some((fault) => fault.field === field)) return;
    this.found.push({ field, description });
  }

  /** @throws RequestError with all faults, if there are any */
  refuseRequest(): void {
    const [first, ...others] = this.found;
    if (first) throw new RequestError([first, ...others]);
  }

  /** @throws SmoothcertError MESSAGE_MALFORMED naming the first fault, if there is one */
  refuseMessage(what: string): void {
    const [first] = this.found;
    if (first) throw malformed(what, `${first.field} ${first.description}`);
  }

  text(field: string, value: unknown, { least = 0, most = MAX_TEXT }: Range = {}): string {
    if (typeof value !== 'string') return this.fault(field, 'is not a text', '');
    if (value.length < least) return this.fault(field, value === '' ? 'is missing' : 'is too short', '');
    if (value.length > most) return this.fault(field, `is longer than ${most} characters`, '');
    return value;
  }

  /** A text that matches a pattern. @param form the pattern in words, for example "a job's id" */
  matching(field: string, value: unknown, pattern: RegExp, form: string): string {
    const text = this.text(field, value);
    return pattern.test(text) ? text : this.fault(field, `is not ${form}`, '');
  }

  /** sha256 as 64 lower-case hex digits. */
  digest(field: string, value: unknown): string {
    if (value === '') return this.fault(field, 'is missing', '');
    return this.matching(field, value, /^[0-9a-f]{64}$/, 'a sha256: 64 hex digits in lower case');
  }

  /** sha256 as 32 bytes; returned as hex. */
  hash(field: string, value: Uint8Array | null | undefined): string {
    if (value?.length === 32) return Buffer.from(value).toString('hex');
    return this.fault(field, 'is not a sha256: 32 bytes', '');
  }

  /** Decimal, 0 to 2^64 − 1; returned without leading zeros, so that equal seeds are equal texts. */
  seed(field: string, value: unknown): string {
    const text = this.matching(field, value, /^\d{1,20}$/, 'a whole number from 0 to 2^64 − 1');
    if (text === '' || BigInt(text) < SEED_LIMIT) return BigInt(text).toString();
    return this.fault(field, 'is not a whole number from 0 to 2^64 − 1', '0');
  }

  jobId(field: string, value: unknown): string {
    return this.matching(field, value, SAFE_JOB_ID, 'the id of a job: 1 to 64 of A-Z a-z 0-9 -');
  }

  /** A finite number of the range. */
  number(field: string, value: unknown, range: Range): number {
    if (isWithin(value, range)) return value;
    return this.fault(field, `is not ${described(range)}`, 0);
  }

  /** A whole number of the range, exact in JavaScript. */
  whole(field: string, value: unknown, range: Range): number {
    const whole = { ...range, whole: true };
    if (isWithin(value, whole)) return value;
    return this.fault(field, `is not ${described(whole)}`, 0);
  }

  /** One of the choices. */
  choice<T extends string>(field: string, value: unknown, choices: readonly [T, ...T[]]): T {
    const found = choices.find((choice) => choice === value);
    return found ?? this.fault(field, `is none of ${choices.join(', ')}`, choices[0]);
  }

  /** The name of an enum's number. */
  named<T extends string>(field: string, value: number, numbers: Readonly<Record<T, number>>): T {
    const words = Object.keys(numbers) as T[];
    const found = words.find((word) => numbers[word] === value);
    return found ?? this.fault(field, `has the value ${value}, which this version does not know`, words[0]!);
  }

  /** A list of `least` to `most` entries. A longer one is replaced by an empty one, so that its entries are not read. */
  list<T>(
    field: string,
    value: readonly T[] | null | undefined,
    range: { least?: number; most: number },
  ): readonly T[] {
    const items = value ?? [];
    if (items.length > range.most) return this.fault(field, `has more than ${range.most} entries`, []);
    if (items.length < (range.least ?? 0)) return this.fault(field, 'is empty', []);
    return items;
  }

  private fault<T>(field: string, description: string, placeholder: T): T {
    this.note(field, description);
    return placeholder;
  }
}

export function malformed(what: string, why: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'MESSAGE_MALFORMED',
    `A message that should be ${what} is malformed: ${why}.`,
    'Run the same version of smoothcert everywhere, and let nothing else write where it reads.',
    { cause },
  );
}

/** In words; the largest number of 32 bits limits a field of a message, and tells a person nothing. */
function described({ most, ...range }: Range): string {
  return describeRange(most === undefined || most >= UINT32_MAX ? range : { ...range, most });
}
