import type { Flag, FlagGroup } from './flag.js';
import { flagName } from './flag.js';

/** A flag that a command does not take; parsed, so that it can be refused with the reason. */
export const REFUSED_FLAG = { argument: '<value>', help: '', decides: 'run', hidden: true } as const;
/** The same of a flag without a value. */
export const REFUSED_SWITCH = { help: '', decides: 'run', hidden: true } as const;

/** Returns the first flag of a group that was given, as it is typed; null if none was. */
export function givenOf(group: FlagGroup, values: Readonly<Record<string, unknown>>): string | null {
  const given = Object.entries<Flag>(group.flags).find(
    ([name]) => values[name] !== undefined && values[name] !== false,
  );
  return given === undefined ? null : flagName(...given);
}
