import type { Log } from '../../shared/telemetry/log.js';
import { EXIT } from '../command/exit.js';
import { knownError } from '../command/known-error.js';
import type { LogFormat } from '../../adapters/telemetry/logs/log-format.js';
import { openLog } from '../../adapters/telemetry/logs/open-log.js';

/**
 * Runs a command that stays with a log on standard error, which at its end says what was left out. With `json` nothing else is written
 * there: an error that ends the command is a line, too; otherwise it is thrown. Resolves with the exit code.
 * @throws SmoothcertError with `pretty`, what `command` throws
 */
export async function withLog(
  { format, verbose }: { readonly format: LogFormat; readonly verbose: boolean },
  command: (log: Log) => Promise<number>,
): Promise<number> {
  const { log, close } = openLog(process.stderr, { format, verbose });
  const crash = (cause: unknown) => {
    // Whether asked for or not: without its stack trace nobody could mend it.
    const { log: telling } = openLog(process.stderr, { format, verbose: true });
    telling('crashed', 'Something unforeseen ended this process.', { cause });
    close();
    process.exit(EXIT.ours);
  };
  process.on('uncaughtException', crash);
  try {
    return await command(log);
  } catch (error) {
    if (format !== 'json') throw error;
    const known = knownError(error);
    log('fatal', known.message, { cause: known });
    return known.exitCode;
  } finally {
    process.off('uncaughtException', crash);
    close();
  }
}
