import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { imageCount } from '../../analysis/verify/job/check-job.js';
import { UNCHECKED_NOTES } from '../../analysis/verify/job/check-notes.js';
import { verifyFolder, type FolderFiles, type FolderReport } from '../../analysis/verify/verify-folder.js';
import { SmoothcertError } from '../../shared/errors.js';
import { storageError } from '../../shared/files.js';
import { IMAGES_FILE } from '../certify/images-file.js';
import { isPilotFolder } from '../certify/pilot-folder.js';
import { optionError } from '../command/parse.js';
import { CSV_FILE } from '../results/csv-lines.js';
import { number, type Line } from '../results/summary-lines.js';
import { redrawnShards, type Redrawn } from './redraw.js';
import { named, redrawLines, redrawRemarks, redrawVerdict } from './redraw-report.js';
import { checkReplay } from './replayed.js';
import type { Report } from './report.js';
import { nothingThere } from './nothing-there.js';
import type { VerifyConfig } from './verify-flags.js';

/** Checks a folder of results: by the second implementation, by the rules of this program and, if asked for, by drawing again. */
export async function reportOnFolder(config: VerifyConfig, interrupt: AbortSignal): Promise<Report> {
  const { path: folder, redraw } = config;
  const files = await filesOf(folder);
  if (redraw !== null && files.ledger === null) throw noLedger(folder);
  const checked = verifyFolder(files);
  const { findings, job, rows, missing, votes, unknown } = checked;
  if (unknown !== null) throw cannotCheck(folder, unknown);
  const replayed = job !== null && files.ledger !== null;
  if (replayed) await checkReplay(folder, files, rows, findings);
  if (findings.total === 0 && rows.length === 0 && !hasTables(files))
    throw nothingThere(folder, 'has no results to check: no image of the job has a row', resultsOf(folder));
  const redrawn =
    redraw === null || job === null || votes === null
      ? null
      : await redrawnShards(
          { job, rows, votes, redraw, quiet: config.quiet || config.json, interrupt },
          findings,
        );
  const images = job === null ? 0 : imageCount(job.claim.images);
  return {
    path: folder,
    holdsFor:
      rows.length === 0 || missing.length === 0
        ? null
        : `the ${number(rows.length)} of ${number(images)} images that have a row`,
    besides: redrawn === null ? [] : redrawVerdict(redrawn),
    findings: findings.kept,
    found: findings.total,
    checked: [...linesOf(checked, files, replayed), ...(redrawn === null ? [] : redrawLines(redrawn))],
    remarks: remarksOf(checked, redrawn),
    notChecked: notCheckedOf(checked, files, replayed, { asked: redraw !== null, redrawn }),
    figures: {
      kind: 'folder',
      images: rows.length,
      missing: missing.slice(0, 1000),
      looks: checked.looks,
      sums: checked.questions,
      nearTies: checked.nearTies,
      redrawn,
    },
  };
}

/** @param unknown what job.json holds that this version does not know, as the end of a sentence */
const cannotCheck = (folder: string, unknown: string): SmoothcertError =>
  new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `${folder} cannot be checked by this version: in its job.json ${unknown}.`,
    'Verify it with the version of smoothcert that wrote it, which its job.json names.',
  );

/** Reads the files of a folder. @throws FOLDER_UNUSABLE if it holds no job or no results */
async function filesOf(folder: string): Promise<FolderFiles> {
  const read = async (name: string): Promise<Uint8Array | null> =>
    readFile(path.join(folder, name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw storageError(error, path.join(folder, name));
    });
  const names = ['job.json', 'ledger', 'results.jsonl', 'results.tsv', CSV_FILE, 'topk.txt', IMAGES_FILE];
  const [jobJson, ledger, resultsJsonl, resultsTsv, resultsCsv, topkTxt, imagesJsonl] = await Promise.all(
    names.map(read),
  );
  if (!jobJson) throw nothingThere(folder, 'holds no job.json, so that nothing says what was claimed');
  if (!ledger && !resultsJsonl) throw nothingThere(folder, 'holds neither a ledger nor results.jsonl');
  return {
    jobJson,
    ledger: ledger ?? null,
    resultsJsonl: resultsJsonl ?? null,
    resultsTsv: resultsTsv ?? null,
    resultsCsv: resultsCsv ?? null,
    imagesJsonl: imagesJsonl ?? null,
    topkTxt: topkTxt ?? null,
    pilot: isPilotFolder(folder),
  };
}

const resultsOf = (folder: string): string =>
  `smoothcert results ${folder} writes those that its ledger decides; certify goes on with the others.`;

/** Returns true if results.tsv or results.csv has a row, or topk.txt a line. */
const hasTables = ({ resultsTsv, resultsCsv, topkTxt }: FolderFiles): boolean =>
  lineCount(resultsTsv) > 1 || lineCount(resultsCsv) > 1 || lineCount(topkTxt) > 0;

const lineCount = (bytes: Uint8Array | null | undefined): number =>
  !bytes ? 0 : Buffer.from(bytes).toString('latin1').split('\n').filter(Boolean).length;

const noLedger = (folder: string) =>
  optionError(
    `${folder} has no ledger: --model and --data draw its shards again, and only the ledger has their votes.`,
    'Leave --model and --data out, or verify the folder that certify wrote: a server keeps the ledger of its jobs.',
  );

function linesOf(
  { job, rows, votes, looks, stops, questions }: FolderReport,
  files: FolderFiles,
  replayed: boolean,
): Line[] {
  if (job === null) return [['job', 'job.json: it could not be read']];
  const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].map(
    (one) => `${number(count(one))} ${one}`,
  );
  const lines: Line[] = [
    [
      'job',
      `digest, rule ${job.claim.stop.kind} with the bound ${job.claim.bound}, ${number(job.claim.looks.length)} looks, α = ${job.claim.alpha}${job.draw.noise.lattice ? ', lattice' : ''}, shard grid`,
    ],
  ];
  if (votes !== null)
    lines.push([
      'votes',
      `${number(votes.shards)} shards of ${number(votes.samples)} samples, every record and its checksum, added up for each look of each image`,
    ]);
  const images = imageCount(job.claim.images);
  if (rows.length > 0)
    lines.push([
      'results',
      `${number(rows.length)} of the ${number(images)} images of the job (${outcomes.join(', ')}), ${number(looks)} looks: class, counts, samples, that each certificate uses its best look`,
    ]);
  if (questions > 0)
    lines.push([
      'bounds',
      `${number(questions)} different radii and probabilities, by exact sums of a second implementation, and that rounding goes against the user`,
    ]);
  if (stops > 0)
    lines.push([
      'stopping',
      `why ${number(stops)} images were drawn no further, by the second implementation`,
    ]);
  const others = [
    files.resultsTsv && 'results.tsv',
    files.resultsCsv && CSV_FILE,
    files.topkTxt && 'topk.txt',
  ].filter((name) => typeof name === 'string');
  if (others.length > 0 && rows.length > 0)
    lines.push([
      'other files',
      `${others.join(' and ')}: every row against results.jsonl${files.ledger === null ? '' : ' and the ledger'}`,
    ]);
  if (files.imagesJsonl && rows.length > 0)
    lines.push(['images', `${IMAGES_FILE}: every image of the job; the label and the file of every row`]);
  const replayedFiles = [files.resultsJsonl && 'results.jsonl', ...others].filter((name) => name !== null);
  if (replayed && replayedFiles.length > 0)
    lines.push([
      'replay',
      `${replayedFiles.join(', ')}: every byte against what this program makes of job.json and the ledger`,
    ]);
  return lines;
}

function remarksOf({ votes, nearTies, job, missing, rows }: FolderReport, redrawn: Redrawn | null): string[] {
  const remarks: string[] = [];
  if (missing.length > 0)
    remarks.push(
      `${number(missing.length)} of the ${number(missing.length + rows.length)} images of the job have no row, so that nothing is known of them: ${named(missing)}. Whoever leaves out images chooses what an average is of.`,
    );
  if (votes !== null && votes.repeated > 0)
    remarks.push(
      `${number(votes.repeated)} shards were counted more than once, ${number(votes.repeatedOtherwise)} of them otherwise than at first; the first count is the one that counts.`,
    );
  if (votes !== null && votes.foreign > 0)
    remarks.push(
      `${number(votes.foreign)} shards in the ledger are of another grid, image, class or fingerprint than the job's, and count nothing.`,
    );
  const counted = rows.reduce((sum, { samples }) => sum + samples, 0);
  if (votes !== null && rows.length > 0 && votes.samples > counted)
    remarks.push(
      `${number(votes.samples - counted)} of the ${number(votes.samples)} samples count in no row: they were drawn ahead of a decision that did not need them, or of images without a row.`,
    );
  if (votes?.cancelled) remarks.push('The job was cancelled: images that were undecided have no row.');
  if (nearTies > 0)
    remarks.push(
      `${number(nearTies)} limits of the table are near-ties: another implementation may decide them otherwise. Exact sums decided here.`,
    );
  if (job?.claim.bound === 'clt') remarks.push('Its radii are approximate, and no certificates.');
  return redrawn === null ? remarks : [...remarks, ...redrawRemarks(redrawn)];
}

function notCheckedOf(
  { job, stops, rows }: FolderReport,
  files: FolderFiles,
  replayed: boolean,
  { asked, redrawn }: { readonly asked: boolean; readonly redrawn: Redrawn | null },
): string[] {
  const missing = [];
  if (job === null) return ['everything but job.json'];
  if (files.ledger === null)
    missing.push('whether the counts are those of a ledger: there is none (a server keeps it)');
  if (files.resultsJsonl === null)
    missing.push('results: there is no results.jsonl (smoothcert results writes it)');
  if (files.resultsTsv === null) missing.push('results.tsv: there is none');
  if (!replayed)
    missing.push(
      'the last digits of radii, below one part in 1,000,000, and why images were drawn no further where a line above does not say so',
    );
  else if (stops < rows.length)
    missing.push(
      `why ${number(rows.length - stops)} images were drawn no further, by the second implementation: this program's own rules were replayed for them`,
    );
  if (files.resultsJsonl === null)
    missing.push('bounds, by the second implementation: only results.jsonl has the counts that prove them');
  if (job.draw.noise.lattice === undefined)
    missing.push(
      'the rounding of its noise: it was drawn in floating point, on no lattice, and is outside the theorem',
    );
  else if (redrawn === null)
    missing.push('that the images have the dimension of its lattice, unless --data gives them');
  if (redrawn === null)
    missing.push(
      asked
        ? 'whether the model really votes so, in spite of --model and --data: there is no ledger whose votes could be drawn again'
        : 'whether the model really votes so: give --model and --data to draw a part of the votes again',
    );
  else if (redrawn.drawn < redrawn.shards)
    missing.push(
      `the votes of the other ${number(redrawn.shards - redrawn.drawn)} shards, against the model`,
    );
  if (redrawn === null && rows.some(({ label }) => label !== null))
    missing.push(
      `whether the labels are those of the data set${asked ? '' : ', which --model and --data would show'}`,
    );
  missing.push(`what job.json says beside the job, which decides nothing: ${UNCHECKED_NOTES.join(', ')}`);
  missing.push(
    'whether the recorded times are true (results.tsv has the sums of the ledger), and whether whoever drew chose among several seeds, or chose the claim (α, rule, bound, gain, runner-up) with an eye to votes of the same seed',
  );
  return missing;
}
