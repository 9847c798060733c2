import path from 'node:path';
import { oneLine } from '../../shared/safe-text.js';
import type { ReportOutcome } from '../certify/run-teller.js';
import { knownError } from '../command/known-error.js';
import { REPORT_FILE } from './report-file.js';

/**
 * Writes the report of a folder whose results were written just now. What is wrong with it is told, and is no error: the results are there.
 *
 * @param canonical the canonical data set of the job; null if it is not here
 */
export async function writeReport(folder: string, canonical: string | null): Promise<ReportOutcome> {
  const file = path.join(folder, REPORT_FILE);
  const { reportOfFolder } = await import('./report-of-folder.js');
  try {
    await reportOfFolder({ folder, canonical, into: file });
    return { file };
  } catch (error) {
    const { message } = knownError(error);
    return { problem: `No report was written: ${message} smoothcert report ${folder} tries again.` };
  }
}

/** Says where a report is, or on standard error why there is none. @param quiet true: nothing is said of success */
export function tellReport(outcome: ReportOutcome, quiet: boolean): void {
  if ('problem' in outcome) process.stderr.write(`Note: ${oneLine(outcome.problem)}\n`);
  else if (!quiet) process.stdout.write(`Report: ${oneLine(outcome.file)}\n`);
}

/** Writes the report of a folder as `writeReport`, and tells of it as `tellReport`. */
export async function announceReport(
  folder: string,
  { canonical, quiet }: { readonly canonical: string | null; readonly quiet: boolean },
): Promise<void> {
  tellReport(await writeReport(folder, canonical), quiet);
}
