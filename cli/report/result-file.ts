import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { fieldsOfLine } from '../../analysis/populations/row-counts.js';
import { imageResultOf } from '../../analysis/results/image-result.js';
import { rowCheckOf } from '../../analysis/results/row-of-job.js';
import type { ImageResult } from '../../analysis/results/result-set.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Job } from '../../shared/job.js';

/** Characters of a line of results.jsonl: more than the counts of all classes at all looks take. */
const LONGEST_LINE = 2 ** 24;

/** A line of results.jsonl: its fields, and the result that they are. */
export interface WrittenResult {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly result: ImageResult;
}

/** Reads results.jsonl of a folder; null if there is none. As `writtenResults`. @throws JOB_FILE_DAMAGED */
export async function readResultFile(folder: string, job: Job): Promise<ImageResult[] | null> {
  if (!(await isPlainFile(path.join(folder, 'results.jsonl')))) return null;
  const results: ImageResult[] = [];
  for await (const { result } of writtenResults(folder, job)) results.push(result);
  return results;
}

/**
 * Yields the lines of results.jsonl of a folder, which may come from anybody. Every line must be one of the job: with its claim, and a class
 * and a radius that follow from the counts in the line. @throws JOB_FILE_DAMAGED
 */
export async function* writtenResults(folder: string, job: Job): AsyncGenerator<WrittenResult> {
  const file = path.join(folder, 'results.jsonl');
  const { start, stop, step } = job.claim.images;
  const isOfJob = rowCheckOf(job);
  let last = -1;
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    const fields = fieldsOfLine(line);
    const result = fields === null ? null : imageResultOf(fields);
    const follows =
      result !== null && result.image > last && result.image < stop && (result.image - start) % step === 0;
    if (!follows || result.image < start || !isOfJob(fields!, result))
      throw damaged(file, `line ${number} is no result of its job`);
    yield { fields: fields!, result };
    last = result.image;
  }
}

/**
 * Returns true of a file, false where there is none. Anything else is refused: a pipe or a device may never end.
 * @throws JOB_FILE_DAMAGED
 */
export async function isPlainFile(file: string): Promise<boolean> {
  const found = await stat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw damaged(file, 'it cannot be read', error);
  });
  if (found !== null && !found.isFile()) throw damaged(file, 'it is no file');
  return found !== null;
}

/** Yields the lines of a file, none longer than `LONGEST_LINE`. @throws JOB_FILE_DAMAGED */
async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.write(piece)).split('\n');
      rest = lines.pop()!;
      yield* lines;
      if (rest.length > LONGEST_LINE) throw damaged(file, 'a line does not end');
    }
  } catch (error) {
    throw error instanceof SmoothcertError ? error : damaged(file, 'it cannot be read', error);
  }
  if (rest !== '') yield rest;
}

const damaged = (file: string, why: string, cause?: unknown) =>
  new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} is not what smoothcert wrote: ${why}.`,
    'Restore it from a copy; or run the certify or predict command of its job again, into a new folder.',
    { cause },
  );
