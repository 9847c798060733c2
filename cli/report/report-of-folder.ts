import { reportHtml } from '../../report/html/report-html.js';
import { writeAtomically } from '../../shared/files.js';
import { NOTHING_NAMED, reportOfFolders } from './report-of-folders.js';

/** The place of a report, and what it is made of. */
export interface FolderReport {
  readonly folder: string;
  /** The canonical data set of its job; null: the data are read again from where job.json says that they are, if they are there. */
  readonly canonical: string | null;
  /** The file that is written. */
  readonly into: string;
}

/** Writes the report of a folder, whole or not at all. @throws as `reportOfFolders`; DISK_FULL, FOLDER_UNUSABLE */
export async function reportOfFolder({ folder, canonical, into }: FolderReport): Promise<void> {
  const report = await reportOfFolders({ folders: [folder], canonical, named: NOTHING_NAMED });
  await writeAtomically(into, reportHtml(report));
}
