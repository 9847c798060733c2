import type { FlagGroup, ValuesOf } from '../../cli/command/flag.js';
import { callOf, commandOf, type Operands, type Verb } from '../../cli/command/verb.js';

/** The values of the flags of a verb, as its code receives them from this command line. */
export function valuesFrom<G extends readonly FlagGroup[], O extends Operands>(
  verb: Verb<G, O>,
  args: readonly string[],
): ValuesOf<G> {
  const command = commandOf(verb)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: 'user' });
  return callOf(verb, command, () => new AbortController().signal).values();
}
