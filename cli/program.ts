import type { Socket } from 'node:net';
import { Command } from 'commander';
import { VERSION } from '../shared/version.js';
import { applyConfigFile, printConfig } from './command/config-file.js';
import { EXIT } from './command/exit.js';
import { callOf, commandOf, type Verb } from './command/verb.js';
import { VERBS } from './verbs.js';

const FIRST_STEPS = `
Certify the images of D.npz for the classifier M.onnx:
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates

smoothcert certify --help lists every flag.`;

/** Set to 1 by a program that holds this one's standard input open: its end, also where that program was killed, is then like a first Ctrl-C. */
const HELD_BY_INPUT = 'SMOOTHCERT_HELD_BY_INPUT';

/** Returns what aborts on the first Ctrl-C, SIGTERM or SIGHUP (a terminal that closes); the second ends the process at once (its children end with it). */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  if (process.env[HELD_BY_INPUT] === '1') {
    process.stdin.on('end', () => controller.abort()).resume();
    // A command that is done ends, whoever holds its input.
    (process.stdin as Partial<Socket>).unref?.();
  }
  // Otherwise it opens Node's debugger, through which anybody on this machine can run code here.
  process.on('SIGUSR1', () => undefined);
  return controller.signal;
}

/**
 * Fills in the flags of a file (`--config`), and prints them if they are all that is asked for (`--print-config`).
 * Resolves with true if the command is to go on.
 */
async function configured(command: Command): Promise<boolean> {
  const { config, printConfig: print } = command.opts<{ config?: string; printConfig?: boolean }>();
  if (config !== undefined) await applyConfigFile(command, config);
  if (print) process.stdout.write(printConfig(command));
  return !print;
}

/** Runs a verb, and returns its exit code; that of an interruption, too, where the verb ends with the reason of its signal. */
async function codeOf(verb: Verb, command: Command): Promise<number> {
  let interrupt: AbortSignal | null = null;
  const interrupting = () => (interrupt ??= interruption());
  try {
    return await verb.run(callOf(verb, command, interrupting));
  } catch (error) {
    if (isReason(error, interrupt)) return EXIT.interrupted;
    throw error;
  }
}

const isReason = (error: unknown, interrupt: AbortSignal | null): boolean =>
  interrupt !== null && interrupt.aborted && error === interrupt.reason;

function running(verb: Verb, finish: (code: number) => void): Command {
  const command = commandOf(verb);
  return command.action(async () => {
    if (await configured(command)) finish(await codeOf(verb, command));
  });
}

/**
 * Returns the command `smoothcert` with every verb, which hands its exit code to `finish`. docs/configuration.md is
 * generated from it.
 */
export function program(finish: (code: number) => void): Command {
  const root = new Command('smoothcert')
    .description('Certified robustness by randomized smoothing, for any ONNX classifier.')
    .version(VERSION, '--version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', FIRST_STEPS)
    .showSuggestionAfterError()
    .exitOverride();
  for (const verb of VERBS) {
    const command = running(verb, finish);
    root.addCommand(command);
    command.copyInheritedSettings(root).exitOverride();
  }
  return root;
}
