import type { Forecast } from '../../shared/outlook.js';

/** A unit of time, and the steps that a number of it is rounded to: the coarser one from `many` on. */
interface Unit {
  readonly name: string;
  readonly seconds: number;
  /** No longer times than so many units are told in it. */
  readonly most: number;
  readonly many: number;
  readonly step: number;
}

const UNITS: readonly Unit[] = [
  { name: 's', seconds: 1, most: 100, many: 20, step: 10 },
  { name: 'min', seconds: 60, most: 100, many: 20, step: 5 },
  { name: 'h', seconds: 3_600, most: 48, many: 48, step: 1 },
  { name: 'days', seconds: 86_400, most: Infinity, many: 1_000, step: 100 },
];

/** Returns the time that is left as a part of a sentence: "about 2 to 3 min left". */
export const timeLeft = (left: Forecast): string => `${timeWords(left)} left`;

/** Returns a time in words, from its likely least to its likely most: "about 2 to 3 min". Both are rounded away from what is expected. */
export function timeWords({ low, high }: Forecast): string {
  const most = rounded(high, Math.ceil);
  if (low < 1) return `at most ${most}`;
  const least = rounded(low, Math.floor);
  if (least === most) return `about ${most}`;
  const [from, unit] = least.split(' ');
  return `about ${most.endsWith(` ${unit!}`) ? from! : least} to ${most}`;
}

function rounded(seconds: number, toWhole: (x: number) => number): string {
  const unit = UNITS.find((one) => seconds <= one.most * one.seconds)!;
  const units = seconds / unit.seconds;
  const step = units >= unit.many ? unit.step : 1;
  return `${Math.max(1, step * toWhole(units / step))} ${unit.name}`;
}
