/** The digits that the radii of a file are written with. */
export type Digits =
  /** `count` significant digits: Python's "{:.3}", which leaves final zeros out. */
  | { readonly kind: 'significant'; readonly count: number }
  /** `count` decimals. */
  | { readonly kind: 'decimals'; readonly count: number };

interface Written {
  readonly value: number;
  /** Power of ten of its first significant digit: −1 of 0.953. */
  readonly magnitude: number;
  readonly decimals: number;
}

/**
 * Returns the digits that numbers above 0 were written with: as many decimals for the largest ones as for any other, or the same
 * significant digits, so that large ones have fewer decimals. Final zeros may be left out.
 *
 * @param texts decimal numbers above 0, at least one
 */
export function digitsOf(texts: readonly string[]): Digits {
  const written = texts.map(writtenOf);
  const most = (of: readonly Written[]) => Math.max(...of.map(({ decimals }) => decimals));
  const top = Math.max(...written.map(({ magnitude }) => magnitude));
  const [all, ofTop] = [most(written), most(written.filter(({ magnitude }) => magnitude === top))];
  if (ofTop < all) return { kind: 'significant', count: Math.max(1, ofTop + top + 1) };
  return { kind: 'decimals', count: all };
}

/** Returns the place value of the last digit that a number above 0 is written with. */
export function unitOf(value: number, digits: Digits): number {
  if (digits.kind === 'decimals') return 10 ** -digits.count;
  return 10 ** (Math.floor(Math.log10(value)) + 1 - digits.count);
}

function writtenOf(text: string): Written {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e') as [string, string?];
  const value = Number(text);
  const places = (mantissa.split('.')[1] ?? '').length;
  return {
    value,
    magnitude: Math.floor(Math.log10(value)),
    decimals: Math.max(0, places - Number(exponent)),
  };
}
