import { RequestError } from '../../../shared/errors.js';

/** Characters of a value: tokens of pages are the longest. */
const LONGEST_VALUE = 1_024;

/** The range of a whole number, and its value where none is given. */
export interface WholeNumber {
  readonly preset: number;
  readonly least: number;
  readonly most: number;
}

/** The query of an address. A field that nobody asked for, or that stands there twice, is an error, so that no typo is passed over. */
export class Query {
  private readonly values = new Map<string, string>();

  /** @param fields that there may be. @throws RequestError naming the first field that is wrong */
  constructor(search: URLSearchParams, fields: readonly string[]) {
    for (const [field, value] of search) {
      const name = field.slice(0, 64);
      if (!fields.includes(field)) {
        throw wrong(name, fields.length === 0 ? 'is not known here' : `is none of ${fields.join(', ')}`);
      }
      if (this.values.has(field)) throw wrong(name, 'is given twice');
      if (value.length > LONGEST_VALUE) throw wrong(name, `is longer than ${LONGEST_VALUE} characters`);
      this.values.set(field, value);
    }
  }

  /** Returns a text; empty if there is none. */
  text(field: string): string {
    return this.values.get(field) ?? '';
  }

  /** Returns a whole number. @throws RequestError for anything else, and beyond its range */
  whole(field: string, { preset, least, most }: WholeNumber): number {
    const text = this.values.get(field);
    if (text === undefined) return preset;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw wrong(field, `is not a whole number from ${least} to ${most}`);
  }

  /** Returns one of the choices, the first one if none is given. @throws RequestError for anything else */
  choice<T extends string>(field: string, choices: readonly [T, ...T[]]): T {
    const text = this.values.get(field) ?? choices[0];
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw wrong(field, `is none of ${choices.join(', ')}`);
  }

  /** Returns true if a field is there, alone or with `true`. @throws RequestError for another value than true and false */
  flag(field: string): boolean {
    const text = this.values.get(field);
    if (text === undefined || text === 'false') return false;
    if (text === '' || text === 'true') return true;
    throw wrong(field, 'is neither true nor false');
  }
}

const wrong = (field: string, description: string) => new RequestError([{ field, description }]);
