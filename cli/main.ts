#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { SmoothcertError } from '../shared/errors.js';
import { VERSION } from '../shared/version.js';
import { certifyCommand } from './certify-command.js';
import { applyConfigFile, printConfig } from './config-file.js';
import { compileConfig, type RawOptions } from './config.js';
import { EXIT } from './exit.js';
import { compileResultsConfig, resultsCommand, type RawResultsOptions } from './results-command.js';

const FIRST_STEPS = `
Certify the images of D.npz for the classifier M.onnx:
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates

smoothcert certify --help lists every flag.`;

/** Aborts on the first Ctrl-C or SIGTERM; the second ends the process at once (its children end with it). */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

function program(finish: (code: number) => void): Command {
  const certifying = certifyCommand().action(async (given: RawOptions, command: Command) => {
    if (given.config !== undefined) await applyConfigFile(command, given.config);
    if (given.printConfig) {
      process.stdout.write(printConfig(command));
      return;
    }
    const config = compileConfig(command.opts<RawOptions>());
    const { certify } = await import('./certify.js');
    finish(await certify(config, interruption()));
  });
  const showing = resultsCommand().action(async (folder: string, raw: RawResultsOptions) => {
    const config = compileResultsConfig(folder, raw);
    const { showResults } = await import('./show-results.js');
    finish(await showResults(config));
  });
  const root = new Command('smoothcert')
    .description('Certified robustness by randomized smoothing, for any ONNX classifier.')
    .version(VERSION, '--version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', FIRST_STEPS)
    .showSuggestionAfterError()
    .exitOverride()
    .addCommand(certifying)
    .addCommand(showing);
  for (const command of [certifying, showing]) command.copyInheritedSettings(root).exitOverride();
  return root;
}

/** One sentence, its code and its remedy; a stack trace only if asked for. */
function explain(error: unknown, verbose: boolean): number {
  const known =
    error instanceof SmoothcertError
      ? error
      : new SmoothcertError(
          'INTERNAL',
          `Something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`,
          'This is our fault: run again with --verbose and report what it prints. Nothing recorded is lost.',
          { cause: error },
        );
  process.stderr.write(`Error ${known.code}: ${known.message}\n${known.remedy}\n`);
  if (verbose) {
    for (let e: unknown = known; e !== undefined && e !== null; e = e instanceof Error ? e.cause : null) {
      process.stderr.write(`${e instanceof Error ? (e.stack ?? e.message) : JSON.stringify(e)}\n`);
    }
  }
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

// A reader that has gone (`| head`) ends no job: what is left to say is not said. Other faults of the streams neither.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2));
