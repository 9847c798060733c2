import { unsuitable } from './nats-errors.js';

/** A number that is a duration is in nanoseconds, as the server has it. */
type Value = string | number | boolean | undefined;

/** What a setting must be; `atLeast`: more (or -1, no limit) will do, too, since an operator may have made room. */
export interface Need {
  readonly setting: string;
  readonly wanted: Value;
  readonly found: Value;
  readonly atLeast?: boolean;
}

const DURATIONS = new Set(['ack_wait', 'max_age']);

/** @throws SmoothcertError NATS_UNSUITABLE: the first setting that is not as needed, and both its values */
export function checkSettings(what: string, needs: readonly Need[]): void {
  const fault = needs.find((need) => !suffices(need));
  if (fault === undefined) return;
  const { setting, wanted, found, atLeast } = fault;
  throw unsuitable(
    `${what} in NATS has ${setting} ${inWords(setting, found)}, and smoothcert needs ${atLeast ? 'at least ' : ''}${inWords(setting, wanted)}.`,
    `Change that setting with the nats tool, or delete ${what.replace(/^The /, 'the ')} while nothing runs: it is made anew.`,
  );
}

function suffices({ wanted, found, atLeast }: Need): boolean {
  if (found === wanted) return true;
  return (
    atLeast === true && typeof found === 'number' && typeof wanted === 'number' && isAbove(found, wanted)
  );
}

const isAbove = (found: number, wanted: number): boolean => found === -1 || (wanted !== -1 && found > wanted);

function inWords(setting: string, value: Value): string {
  if (typeof value === 'number' && DURATIONS.has(setting)) return `${value / 1e9} s`;
  return value === undefined || value === '' ? 'none' : String(value);
}
