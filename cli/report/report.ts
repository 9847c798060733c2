import path from 'node:path';
import { reportHtml } from '../../report/html/report-html.js';
import { storageError, writeAtomically } from '../../shared/files.js';
import { oneLine } from '../../shared/safe-text.js';
import { mkdir } from 'node:fs/promises';
import { EXIT } from '../command/exit.js';
import type { ReportConfig } from './report-flags.js';
import { reportOfFolders } from './report-of-folders.js';
import { writeFigures } from './write-figures.js';

/**
 * `smoothcert report`: reads folders, writes the report and, if asked to, the figures as files. Resolves with the exit code.
 *
 * @throws as `reportOfFolders`; DISK_FULL, FOLDER_UNUSABLE
 */
export async function report({ folders, out, figures, named }: ReportConfig): Promise<number> {
  const made = await reportOfFolders({ folders, canonical: null, named });
  await mkdir(path.dirname(out), { recursive: true }).catch((error: unknown) => {
    throw storageError(error, out);
  });
  await writeAtomically(out, reportHtml(made));
  const written =
    figures === null
      ? []
      : await writeFigures(
          figures,
          made.jobs.map(({ set }) => set),
        );
  const also = figures === null ? '' : `, ${written.length} files of figures to ${oneLine(figures)}`;
  process.stdout.write(`Written: the report to ${oneLine(out)}${also}.\n`);
  if (made.gallery.pictures.includes(null))
    for (const remark of made.gallery.remarks) process.stderr.write(`Note: ${remark}\n`);
  for (const { set } of made.jobs) {
    const { results, images, label } = set;
    if (results.length < images)
      process.stderr.write(
        `Note: ${oneLine(label)} is not finished: ${results.length} of ${images} images have ended.\n`,
      );
  }
  return EXIT.done;
}
