import path from 'node:path';
import { oneLine } from '../../shared/safe-text.js';
import { knownError } from '../command/known-error.js';
import { REPORT_FILE } from './report-file.js';

/**
 * Writes the report of a folder whose results were written just now, and says where it is. What is wrong with it is told, and is no error: the
 * results are there.
 *
 * @param how the canonical data set of the job, null if it is not here; and if nothing is said of success
 */
export async function announceReport(
  folder: string,
  { canonical, quiet }: { readonly canonical: string | null; readonly quiet: boolean },
): Promise<void> {
  const file = path.join(folder, REPORT_FILE);
  const { reportOfFolder } = await import('./report-of-folder.js');
  try {
    await reportOfFolder({ folder, canonical, into: file });
    if (!quiet) process.stdout.write(`Report: ${oneLine(file)}\n`);
  } catch (error) {
    const { message } = knownError(error);
    process.stderr.write(
      `Note: ${oneLine(`No report was written: ${message} smoothcert report ${folder} tries again.`)}\n`,
    );
  }
}
