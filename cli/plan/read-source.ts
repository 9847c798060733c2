import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SmoothcertError } from '../../shared/errors.js';
import { oneLine } from '../../shared/safe-text.js';
import { parseCohenTable } from '../../analysis/cohen/cohen-table.js';
import { scaleOf, sigmaOf } from '../../statistics/noises/scale.js';
import { PILOT_PART, isPilotFolder } from '../certify/pilot-folder.js';
import { isNoteOfCheck } from '../check/finding-words.js';
import { readJobFile, readNotedJob } from '../certify/job-file.js';
import { optionError } from '../command/parse.js';
import type { ReadSource, SourceFlags } from './plan-source.js';
import { sourceOfLines } from './result-lines-source.js';
import { unreadable } from './source-error.js';
import { sourceOfTable } from './table-source.js';
import { imageAlpha } from '../../statistics/simultaneous.js';

/** No file of results is larger: a text longer than this does not fit one string. */
export const LARGEST_SOURCE = 2 ** 29 - 2 ** 10;

/** Reads what --from names. @throws SOURCE_UNREADABLE, OPTION_INVALID, JOB_FILE_DAMAGED, PROTOCOL_MISMATCH */
export async function readSource(from: string, flags: SourceFlags): Promise<ReadSource> {
  const found = await reading(from, () => stat(from));
  if (found.isDirectory()) return sourceOfFolder(from, path.join(from, 'results.jsonl'), flags);
  if (found.size > LARGEST_SOURCE)
    throw unreadable(from, 'is larger than half a gigabyte', 'Give a part of its rows.');
  const text = await reading(from, () => readFile(from, 'utf8'));
  if (path.basename(from) === 'job.json') {
    throw unreadable(
      from,
      'holds a job and no results',
      `Name its folder: --from ${oneLine(path.dirname(from))}.`,
    );
  }
  if (text.trimStart().startsWith('{')) {
    const job = await readJobFile(path.dirname(from));
    if (job !== null) return sourceOfFolder(path.dirname(from), from, flags);
    if (flags.sigma === null) {
      throw optionError(
        `${oneLine(from)} does not say what its noise was.`,
        'Add --sigma (and --noise, if it was not Gaussian), or keep job.json beside it.',
      );
    }
    const noise = { kind: flags.noise, scale: scaleOf(flags.noise, flags.sigma) };
    return { ...sourceOfLines(from, text), kind: 'results', noise, warning: null, rate: null };
  }
  const table = parseCohenTable(text);
  if (table === null) {
    throw unreadable(
      from,
      'is neither results.jsonl nor a TSV with the header idx, label, predict, radius, correct, time',
      'Give a folder of smoothcert certify, its results.jsonl, or such a TSV.',
    );
  }
  return sourceOfTable(from, table, flags);
}

/** Reads the results of a folder. */
async function sourceOfFolder(folder: string, file: string, flags: SourceFlags): Promise<ReadSource> {
  const noted = await readNotedJob(folder);
  if (noted === null) {
    const pilot = path.join(folder, PILOT_PART);
    throw unreadable(
      folder,
      'holds no job',
      isPilotFolder(pilot)
        ? `It is the folder of a plan; its pilot is --from ${oneLine(pilot)}.`
        : 'Name a folder of smoothcert certify, or a file of results.',
    );
  }
  const { job, notes } = noted;
  const { kind, scale } = job.draw.noise;
  const sigma = sigmaOf({ kind, scale });
  if (flags.sigma !== null && flags.sigma !== sigma) {
    throw optionError(
      `${oneLine(folder)} was drawn with σ = ${sigma}, and not with ${flags.sigma}.`,
      'Leave --sigma out: the votes say nothing of another noise.',
    );
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw withoutResults(folder, file, error);
  });
  const read = sourceOfLines(file, text);
  const pilot = isPilotFolder(folder);
  return {
    ...read,
    name: path.basename(path.resolve(folder)),
    kind: pilot ? 'pilot' : 'results',
    noise: { kind, scale },
    alpha: imageAlpha(job.claim),
    warning: notes.find(isNoteOfCheck) ?? null,
    rate: null,
  };
}

/** Returns the error of a folder with a job of which no results can be read. */
function withoutResults(folder: string, file: string, error: unknown): SmoothcertError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return code === 'ENOENT'
    ? unreadable(
        folder,
        'holds a job, and no results.jsonl',
        `Write it from the votes with smoothcert results ${oneLine(folder)}, or certify into the folder until it is done.`,
        error,
      )
    : unreadable(file, `cannot be read (${code})`, 'Make the file readable.', error);
}

async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  return read().catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw unreadable(
      file,
      `cannot be read (${code})`,
      'Name a folder of smoothcert certify with results, or a file.',
      error,
    );
  });
}
