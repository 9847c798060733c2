import { knownError } from '../command/known-error.js';
import { reportOfFolder, type FolderReport } from './report-of-folder.js';

/**
 * A process of its own that writes one report, so that whoever asks for it goes on meanwhile: `node report-process.js '{"folder", "canonical", "into"}'`.
 * Ends with 0, or with 1 and the error's code, sentence and remedy as JSON on standard error.
 */
try {
  await reportOfFolder(JSON.parse(process.argv[2]!) as FolderReport);
} catch (error) {
  const { code, message, remedy } = knownError(error);
  process.stderr.write(`${JSON.stringify({ code, message, remedy })}\n`);
  process.exitCode = 1;
}
