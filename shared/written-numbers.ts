/** Returns a share as a percentage with one digit, rounded to the nearest. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Returns a whole number with separators; others are rounded. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
