import { Argument, Command } from 'commander';
import { optionError } from './parse.js';
import {
  DeclaredOption,
  kebabOf,
  typedValue,
  refuseMissing,
  type Flag,
  type FlagGroup,
  type FlagsOf,
  type ValueOf,
  type ValuesOf,
} from './flag.js';

/** The arguments that a verb takes beside its flags, by name (`folderOrId` is <folder-or-id>), in the order in which they are typed. */
export type Operands = Readonly<Record<string, Operand>>;

export interface Operand {
  readonly help: string;
  readonly choices?: readonly string[];
  readonly optional?: true;
  /** One or more of them are typed; only of the last operand. */
  readonly several?: true;
}

type OperandValue<O> = O extends { several: true }
  ? readonly string[]
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { optional: true }
      ? string | undefined
      : string;

/** The values that the code of a verb receives. */
export interface Call<G extends readonly FlagGroup[], O extends Operands> {
  readonly operands: { readonly [Name in keyof O]: OperandValue<O[Name]> };
  /** The value of one flag. @throws OPTION_INVALID if it is wrong */
  readonly value: <Name extends keyof FlagsOf<G>>(name: Name) => ValueOf<FlagsOf<G>[Name]>;
  /** The values of all flags. @throws OPTION_INVALID if one is wrong, or missing and needed */
  readonly values: () => ValuesOf<G>;
  /** Takes Ctrl-C, SIGTERM and SIGHUP over: the signal aborts at the first one, and the second ends the process. */
  readonly interruption: () => AbortSignal;
}

/** A command of smoothcert, such as `certify`: a new one is a folder and a line in cli/verbs.ts. */
export interface Verb<G extends readonly FlagGroup[] = readonly FlagGroup[], O extends Operands = Operands> {
  readonly name: string;
  /** One sentence, for --help and docs/configuration.md. */
  readonly description: string;
  readonly operands: O;
  readonly groups: G;
  /** Returns what helps somebody who gave more operands than are taken: a sentence that works if it is followed literally. */
  readonly forMore?: (given: readonly string[]) => string;
  /** Printed below the flags. */
  readonly help?: string;
  /** Resolves with the exit code; loads what it needs, so that help and wrong flags cost nothing. @throws SmoothcertError */
  run(call: Call<G, O>): Promise<number>;
}

/** Returns the verb: the types of its flags' values are those of its groups. */
export const verb = <const G extends readonly FlagGroup[], const O extends Operands>(
  declared: Verb<G, O>,
): Verb<G, O> => declared;

/** Returns the flags of a verb by the names of their values. */
export const flagsOf = ({ groups }: Pick<Verb, 'groups'>): Readonly<Record<string, Flag>> =>
  Object.assign({}, ...groups.map(({ flags }) => flags)) as Record<string, Flag>;

/** Returns the command of commander that parses a verb. */
export function commandOf(declared: Verb): Command {
  const command = new Command(declared.name).description(declared.description);
  for (const [name, { help, choices, optional, several }] of Object.entries(declared.operands)) {
    const shown = `${kebabOf(name)}${several ? '...' : ''}`;
    const argument = new Argument(optional ? `[${shown}]` : `<${shown}>`, help);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  if (declared.forMore !== undefined) command.allowExcessArguments();
  for (const { heading, flags } of declared.groups) {
    if (heading !== null) command.optionsGroup(heading);
    for (const [name, flag] of Object.entries(flags)) command.addOption(new DeclaredOption(name, flag));
  }
  command.helpOption('-h, --help', 'show this help');
  return declared.help === undefined ? command : command.addHelpText('after', declared.help);
}

/** @throws OPTION_INVALID for more operands than a verb takes, if it says what helps; commander refuses those of the others */
function refuseMore({ name, operands, forMore }: Verb, given: readonly string[]): void {
  const taken = Object.keys(operands).length;
  if (forMore === undefined || given.length <= taken) return;
  throw optionError(
    `smoothcert ${name} takes ${taken} at a time, and ${given.length} are given.`,
    forMore(given),
  );
}

/** Returns the values for the code of a verb, from the command that has parsed its flags. */
export function callOf<G extends readonly FlagGroup[], O extends Operands>(
  declared: Verb<G, O>,
  command: Command,
  interruption: () => AbortSignal,
): Call<G, O> {
  refuseMore(declared, command.args);
  const flags = flagsOf(declared);
  const valueOf = (name: string) =>
    typedValue(declared.name, name, flags[name]!, command.getOptionValue(name));
  const given: readonly unknown[] = command.processedArgs;
  const operands = Object.keys(declared.operands).map((name, at) => [name, given[at]]);
  return {
    operands: Object.fromEntries(operands) as Call<G, O>['operands'],
    value: (name) => valueOf(name as string) as never,
    values: () => {
      refuseMissing(declared.name, flags, command.opts());
      return Object.fromEntries(Object.keys(flags).map((name) => [name, valueOf(name)])) as never;
    },
    interruption,
  };
}
