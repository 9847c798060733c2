import type { Log } from '../../shared/telemetry/log.js';
import { EXIT } from '../command/exit.js';
import { knownError } from '../command/known-error.js';
import { LOG_FORMATS } from '../../adapters/telemetry/logs/log-format.js';
import { openLog } from '../../adapters/telemetry/logs/open-log.js';
import { parseChoice } from '../command/parse.js';
import type { Raw } from './config.js';

/**
 * Runs a command that stays with a log on standard error, which says last what was left out. With `json` nothing else is written there:
 * an error that ends the command is a line, too; otherwise it is thrown. Resolves with the exit code.
 * @throws SmoothcertError OPTION_INVALID for a format that is none, and with `pretty` what `command` throws
 */
export async function withLog(raw: Raw, command: (log: Log) => Promise<number>): Promise<number> {
  const format = parseChoice('--log-format', String(raw['logFormat']), LOG_FORMATS);
  const verbose = raw['verbose'] === true;
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
