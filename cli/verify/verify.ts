import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXIT } from '../command/exit.js';
import { optionError } from '../command/parse.js';
import { renderReport, reportJson, type Report } from './report.js';
import { reportOnFolder } from './folder-report.js';
import { nothingThere } from './nothing-there.js';
import { reportOnTable } from './table-report.js';
import type { VerifyConfig } from './verify-flags.js';

/** `smoothcert verify`: checks a folder, or a table; writes nothing. Resolves with the exit code. @throws SmoothcertError if it is neither */
export async function verify(config: VerifyConfig, interrupt: AbortSignal): Promise<number> {
  const report = await reportOn(config, interrupt);
  if (interrupt.aborted) return EXIT.interrupted;
  if (config.json) process.stdout.write(`${JSON.stringify(reportJson(report))}\n`);
  else if (!config.quiet) process.stdout.write(renderReport(report));
  return report.found === 0 ? EXIT.done : EXIT.doesNotHold;
}

/** Checks a folder, or a table. @throws SmoothcertError if it is neither */
export async function reportOn(config: VerifyConfig, interrupt: AbortSignal): Promise<Report> {
  const { path, redraw } = config;
  const found = await stat(path).catch(() => null);
  if (found === null) throw nothingThere(path, 'does not exist, or cannot be read');
  if (found.isDirectory()) return reportOnFolder(config, interrupt);
  if (redraw !== null) {
    throw optionError(
      `${path} is a file: it has no seed to draw its votes again with.`,
      'Name a folder that certify wrote, or leave --model and --data out.',
    );
  }
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) throw nothingThere(path, 'cannot be read');
  const besideJob = await stat(join(dirname(path), 'job.json')).catch(() => null);
  return reportOnTable(path, text, config.table, besideJob !== null);
}
