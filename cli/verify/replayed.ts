import { HEADER_BYTES, framesIn } from '../../adapters/local/ledger-frames.js';
import type { Findings } from '../../analysis/verify/findings.js';
import type { Row } from '../../analysis/verify/rows/row.js';
import type { FolderFiles } from '../../analysis/verify/verify-folder.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import type { LabelOf } from '../../coordinator/results/row-names.js';
import { topkRows } from '../../coordinator/results/topk-counts.js';
import { SmoothcertError } from '../../shared/errors.js';
import { decodeRecord } from '../../shared/wire/record.js';
import { readImagesFile, type KnownImages } from '../certify/images-file.js';
import { readNotedJob } from '../certify/job-file.js';
import { csvLines } from '../results/csv-lines.js';

/**
 * Replays a folder with the rules of this program, as `smoothcert results` does, and compares what they give with the files, byte for byte. What is
 * proved does not hang on it: that is checked by the second implementation. It finds every other digit that was changed.
 */
export async function checkReplay(
  folder: string,
  files: FolderFiles,
  rows: readonly Row[],
  findings: Findings,
): Promise<void> {
  try {
    const noted = await readNotedJob(folder);
    if (noted === null) return;
    const { job, about } = noted;
    const fold = new JobFold(job);
    const { payloads } = framesIn(Buffer.from(files.ledger!).subarray(HEADER_BYTES));
    for (const payload of payloads) fold.apply(decodeRecord(payload));
    const known = await readImagesFile(folder, job.claim.images);
    const labels = labelsOf(files, rows, fold, known);
    const labelOf: LabelOf = (image) => labels.get(image) ?? null;
    const names = { files: known === null ? filesOf(rows) : known.files, classes: about.classes };
    // Without its rows nothing has labels, and the other files could not be told.
    if (files.resultsJsonl?.length === 0 && !jsonLines(fold, labelOf).next().done) {
      findings.add('results.jsonl', 'It is empty, and job.json and the ledger give rows.');
      return;
    }
    compare('results.jsonl', files.resultsJsonl, jsonLines(fold, labelOf, names), findings);
    compare('results.tsv', files.resultsTsv, tsvAsWritten(files, tsvLines(fold, labelOf, names)), findings);
    compare('results.csv', files.resultsCsv ?? null, csvLines(fold, labelOf, names), findings);
    if (files.topkTxt !== null) compare('topk.txt', files.topkTxt, topkLines(fold, labels), findings);
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    findings.add('folder', `smoothcert itself refuses it (${error.code}): ${error.message}`);
  }
}

/** Yields the lines of results.tsv as the version that wrote the file does: 0.1.0 had `correct` 0 where no image has a label. */
function* tsvAsWritten({ resultsTsv }: FolderFiles, lines: Iterable<string>): Generator<string> {
  const earlier =
    resultsTsv !== null && !/\tnan\t\d+\.\d{6}(\t|\n)/.test(Buffer.from(resultsTsv).toString('utf8'));
  for (const line of lines) yield earlier ? line.replace(/\tnan(?=\t\d+\.\d{6}(\t|\n))/, '\t0') : line;
}

/** Returns the names of files that rows state; null if none does. */
function filesOf(rows: readonly Row[]): readonly (string | null)[] | null {
  if (!rows.some(({ file }) => file !== undefined)) return null;
  const files: (string | null)[] = [];
  for (const { image, file } of rows) files[image] = file ?? null;
  return files;
}

/**
 * Returns the labels of images.jsonl. A folder of version 0.1.0 has none: there they are those that the results state, the rows or, without
 * results.jsonl, results.tsv, or the last numbers of topk.txt.
 */
function labelsOf(
  { resultsJsonl, resultsTsv, topkTxt }: FolderFiles,
  rows: readonly Row[],
  fold: JobFold,
  known: KnownImages | null,
): Map<number, number | null> {
  if (known !== null)
    return new Map([...fold.images.keys()].map((image) => [image, known.labels?.[image] ?? null]));
  if (resultsJsonl !== null) return new Map(rows.map(({ image, label }) => [image, label]));
  const linesIn = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').split('\n');
  const labelled = (text: string | undefined) => (/^\d+$/.test(text ?? '') ? Number(text) : null);
  if (resultsTsv !== null) {
    const cells = linesIn(resultsTsv).map((line) => line.split('\t'));
    const rowsOfImages = cells.filter(([image]) => /^\d+$/.test(image!));
    return new Map(rowsOfImages.map(([image, label]) => [Number(image), labelled(label)]));
  }
  const decided = [...fold.images.entries()].flatMap(([image, { ending }]) => (ending ? [image] : []));
  const last = linesIn(topkTxt ?? Buffer.alloc(0)).map((line) => line.split(' ').at(-1));
  return new Map(decided.map((image, at) => [image, labelled(last[at])]));
}

function* topkLines(fold: JobFold, labels: ReadonlyMap<number, number | null>): Generator<string> {
  const byImage: Record<number, number> = {};
  for (const [image, label] of labels) byImage[image] = label ?? -1;
  for (const line of topkRows(fold, byImage)) yield `${line}\n`;
}

/** Adds a finding for each line that is another one, and for lines that are missing or too many. */
function compare(
  file: string,
  bytes: Uint8Array | null,
  expected: Iterable<string>,
  findings: Findings,
): void {
  if (bytes === null) return;
  const written = Buffer.from(bytes)
    .toString('utf8')
    .split(/(?<=\n)/);
  let at = 0;
  for (const line of expected) {
    const found = written[at];
    at += 1;
    if (found === line) continue;
    const what =
      found === undefined
        ? 'It is missing.'
        : `It is not what job.json and the ledger give${differences(found, line)}.`;
    findings.add(`${file}, line ${at}`, what);
  }
  findings.require(
    written.length <= at,
    file,
    `It has ${written.length} lines, and job.json and the ledger give ${at}.`,
  );
}

/** Returns which fields of two rows differ, for a sentence; nothing where they are no JSON. */
function differences(found: string, expected: string): string {
  try {
    const [theirs, ours] = [JSON.parse(found), JSON.parse(expected)] as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    const keys = Object.keys(ours).filter((key) => JSON.stringify(theirs[key]) !== JSON.stringify(ours[key]));
    return keys.length === 0
      ? ''
      : ` (${keys
          .map((key) => `${key}: ${JSON.stringify(ours[key])}`)
          .join('; ')
          .slice(0, 200)})`;
  } catch {
    return '';
  }
}
