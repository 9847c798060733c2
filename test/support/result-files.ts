import { encodeFrame, encodeHeader } from '../../adapters/local/ledger-frames.js';
import type { FolderFiles } from '../../analysis/verify/verify-folder.js';
import { claimOf, type ClaimSpec } from '../../coordinator/core/claim-of.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import { NO_ROW_NAMES, type RowNames } from '../../coordinator/results/row-names.js';
import { csvLines } from '../../cli/results/csv-lines.js';
import { topkRows } from '../../coordinator/results/topk-counts.js';
import { jobDigest, type Job, type NoiseKind } from '../../shared/job.js';
import { encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { RULES } from '../../statistics/rules.js';
import { allShards, counted, makeJob, makeRecord, type Voter } from './jobs.js';

/** Folders of results in memory, as the command writes them, of votes that a test makes up. */

export interface ResultJob extends Partial<ClaimSpec> {
  readonly images?: number;
  readonly noise?: NoiseKind;
  readonly classes?: number;
}

/** Returns a job of a schedule that `certify` makes, its noise on a lattice. */
export function resultJob({ images = 2, noise: kind = 'gaussian', classes = 10, ...spec }: ResultJob): Job {
  const asked: ClaimSpec = {
    alpha: 0.001,
    bound: 'spending',
    stop: { kind: 'gain', minGain: 0.02 },
    maxSamples: 512,
    runnerUp: false,
    simultaneous: false,
    ...spec,
  };
  const claim = claimOf(asked, { start: 0, stop: images, step: 1 });
  const { lattice } = latticeOf({ numerator: 1, denominator: 255 }, kind, 0.5, 64);
  const noise = { kind, scale: 0.5, generator: 'philox4x32-10/lattice', version: 1, lattice };
  const { draw } = makeJob({ draw: { noise, classes, segments: claim.looks } });
  return { protocol: 1, draw, claim };
}

const labelOf = (image: number): number => image % 10;

/** Returns the files of a job whose images were drawn until they were decided; `more` comes behind the votes, or before them. */
export function resultFiles(
  job: Job,
  voter: Voter,
  more: readonly Partial<LedgerRecord>[] = [],
  when: 'before' | 'behind' = 'behind',
): FolderFiles {
  const fold = new JobFold(job);
  const records: LedgerRecord[] = [];
  const add = (content: Partial<LedgerRecord>) => {
    const record = makeRecord(job, content);
    records.push(record);
    fold.apply(record);
  };
  if (when === 'before') more.forEach(add);
  for (let drawn = true; drawn && !fold.isDone();) {
    drawn = false;
    for (const [image, state] of fold.images) {
      if (state.ending !== null || state.look > state.due) continue;
      const shards = fold.missing(image, state.look);
      drawn ||= shards.length > 0;
      if (shards.length > 0) add({ counted: shards.map((shard) => counted(voter, shard)) });
    }
  }
  if (when === 'behind') more.forEach(add);
  return filesOfFold(job, fold, records);
}

/** Returns the files of a fold and the records that it was made of. */
export function filesOfFold(
  job: Job,
  fold: JobFold,
  records: readonly LedgerRecord[],
  names: RowNames = NO_ROW_NAMES,
): FolderFiles {
  const fresh = RULES[job.claim.stop.kind].firstLookChooses;
  const labels = Int32Array.from({ length: fold.images.size }, (_, image) => labelOf(image));
  const topk = fresh ? [...topkRows(fold, labels)].map((line) => `${line}\n`).join('') : null;
  return {
    jobJson: Buffer.from(jobJson(job)),
    ledger: ledgerOf(job, records),
    resultsJsonl: Buffer.from([...jsonLines(fold, labelOf, names)].join('')),
    resultsTsv: Buffer.from([...tsvLines(fold, labelOf, names)].join('')),
    topkTxt: topk === null ? null : Buffer.from(topk),
  };
}

/** Returns the files of a job of which files and classes have names, with results.csv and images.jsonl. */
export function namedFiles(job: Job, voter: Voter, names: RowNames): FolderFiles {
  const fold = new JobFold(job);
  const record = makeRecord(job, { counted: allShards(fold).map((shard) => counted(voter, shard)) });
  fold.apply(record);
  const images = [...fold.images.keys()].map((image) => {
    const file = names.files?.[image];
    return `${JSON.stringify({ image, label: labelOf(image), ...(file ? { file } : {}) })}\n`;
  });
  return {
    ...filesOfFold(job, fold, [record], names),
    jobJson: Buffer.from(jobJson(job, { classes: names.classes })),
    resultsCsv: Buffer.from([...csvLines(fold, labelOf, names)].join('')),
    imagesJsonl: Buffer.from(images.join('')),
  };
}

export function ledgerOf(job: Job, records: readonly LedgerRecord[]): Buffer {
  return Buffer.concat([
    encodeHeader(jobDigest(job)),
    ...records.map((record) => encodeFrame(encodeRecord(record))),
  ]);
}

/** Returns job.json as the command writes it. */
export function jobJson(job: Job, more: object = {}): string {
  const bound = BOUNDS[job.claim.bound];
  const content = {
    job_digest: jobDigest(job),
    smoothcert: '0.1.0',
    node: 'v20.0.0',
    model: 'm.onnx',
    data: 'd.npz',
    ...more,
    repeating:
      'With this version, device class and seed, every run of this job writes the same results.jsonl, byte for byte.',
    notes: [],
    ...(bound.proves ? {} : { approximate: bound.note }),
    job,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Returns a frame of the ledger, whatever its payload is. */
export const frameOf = (payload: Uint8Array): Uint8Array => encodeFrame(payload);
