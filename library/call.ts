import type { Flag, FlagGroup } from '../cli/command/flag.js';
import { parsedCall } from '../cli/command/parsed-call.js';
import { flagsOf, type Call, type Operands, type Verb } from '../cli/command/verb.js';
import { optionError } from '../cli/command/parse.js';
import { argumentsOf, type Options } from './arguments-of.js';

interface Taken {
  readonly name: string;
  readonly flags: Readonly<Record<string, Flag>>;
}

/** Options of the library that are no flags of a command. */
const OWN: readonly string[] = ['signal', 'onNews'];

/**
 * Returns the call of a command that options ask for: as if they had been typed, a configuration file and the environment included. So the
 * library checks what the command line checks, with the same errors.
 *
 * @param signal ends the call. @param as the name and the flags that the library has of the verb, if not its own. @throws OPTION_INVALID
 */
export async function callWith<G extends readonly FlagGroup[], O extends Operands>(
  verb: Verb<G, O>,
  operands: readonly string[],
  options: object,
  signal: AbortSignal,
  { name, flags }: Taken = { name: verb.name, flags: flagsOf(verb) },
): Promise<Call<G, O>> {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options)) {
    throw optionError(`The options of ${name} are no object.`, `Write ${name}({ … }).`);
  }
  const given: Options = Object.fromEntries(Object.entries(options).filter(([name]) => !OWN.includes(name)));
  const quiet = 'quiet' in flagsOf(verb) ? ['--quiet'] : [];
  return parsedCall(verb, [...argumentsOf(name, flags, given), ...quiet, '--', ...operands], signal);
}
