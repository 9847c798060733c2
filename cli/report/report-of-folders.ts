import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ResultSet } from '../../analysis/results/result-set.js';
import type { Report, ReportedJob } from '../../report/html/report-content.js';
import { imageCount } from '../../shared/job-spec.js';
import { jobDigest } from '../../shared/job.js';
import { VERSION } from '../../shared/version.js';
import { budgetNote } from '../results/budget-note.js';
import { labelsOf } from '../../analysis/results/labels.js';
import { resultTables } from '../../report/results/result-tables.js';
import { resultFigures } from '../../report/results/result-figures.js';
import { baseOf } from '../../report/html/words.js';
import { optionError } from '../command/parse.js';
import { commandOfJob } from './command-of-job.js';
import { dataOfJob, type FoundData, type NamedData } from './data-of-job.js';
import { galleryOf } from './gallery.js';
import { readFolder, withLabel, type FolderResults } from './read-folder.js';
import { shellLine } from './shell-words.js';

export interface ReportOptions {
  /** Folders of jobs, at least one. */
  readonly folders: readonly string[];
  /** The canonical data set of them all; null: the data are read again from where they lie. */
  readonly canonical: string | null;
  /** Files that are named instead of those that job.json names. */
  readonly named: NamedData;
}

export const NOTHING_NAMED: NamedData = { data: null, labels: null };

/** Makes the report of folders. @throws OPTION_INVALID if the data that are named are those of none of the jobs; as `readFolder` */
export async function reportOfFolders({ folders, canonical, named }: ReportOptions): Promise<Report> {
  const noted: FolderResults[] = [];
  for (const folder of folders) noted.push(await readFolder(folder));
  const temporary = await mkdtemp(path.join(tmpdir(), 'smoothcert-report-'));
  try {
    const data: FoundData[] = [];
    for (const [at, { job, about }] of noted.entries()) {
      const bgr = about.input?.bgr ?? false;
      const into = path.join(temporary, `${at}.canonical`);
      data.push(
        canonical === null ? await dataOfJob(job, about.input, named, into) : { file: canonical, bgr },
      );
    }
    refuseOtherData(named, data);
    const read = noted.map((one, at) => labelledBy(data[at]!, one));
    const sets = setsOf(read);
    return {
      jobs: read.map((one, at) => reportedJob(one, sets[at]!)),
      figures: resultFigures(sets),
      tables: resultTables(sets),
      gallery: await galleryOf(read.map((one, at) => ({ read: one, data: data[at]! }))),
      version: VERSION,
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Returns results with the labels of the data, which the digest of the job covers, where they were read: those of images.jsonl may come from anybody. */
function labelledBy(data: FoundData, read: FolderResults): FolderResults {
  if (!('file' in data) || data.labels === undefined) return read;
  const { labels } = data;
  const results = read.results.map((one) => withLabel(one, labels?.[one.image] ?? null));
  return { ...read, results };
}

/** Whoever names data wants pictures. @throws OPTION_INVALID */
function refuseOtherData(named: NamedData, data: readonly FoundData[]): void {
  const missing = data.flatMap((found) => ('missing' in found ? [found.missing] : []));
  if (named.data === null || missing.length < data.length) return;
  throw optionError(
    missing[0]!,
    'Give --data (and --labels) as certify had them; or leave both out, for a report without pictures.',
  );
}

function setsOf(read: readonly FolderResults[]): ResultSet[] {
  const base = (file: string | null) => (file === null ? null : baseOf(file));
  const labels = labelsOf(
    read.map(({ job, about: { name, model, data } }) => ({
      job,
      name,
      model: base(model),
      data: base(data),
    })),
  );
  return read.map(({ job, results, drawn }, at) => ({
    label: labels[at]!,
    job,
    images: imageCount(job.claim.images),
    drawn,
    results,
  }));
}

function reportedJob({ job, about, notes, fromVotes }: FolderResults, set: ResultSet): ReportedJob {
  const budget = budgetNote(job.claim);
  return {
    set,
    names: { job: about.name, model: about.model ?? 'a model', data: about.data ?? 'a data set' },
    digest: jobDigest(job),
    smoothcert: about.smoothcert,
    features: about.input?.features ?? null,
    notes: budget === null || notes.includes(budget) ? notes : [...notes, budget],
    fromVotes,
    command: shellLine(commandOfJob(job, about)),
    commandIsWhole: about.input !== null,
  };
}
