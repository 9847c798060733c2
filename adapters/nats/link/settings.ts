import { unsuitable } from './nats-errors.js';

/** A setting's value. Durations are in nanoseconds, as in the server. */
type Value = string | number | boolean | undefined;

/** A setting, the value that it must have, and the one that it has. With `atLeast` a larger one, or -1 (no limit), will do: an operator may have raised it. */
export interface Need {
  readonly setting: string;
  readonly wanted: Value;
  readonly found: Value;
  readonly atLeast?: boolean;
}

const DURATIONS = new Set(['ack_wait', 'max_age']);

/**
 * Checks the settings of a stream or consumer.
 * @param what its name in words, with its article
 * @throws SmoothcertError NATS_UNSUITABLE naming the first setting that does not suffice, and both its values
 */
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
