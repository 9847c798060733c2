import type { Claim, Job, Normalisation } from '../../shared/job.js';
import { DEFAULT_BOUNDS } from '../../shared/job-spec.js';
import { oneLine } from '../../shared/safe-text.js';
import { whole } from '../../shared/written-numbers.js';
import { sigmaOf } from '../../statistics/noises/scale.js';

/** A job, and the words by which people know it. */
export interface NamedJob {
  readonly job: Job;
  /** The name that its user gave it; null without one. */
  readonly name: string | null;
  /** File names of model and data; null where they are not known. */
  readonly model: string | null;
  readonly data: string | null;
}

/** Returns one part of a label. */
type Part = (named: NamedJob) => string;

const DIGEST = 8;
const short = (kind: string, digest: string): string => `${kind} ${digest.slice(0, DIGEST)}`;

/** The file name, or where two files have the same name or one has none, the digest. */
const model: Part = ({ job, model: file }) => file ?? short('model', job.draw.modelDigest);
const data: Part = ({ job, data: file }) => file ?? short('data', job.draw.dataDigest);

const sigma: Part = ({ job }) => `σ = ${sigmaOf(job.draw.noise)}`;

/** The parts that jobs may differ in, in the order in which labels name them; what is usual has no text. */
const PARTS: readonly Part[] = [
  ({ name }) => name ?? '',
  ({ job: { draw } }) => (draw.noise.kind === 'gaussian' ? '' : `${draw.noise.kind} noise`),
  sigma,
  model,
  data,
  ({ job }) => ruleWords(job.claim.stop),
  ({ job: { claim } }) => (claim.bound === DEFAULT_BOUNDS[claim.stop.kind] ? '' : claim.bound),
  ({ job }) => (job.claim.runnerUp ? 'runner-up' : ''),
  ({ job }) => `α = ${job.claim.alpha}`,
  ({ job }) => (job.claim.simultaneous ? 'simultaneous' : ''),
  ({ job }) => samplesWords(job.claim),
  ({ job }) => normalisationWords(job.draw.normalisation),
  ({ job }) => imageWords(job.claim.images),
];

/** Parts that are named only where nothing else tells two jobs apart: a seed is another one in every job, and says nothing. */
const LAST_PARTS: readonly Part[] = [
  ({ job: { claim } }) => (claim.stop.kind === 'fixed' ? `selection of ${whole(claim.stop.selection)}` : ''),
  ({ job }) => short('model', job.draw.modelDigest),
  ({ job }) => short('data', job.draw.dataDigest),
  ({ job }) => `seed ${job.draw.seed}`,
];

/**
 * Returns a label for each of several jobs: what differs between them, and nothing else. No two labels are equal; jobs that differ in nothing are
 * numbered. Of one job alone the label is its name, or else its σ; so it is of one that differs in nothing that has a word.
 */
export function labelsOf(jobs: readonly NamedJob[]): string[] {
  if (jobs.length === 1) return [oneLine(jobs[0]!.name ?? sigma(jobs[0]!))];
  const rows = jobs.map(() => [] as string[]);
  const add = (part: Part) => {
    const texts = jobs.map(part);
    if (new Set(texts).size > 1) texts.forEach((text, at) => text !== '' && rows[at]!.push(text));
  };
  PARTS.forEach(add);
  // A job of which all is usual has its σ, as one alone has.
  const labels = () => rows.map((parts, at) => oneLine(parts.join(', ') || sigma(jobs[at]!)));
  for (const part of LAST_PARTS) if (hasEqual(labels())) add(part);
  return numbered(labels());
}

const hasEqual = (labels: readonly string[]): boolean => new Set(labels).size < labels.length;

/** Returns labels of which each one that repeats has its number behind it. */
function numbered(labels: readonly string[]): string[] {
  if (!hasEqual(labels)) return [...labels];
  return labels.map((label, at) => `${label} (${at + 1})`);
}

/** Returns the number of samples that --max-samples was given: of `fixed` those behind the selection. */
function samplesWords({ stop, looks }: Claim): string {
  const most = looks.at(-1)!;
  return stop.kind === 'fixed' ? `n = ${whole(most - stop.selection)}` : `n ≤ ${whole(most)}`;
}

function ruleWords(stop: Claim['stop']): string {
  switch (stop.kind) {
    case 'gain':
    case 'two-stage':
      return `${stop.kind} of ${stop.minGain}`;
    case 'target':
      return `target ${stop.radii.join(', ')}`;
    case 'fixed':
      return 'fixed';
    case 'budget':
      return `budget of ${whole(stop.totalSamples)}`;
    case 'predict':
      return 'predict';
  }
}

const list = (values: readonly number[]): string => values.join(', ');

function normalisationWords({ inputScale, mean, std }: Normalisation): string {
  const scale = inputScale === 1 ? '' : `× ${inputScale}, `;
  return `${scale}mean ${list(mean)}, std ${list(std)}`;
}

function imageWords({ start, stop, step }: Claim['images']): string {
  return `images ${start}:${stop}${step === 1 ? '' : `:${step}`}`;
}
