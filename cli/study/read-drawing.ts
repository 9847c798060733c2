import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { countsOfRow, fieldsOfLine, isCount } from '../../analysis/populations/row-counts.js';
import { drawingOf, type Drawing, type KeptRow } from '../../analysis/study/drawing.js';
import { totalOf, type Counts } from '../../shared/counts.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Claim } from '../../shared/job.js';
import { describeNoise } from '../../statistics/noises/scale.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import { readJobFile } from '../certify/job-file.js';

/**
 * Reads the drawing of a folder of `certify --stop fixed --keep-counts`: its job and its results.
 *
 * @throws FOLDER_UNUSABLE if it holds no such results; JOB_FILE_DAMAGED if they are not what the job would have
 */
export async function readDrawing(folder: string): Promise<Drawing> {
  const job = await readJobFile(folder);
  if (job === null) throw unusable(folder, 'holds no job');
  const { claim, draw } = job;
  if (claim.stop.kind !== 'fixed' || claim.stop.keepCounts !== true) {
    throw unusable(folder, 'holds no counts of smaller numbers of samples');
  }
  const file = path.join(folder, 'results.jsonl');
  const text = await readFile(file, 'utf8').catch(() => {
    throw unusable(folder, 'holds no results.jsonl that can be read');
  });
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line, at) => rowOf(line, claim) ?? damaged(file, at + 1));
  const { kind, scale } = draw.noise;
  const drawing = drawingOf(
    describeNoise(draw.noise),
    { kind, scale },
    { ...claim, alpha: imageAlpha(claim) },
    rows,
  );
  if (drawing.images.length === 0) throw unusable(folder, 'has no image with a result');
  return drawing;
}

/** Reads a line of results.jsonl. Null unless it has the counts that the job would have at each of its looks, each a part of the next. */
function rowOf(line: string, { looks }: Claim): KeptRow | null {
  const row = fieldsOfLine(line);
  if (row === null) return null;
  const { image, label = null, looks: found, outcome } = row;
  if (!isCount(image) || (label !== null && !isCount(label)) || !Array.isArray(found)) return null;
  if (outcome === 'failed') return { image, label, looks: [] };
  const counts = found.map(countsOfRow);
  const isWhole =
    counts.length === looks.length &&
    counts.every((one, k) => one !== null && totalOf(one) === looks[k] && holds(one, counts[k - 1] ?? null));
  return isWhole ? { image, label, looks: counts as Counts[] } : null;
}

/** Returns true if none of the counts before is larger than now. */
function holds(now: Counts, before: Counts | null): boolean {
  if (before === null) return true;
  const votes = new Map(now.classes.map((one, at) => [one, now.votes[at]!]));
  const all = before.classes.every((one, at) => (votes.get(one) ?? 0) >= before.votes[at]!);
  return all && now.invalid >= before.invalid;
}

function damaged(file: string, line: number): never {
  throw new SmoothcertError(
    'JOB_FILE_DAMAGED',
    `${file} is not what certify wrote: line ${line} has not the counts of its job.`,
    `Run smoothcert results ${path.dirname(file)}, which writes it again from the votes.`,
  );
}

const unusable = (folder: string, why: string): SmoothcertError =>
  new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${folder} ${why}.`,
    'Name a folder that certify --stop fixed --keep-counts wrote to (--out), or let study draw: --model, --data, --sigma.',
  );
