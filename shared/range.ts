/** The numbers that a field takes: `above` is left out of the range, `least` and `most` are in it. */
export interface Range {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** Returns true if the value is a finite number of the range; a whole one must be exact in JavaScript. */
export function isWithin(value: unknown, range: Range): value is number {
  const { above = -Infinity, least = -Infinity, most = Infinity, whole = false } = range;
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value > above && value >= least && value <= most && (!whole || Number.isSafeInteger(value));
}

/** Returns the range in words, for example "a whole number of at least 1 and of at most 4096". */
export function describeRange({ above, least, most, whole }: Range): string {
  const kind = whole ? 'a whole number' : 'a number';
  const low = above !== undefined ? ` above ${above}` : least !== undefined ? ` of at least ${least}` : '';
  const high = most === undefined ? '' : `${low ? ' and' : ''} of at most ${most}`;
  return kind + low + high;
}
