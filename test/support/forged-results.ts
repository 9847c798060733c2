import type { Job } from '../../shared/job.js';
import type { Row } from '../../analysis/verify/rows/row.js';
import { verifyFolder, type FolderFiles } from '../../analysis/verify/verify-folder.js';
import { voterOf, type Voter } from './jobs.js';
import { resultFiles, resultJob, type ResultJob } from './result-files.js';

export const sure = voterOf(3, () => 0.97);
export const mixed = voterOf(5, (image) => [0.99, 0.4, 0.75, 0.97][image]!);
/** Image 0 unanimous, image 1 in halves. */
export const split: Voter = (image, sample) => (image === 0 ? 0 : sample % 2);

/** A job of every kind that can be, and votes for it. */
export const JOBS: Readonly<Record<string, readonly [ResultJob, Voter]>> = {
  gain: [{ images: 4 }, mixed],
  'gain without an end': [{ images: 2, stop: { kind: 'gain', minGain: 0 } }, sure],
  'gain with anytime': [{ bound: 'anytime', images: 4 }, mixed],
  'gain with the runner-up': [{ images: 4, runnerUp: true }, mixed],
  laplace: [{ noise: 'laplace', images: 4, simultaneous: true }, mixed],
  uniform: [{ noise: 'uniform', images: 4 }, mixed],
  target: [{ images: 4, bound: 'anytime', stop: { kind: 'target', radii: ['0', '0.25', '0.50'] } }, mixed],
  'two-stage': [{ images: 4, bound: 'clopper-pearson', stop: { kind: 'two-stage', minGain: 0.1 } }, mixed],
  fixed: [{ images: 4, bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 } }, mixed],
  'fixed with counts kept': [
    { images: 4, bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20, keepCounts: true } },
    mixed,
  ],
  'fixed with the runner-up': [
    { images: 4, bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 }, runnerUp: true },
    mixed,
  ],
  'gain of halves': [{}, split],
  'gain of thirds': [{}, (_, sample) => sample % 3],
  'gain with the runner-up of halves': [{ runnerUp: true }, split],
  'gain with the runner-up of many classes': [
    { runnerUp: true, classes: 64, images: 1 },
    (_, sample) => sample % 64,
  ],
  'fixed with the runner-up and an invalid vote': [
    { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 }, runnerUp: true },
    (image, sample) => (sample === 40 ? -1 : image),
  ],
  'fixed of a class that is not voted for again': [
    { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 } },
    (_, sample) => (sample < 20 ? 0 : 1),
  ],
  'budget that leaves images without a sample': [
    { images: 4, stop: { kind: 'budget', totalSamples: 130 } },
    mixed,
  ],
  'predict of two likely classes': [
    { images: 4, bound: 'anytime', stop: { kind: 'predict' }, maxSamples: 300 },
    (image, sample) => (sample % 20 < 11 + image ? 0 : 1),
  ],
  clt: [{ bound: 'clt', stop: { kind: 'fixed', selection: 20 } }, split],
  'clt with laplace noise': [
    { bound: 'clt', stop: { kind: 'fixed', selection: 20 }, noise: 'laplace' },
    sure,
  ],
  'clt with uniform noise': [
    { bound: 'clt', stop: { kind: 'fixed', selection: 20 }, noise: 'uniform' },
    sure,
  ],
  'clt with Gaussian noise': [{ bound: 'clt', stop: { kind: 'fixed', selection: 20 } }, sure],
  budget: [{ images: 4, stop: { kind: 'budget', totalSamples: 900 } }, mixed],
  'budget with anytime': [
    { images: 4, bound: 'anytime', stop: { kind: 'budget', totalSamples: 900 } },
    mixed,
  ],
  predict: [{ images: 4, bound: 'anytime', stop: { kind: 'predict' } }, mixed],
  'predict of halves': [{ bound: 'anytime', stop: { kind: 'predict' } }, split],
  'predict with one look': [
    { images: 4, bound: 'two-sided', stop: { kind: 'predict' }, maxSamples: 40 },
    mixed,
  ],
  'predict with one long look': [{ images: 4, bound: 'two-sided', stop: { kind: 'predict' } }, mixed],
};

export const filesOf = (name: string): FolderFiles => {
  const [asked, voter] = JOBS[name]!;
  return resultFiles(resultJob(asked), voter);
};

export const text = (content: string): Uint8Array => Buffer.from(content);
export const with_ = (files: FolderFiles, other: Partial<FolderFiles>): FolderFiles => ({
  ...files,
  ...other,
});
export const whats = (files: FolderFiles): string[] =>
  verifyFolder(files).findings.kept.map(({ what }) => what);
export const rowsOf = (files: FolderFiles): Row[] =>
  Buffer.from(files.resultsJsonl!)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
export const rowsText = (rows: readonly object[]): Uint8Array =>
  text(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

export function withLattice(job: Job, other: object): Job {
  const { noise } = job.draw;
  return { ...job, draw: { ...job.draw, noise: { ...noise, lattice: { ...noise.lattice!, ...other } } } };
}

/** A name of JOBS, an image, other fields of its row, and a part of what is to be found. */
export type Forgery = readonly [name: string, image: number, change: (row: Row) => object, found: string];

/** Returns what is found where one row has other fields. */
export function changed(name: string, image: number, change: (row: Row) => object): string[] {
  const files = filesOf(name);
  const rows = rowsOf(files).map((row) => (row.image === image ? { ...row, ...change(row) } : row));
  return whats(with_(files, { resultsJsonl: rowsText(rows), resultsTsv: null, topkTxt: null }));
}

/** Returns a decimal of 12 places that is larger by so much. */
export const more = (decimal: string, by: number): string => (Number(decimal) + by).toFixed(12);

/** Returns the counts of a look. */
export const strip = ({ classes, votes, invalid }: Row['looks'][number]) => ({ classes, votes, invalid });
