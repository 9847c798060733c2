import type { Axis } from '../../report/figures/figure.js';
import type { Forecast } from '../../shared/outlook.js';

/** Numbers as the page writes them: whole numbers with separators, shares as percentages, times in their largest unit. */

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** Returns a whole number with separators: "50,000". */
export const whole = (value: number): string => WHOLE.format(value);

/** Returns a number in three digits, in millions or thousands where it is large: "1.23 million", "12,300". */
export function short(value: number): string {
  if (value >= 1e9) return `${SHORT.format(value / 1e9)} billion`;
  return value >= 1e6 ? `${SHORT.format(value / 1e6)} million` : SHORT.format(value);
}

/**
 * Returns a share as a whole percentage. It is 0 % and 100 % only of nothing and of all.
 * @param share 0 to 1
 */
export function percent(share: number): string {
  if (share <= 0) return '0 %';
  if (share >= 1) return '100 %';
  return `${Math.min(Math.max(Math.round(100 * share), 1), 99)} %`;
}

/** Returns a radius with four digits behind the point, rounded down as all radii are. @param radius at least 0 */
export function radiusWords(radius: number): string {
  // Smaller numbers are written with an exponent.
  if (radius < 1e-4) return '0.0000';
  const [units, digits = ''] = String(radius).split('.');
  return `${units!}.${digits.slice(0, 4).padEnd(4, '0')}`;
}

/**
 * Returns a count of images as a share of all, a percentage with one digit, rounded down: nothing is said that was not reached.
 * @param count 0 to `images`, at least 1
 */
export const shareWords = (count: number, images: number): string =>
  `${(Math.floor((1000 * count) / images) / 10).toFixed(1)} %`;

/** Returns how many of something there are: "1 image", "50,000 images". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

/** Returns a rate: "12,300 samples a second". */
export const rateWords = (perSecond: number): string =>
  `${perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : short(Math.round(perSecond))} samples a second`;

const UNITS = [
  { seconds: 86_400, name: 'd' },
  { seconds: 3_600, name: 'h' },
  { seconds: 60, name: 'min' },
  { seconds: 1, name: 's' },
] as const;

/** Returns a length of time in its largest unit; below three of it with the next smaller unit: "2 h 5 min", "40 s". @param seconds at least 0 */
export function duration(seconds: number): string {
  const all = Math.round(seconds);
  const at = UNITS.findIndex((unit) => all >= unit.seconds);
  if (at < 0) return '0 s';
  const unit = UNITS[at]!;
  const count = Math.floor(all / unit.seconds);
  const next = UNITS[at + 1];
  const rest = next === undefined ? 0 : Math.floor((all - count * unit.seconds) / next.seconds);
  return count < 3 && rest > 0 ? `${count} ${unit.name} ${rest} ${next!.name}` : `${count} ${unit.name}`;
}

/** Returns how much time is left, with its uncertainty: "about 2 min to 5 min left"; one time where both ends read alike. */
export function timeLeft({ low, high }: Forecast): string {
  const [from, to] = [duration(low), duration(high)];
  return from === to ? `about ${to} left` : `about ${from} to ${to} left`;
}

/** Returns the share of the forecast samples that are drawn, 0 to 1: a job that runs is never shown as complete. */
export const drawnShare = (drawn: number, forecast: number): number =>
  forecast <= 0 ? 0 : Math.min(drawn / forecast, 0.99);

/** Returns how long ago something was: "just now", "40 s ago". @param ms milliseconds; below 0 where clocks differ */
export const ago = (ms: number): string => (ms < 2_000 ? 'just now' : `${duration(ms / 1_000)} ago`);

const two = (value: number): string => String(value).padStart(2, '0');

/** Returns a day and a time of day in this browser's time zone, and the zone: "2026-11-30 22:18 UTC+1". @param ms since 1970 */
export function moment(ms: number): string {
  const date = new Date(ms);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())} ${zoneWords(-date.getTimezoneOffset())}`;
}

/** Returns a time of day in this browser's time zone: "22:18:05". @param ms since 1970 */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** Returns a time zone: "UTC", "UTC+1", "UTC−3:30". @param minutes by which it is ahead of UTC */
export function zoneWords(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes > 0 ? '+' : '−'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** Returns a text whose equations are not broken at the end of a line: "σ = 0.25". */
export const unbroken = (text: string): string => text.replaceAll(' = ', '\u00a0=\u00a0');

/** Returns a value of an axis: a category by its text, a share as a percentage, another number in six digits. */
export function valueWords({ categories, percent: isShare }: Axis, value: number): string {
  if (categories !== undefined) return categories[value] ?? '';
  return isShare ? `${Number((100 * value).toPrecision(4))} %` : String(Number(value.toPrecision(6)));
}
