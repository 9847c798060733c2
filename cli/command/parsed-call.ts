import { CommanderError } from 'commander';
import { applyConfigFile } from './config-file.js';
import type { FlagGroup } from './flag.js';
import { optionError } from './parse.js';
import { callOf, commandOf, type Call, type Operands, type Verb } from './verb.js';

/**
 * Parses arguments as a verb's command line, with its configuration file and its variables of the environment, and prints nothing.
 *
 * @param signal ends the call. @throws OPTION_INVALID
 */
export async function parsedCall<G extends readonly FlagGroup[], O extends Operands>(
  verb: Verb<G, O>,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Call<G, O>> {
  const command = commandOf(verb)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw optionError(error.message.replace(/^error: /, ''), `See smoothcert ${verb.name} --help.`);
  }
  const { config } = command.opts<{ config?: string }>();
  if (config !== undefined) await applyConfigFile(command, config);
  return callOf(verb, command, () => signal);
}
