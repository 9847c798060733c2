import { writeFile } from 'node:fs/promises';
import { encodeFrame, encodeHeader } from '../../adapters/local/ledger-frames.js';
import { parseCohenTable } from '../../analysis/cohen/cohen-table.js';
import { readResultLine } from '../../analysis/populations/result-line.js';
import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import { Findings } from '../../analysis/verify/findings.js';
import { readLedger } from '../../analysis/verify/folder/ledger-file.js';
import { readRecord } from '../../analysis/verify/folder/record.js';
import { readJob } from '../../analysis/verify/job/job-shape.js';
import { readRow } from '../../analysis/verify/rows/row.js';
import { writeJobFile } from '../../cli/certify/job-file.js';
import { readDrawing } from '../../cli/study/read-drawing.js';
import { jobDigest } from '../../shared/job.js';
import { encodeRecord } from '../../shared/wire/record.js';
import { jobNotes } from '../support/job-notes.js';
import { makeJob } from '../support/jobs.js';
import { record } from '../support/ledger-records.js';
import { folderOfAllTests } from '../support/temporary-folder.js';
import { examplesOf, ofText, type Decoder } from './decoder-table.js';

/** Decoders of results that somebody hands over: none of them throws, whatever it is given. */

const JOB = makeJob();
const DIGEST = jobDigest(JOB);
const LINE = JSON.stringify({
  image: 3,
  label: 3,
  outcome: 'certified',
  class: 3,
  correct: true,
  radius: 0.198,
  norm: 'l2',
  delta_upper: '0.213597719947',
  p_lower: '0.786402280053',
  alpha: 0.001,
  bound: 'spending',
  stop: 'gain',
  samples: 64,
  proved_by: { begin: 0, end: 64 },
  counts: { classes: [1, 3], votes: [4, 60], invalid: 0 },
  looks: [{ n: 64, classes: [1, 3], votes: [4, 60], invalid: 0 }],
});
const TABLE =
  'idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.953\t1\t0:00:14.25\n1\t3\t-1\t0.0\t0\t14\n';

const ledger = () =>
  examplesOf(record, 4).map((one) => Buffer.concat([encodeHeader(DIGEST), encodeFrame(encodeRecord(one))]));

const folder = folderOfAllTests();
const KEPT = makeJob({
  stop: { kind: 'fixed', selection: 20, keepCounts: true },
  bound: 'clopper-pearson',
  looks: [20, 40, 120],
});
const NOTES = jobNotes();
const keptAt = (n: number) => ({ n, classes: [3], votes: [n], invalid: 0 });
const KEPT_LINE = JSON.stringify({
  image: 0,
  label: 3,
  outcome: 'certified',
  looks: [20, 40, 120].map(keptAt),
});

/** Reads results as those of a job that kept counts. */
async function drawingOf(bytes: Buffer): Promise<unknown> {
  await writeJobFile(folder.path, KEPT, NOTES);
  await writeFile(folder.file('results.jsonl'), bytes);
  return readDrawing(folder.path);
}

export const RESULTS: readonly Decoder[] = [
  ofText(
    'a table of certificates',
    ['analysis/cohen/cohen-table.ts parseCohenTable'],
    [TABLE],
    parseCohenTable,
    [],
  ),
  ofText(
    'a row for a plan',
    ['analysis/populations/result-line.ts readResultLine'],
    [LINE],
    readResultLine,
    [],
  ),
  ofText(
    'a row for figures',
    [],
    [LINE],
    (text) => {
      const fields = fieldsOfLine(text);
      return fields && imageResultOf(fields);
    },
    [],
  ),
  ofText(
    'a row to verify',
    ['analysis/verify/rows/row.ts readRow'],
    [LINE],
    (text) => [readRow(text, false), readRow(text, true)],
    [],
  ),
  ofText(
    'a job to verify',
    ['analysis/verify/job/job-shape.ts readJob'],
    [JSON.stringify(JOB)],
    (text) => readJob(jsonOf(text)),
    [],
  ),
  {
    name: 'a record to verify',
    tries: ['analysis/verify/folder/record.ts readRecord'],
    valid: () => examplesOf(record).map(encodeRecord),
    read: readRecord,
    codes: [],
  },
  {
    name: 'a ledger to verify',
    tries: ['analysis/verify/folder/ledger-file.ts readLedger'],
    valid: ledger,
    read: (bytes) => readLedger(bytes, DIGEST, new Findings()),
    codes: [],
  },
  {
    name: 'the results of a study',
    tries: ['cli/study/read-drawing.ts readDrawing'],
    valid: () => [Buffer.from(KEPT_LINE)],
    read: drawingOf,
    codes: ['JOB_FILE_DAMAGED', 'FOLDER_UNUSABLE'],
    share: 0.15,
  },
];

/** Returns what a text says as JSON; null of a text that is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
