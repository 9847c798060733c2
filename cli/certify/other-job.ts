import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson, jobDigest, type Job } from '../../shared/job.js';
import { otherNoise, wasDrawnInFloat } from '../../shared/other-noise.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { number } from '../results/summary-lines.js';

/**
 * Refuses to mix two jobs in one folder, naming what differs.
 *
 * @param by the command that has our job, or other words for what would write into the folder
 * @throws JOB_DIFFERS; PROTOCOL_MISMATCH for a job of version 0.1.0
 */
export function refuseOtherJob(folder: string, theirs: Job, ours: Job, by: string): void {
  if (jobDigest(theirs) === jobDigest(ours)) return;
  refuseOtherAnswers(folder, theirs, ours, by);
  if (wasDrawnInFloat(theirs.draw.noise)) throw otherNoise(theirs.draw.noise);
  const names = new Set(toldOf(differences(inFlags(theirs), inFlags(ours), '')).map(describe));
  throw new SmoothcertError(
    'JOB_DIFFERS',
    `${folder} holds another job; what differs: ${[...names].join('; ')}.`,
    'Give the same values to resume it, or use another folder.',
  );
}

/** Of a job that gives classes and one that gives certificates nearly all differs, and nobody meant to resume one by the other. */
function refuseOtherAnswers(folder: string, theirs: Job, ours: Job, by: string): void {
  const [there, here] = [theirs, ours].map(({ claim }) =>
    claim.stop.kind === 'predict' ? 'classes' : 'certificates',
  );
  if (there === here) return;
  throw new SmoothcertError(
    'JOB_DIFFERS',
    `${folder} holds ${there}, and ${by} gives ${here}.`,
    'Use another folder.',
  );
}

/** Returns the differences that a person caused: without those that follow from others that stand beside them. */
function toldOf(found: readonly Difference[]): readonly Difference[] {
  // Other images are other data, and with other data the images may end elsewhere: one of the two says it.
  const otherImages = found.some(({ path: at }) => at === IMAGES);
  // The gain of the table follows from --stop, --min-gain, --total-samples and the number of images.
  const onlyTable = found.every(({ path: at }) => at === TABLE);
  const follows = new Set([
    ...(otherImages ? ['draw.dataDigest'] : []),
    ...(onlyTable ? [] : [TABLE]),
    // Counts that are kept add looks.
    ...(found.some(({ path: at }) => at === KEPT) ? ['claim.looks', 'draw.segments'] : []),
  ]);
  return found.filter(({ path: at }) => !follows.has(at));
}

/**
 * Returns a job with the standard deviation of its noise, which is what was typed, in place of the scale of its law, and without the
 * lattice, which follows from that and from the data; and with its images as --images has them.
 */
function inFlags(job: Job): unknown {
  const { draw, claim } = job;
  const { kind, generator, version } = draw.noise;
  const noise = { kind, generator, version, sigma: sigmaOf(draw.noise) };
  return { ...job, draw: { ...draw, noise }, claim: { ...claim, images: rangeText(claim.images) } };
}

/** Returns a range as --images has it, with its ends. */
const rangeText = ({ start, stop, step }: Job['claim']['images']): string =>
  step === 1 ? `${start}:${stop}` : `${start}:${stop}:${step}`;

/** The images, in one piece: who changes one end means another range. */
const IMAGES = 'claim.images';
/** The gain that the table of `spending` is matched to. */
const TABLE = 'claim.matchedGain';
/** That counts are kept between the first and the last look. */
const KEPT = 'claim.stop.keepCounts';

interface Difference {
  readonly path: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

function differences(theirs: unknown, ours: unknown, at: string): Difference[] {
  if (canonicalJson(theirs ?? null) === canonicalJson(ours ?? null)) return [];
  if (!isRecord(theirs) || !isRecord(ours)) return [{ path: at, theirs, ours }];
  const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return [...keys].flatMap((key) => differences(theirs[key], ours[key], at ? `${at}.${key}` : key));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The flags that set the parts of a job. Looks and segments follow from flags named beside them. */
const NAMES: Readonly<Record<string, string>> = {
  'draw.modelDigest': 'the model file',
  'draw.dataDigest': 'the data set',
  'draw.noise.kind': '--noise',
  'draw.noise.sigma': '--sigma',
  'draw.seed': '--seed',
  'draw.normalisation.inputScale': '--input-scale',
  'draw.normalisation.mean': '--mean',
  'draw.normalisation.std': '--std',
  'draw.layout': '--layout',
  'draw.output': '--output',
  'draw.classes': 'the number of classes',
  'draw.batch': '--batch',
  'draw.numericClass': 'the device or ONNX Runtime',
  'draw.numeric': '--device',
  'draw.noise.version': 'the noise generator',
  'draw.noise.generator': 'the noise generator',
  'claim.alpha': '--alpha',
  'claim.bound': '--bound',
  'claim.stop.kind': '--stop',
  'claim.stop.minGain': '--min-gain',
  'claim.stop.radii': '--radii',
  'claim.stop.selection': '--n0',
  [KEPT]: '--keep-counts',
  'claim.stop.totalSamples': '--total-samples',
  'claim.runnerUp': '--runner-up',
  'claim.simultaneous': '--simultaneous',
  [IMAGES]: '--images',
  'claim.matchedGain': 'the table of spending',
};

/** Numbers of samples. */
const COUNTS: ReadonlySet<string> = new Set(['claim.stop.selection', 'claim.stop.totalSamples']);
/** Flags without a value. */
const SWITCHES: ReadonlySet<string> = new Set([KEPT, 'claim.runnerUp', 'claim.simultaneous']);

function describe({ path: at, theirs, ours }: Difference): string {
  if (at === 'claim.looks' || at === 'draw.segments') {
    return `the looks, which follow from --stop, --bound, --n0 and --max-samples (${last(theirs)} there, ${last(ours)} here)`;
  }
  const name = NAMES[at] ?? at;
  return at.endsWith('Digest') ? name : `${name} (${show(at, theirs)} there, ${show(at, ours)} here)`;
}

function last(looks: unknown): string {
  const most: unknown = Array.isArray(looks) ? looks.at(-1) : undefined;
  return typeof most === 'number' ? `up to ${number(most)}` : 'none';
}

function show(at: string, value: unknown): string {
  if (SWITCHES.has(at)) return value === true ? 'on' : 'off';
  if (COUNTS.has(at) && typeof value === 'number') return number(value);
  return value === undefined ? 'none' : JSON.stringify(value).replaceAll('"', '');
}
