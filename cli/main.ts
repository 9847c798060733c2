#!/usr/bin/env node
import { CommanderError } from 'commander';
import { storageError } from '../shared/files.js';
import { SmoothcertError } from '../shared/errors.js';
import { oneLine } from '../shared/safe-text.js';
import { EXIT } from './command/exit.js';
import { knownError } from './command/known-error.js';
import { stackOf } from '../adapters/telemetry/logs/lines.js';
import { program } from './program.js';

/** One sentence, its code and its remedy; a stack trace only if asked for. */
function explain(error: unknown, verbose: boolean): number {
  const known = knownError(error);
  process.stderr.write(`Error ${known.code}: ${oneLine(known.message)}\n${oneLine(known.remedy)}\n`);
  if (verbose) for (const line of stackOf(known)) process.stderr.write(`${line}\n`);
  return known.exitCode;
}

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  const root = program((result) => (code = result));
  try {
    if (argv.length === 0) root.outputHelp();
    else await root.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
    return explain(error, argv.includes('--verbose'));
  }
}

/** Returns the error of output that could not be written. */
function unsaid(error: Error): SmoothcertError {
  const { code, message } = storageError(error, 'standard output');
  const remedy = 'Nothing else went wrong: send the output elsewhere and run the same command again.';
  return new SmoothcertError(code, message, remedy, { cause: error });
}

// A reader that has gone (`| head`) ends no job: what is left to say is not said. A full disk behind `>` is told.
let isTold = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Each line that cannot be written is an error of its own.
  if (error.code === 'EPIPE' || isTold) return;
  isTold = true;
  process.exitCode = explain(unsaid(error), false);
});
process.stderr.on('error', () => undefined);

const exitCode = await main(process.argv.slice(2));
process.exitCode ??= exitCode;
// What a server or a library still holds open keeps no command alive that has failed: a supervisor waits for its end.
if (exitCode === EXIT.ours || exitCode === EXIT.input) process.exit();
