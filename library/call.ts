import type { FlagGroup } from '../cli/command/flag.js';
import { parsedCall } from '../cli/command/parsed-call.js';
import { optionError } from '../cli/command/parse.js';
import { flagsOf, type Call, type Operands, type Verb } from '../cli/command/verb.js';
import { argumentsOf } from './arguments-of.js';
import type { Taken } from './taken.js';

/** Options of the library that are no flags of a command. */
const OWN: readonly string[] = ['signal', 'onNews'];

/**
 * Returns the call of a command that options ask for: as if they had been typed, a configuration file and the environment included. So the
 * library checks what the command line checks, with the same errors.
 *
 * @param signal ends the call. @throws OPTION_INVALID
 */
export async function callWith<G extends readonly FlagGroup[], O extends Operands>(
  verb: Verb<G, O>,
  operands: readonly string[],
  {
    taken,
    options,
    signal,
  }: { readonly taken: Taken; readonly options: object; readonly signal: AbortSignal },
): Promise<Call<G, O>> {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options))
    throw optionError(`The options of ${taken.name} are no object.`, `Write ${taken.name}({ … }).`);
  const given = Object.fromEntries(Object.entries(options).filter(([name]) => !OWN.includes(name)));
  const quiet = 'quiet' in flagsOf(verb) ? ['--quiet'] : [];
  return parsedCall(verb, [...argumentsOf(taken, given), ...quiet, '--', ...operands], signal);
}
