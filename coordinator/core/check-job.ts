import type { ImageRange } from '../../shared/dataset/selection.js';
import {
  JOB_RANGES,
  MAX_CHANNELS,
  MAX_IMAGES,
  MAX_RADII,
  MAX_TEXT,
  SEED_LIMIT,
} from '../../shared/job-limits.js';
import type { BoundName, Job, NoiseKind, RuleName, StoppingRule } from '../../shared/job.js';
import type { JobImages, JobSpec } from '../../shared/job-spec.js';
import { isWithin, type Range } from '../../shared/range.js';
import { ImpossibleClaim, type Impossible } from '../../statistics/impossible-claim.js';
import { areRadii } from '../../statistics/claim.js';
import { requireCovered } from '../../statistics/precondition.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { BOUNDS, boundsFor, pairReason } from '../../statistics/bounds/bounds.js';
import { runnerUpReason } from '../../statistics/bounds/runner-up.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { claimOf } from './claim-of.js';
import { compileDecision } from './look.js';

/** The choices of a person for a job, but for its model and its data. `images`: null, or a stop of null, is all there are. */
export type JobChoices = Omit<JobSpec, 'model' | 'data' | 'images'> & { readonly images: ImageRange | null };

/** The images of a job of which none are known: what is claimed of each does not depend on them. */
const ONE_IMAGE = { start: 0, stop: 1, step: 1 } as const;

type NumberField = keyof typeof JOB_RANGES;

/**
 * A wrong field of a job, as data: the command line words it with its flags, the service with the fields of a message.
 */
export type JobFault =
  /** `at`: which value of a list (mean, std) it is. */
  | {
      readonly reason: 'out-of-range';
      readonly field: NumberField;
      readonly value: number;
      readonly range: Range;
      readonly at?: number;
    }
  | {
      readonly reason: 'count';
      readonly field: 'mean' | 'std' | 'radii';
      readonly count: number;
      readonly most: number;
    }
  /** Not plain decimals, or not ascending. */
  | { readonly reason: 'not-radii'; readonly field: 'radii'; readonly radii: readonly string[] }
  /** Not a decimal below `limit`, or with leading zeros. */
  | { readonly reason: 'not-a-seed'; readonly field: 'seed'; readonly seed: string; readonly limit: bigint }
  /** `start` is not below `stop`, `step` is below 1, or one of them is above `most` or no whole number. */
  | {
      readonly reason: 'not-a-range-of-images';
      readonly field: 'images';
      readonly images: ImageRange;
      readonly most: number;
    }
  | {
      readonly reason: 'text-length';
      readonly field: 'output';
      readonly length: number;
      readonly most: number;
    }
  /** `why` ends a sentence that begins with the rule; `offered` are the bounds that prove something with it. */
  | {
      readonly reason: 'pair-not-offered';
      readonly field: 'bound';
      readonly rule: RuleName;
      readonly bound: BoundName;
      readonly why: string;
      readonly offered: readonly BoundName[];
    }
  /** A bound that proves nothing leaves nothing to claim of all images together. */
  | { readonly reason: 'nothing-to-claim'; readonly field: 'simultaneous'; readonly bound: BoundName }
  /** `why` ends a sentence that begins with the claim: the runner-up goes with some rules, bounds and noises only. */
  | {
      readonly reason: 'runner-up-not-offered';
      readonly field: 'runnerUp';
      readonly rule: RuleName;
      readonly bound: BoundName;
      readonly noise: NoiseKind;
      readonly why: string;
    }
  /** Each field is right, and no number of votes would fulfil the claim. */
  | ImpossibleFault;

type ImpossibleFault =
  | (Extract<Impossible, { reason: 'out-of-reach' }> & { readonly field: 'radii' })
  | (Extract<Impossible, { reason: 'level-too-small' }> & { readonly field: 'alpha' })
  | (Extract<Impossible, { reason: 'total-too-small' }> & { readonly field: 'totalSamples' })
  | (Extract<Impossible, { reason: 'budget-too-small' | 'nothing-behind-pilot' | 'too-many-looks' }> & {
      readonly field: 'maxSamples';
    });

/**
 * Checks a job before it is made: each field, then, if all are right, whether votes can fulfil the claim. It is the only
 * check that a user meets: the command line and the service both word its faults, of which there are none if the job is
 * right. What only the data set can tell (which images there are) is not looked at.
 *
 * @param images those of the job, as soon as they are known: what all of them claim together depends on their number
 */
export function checkJob(job: JobChoices, images: JobImages = ONE_IMAGE): JobFault[] {
  const faults = [...faultsOfFields(job)];
  if (faults.length > 0) return faults;
  return impossibleIn(() => {
    compileDecision(claimOf(job, images), { kind: job.noise, scale: scaleOf(job.noise, job.sigma) });
  });
}

/**
 * Checks the claim of a job that was read from a file, whose looks stand there: whoever writes a job by hand has not met
 * `checkJob`. @throws INTERNAL if the looks are no schedule of the rule, or not the ends of the segments
 */
export function faultsOfClaim({ claim, draw }: Job): JobFault[] {
  // Counts of other numbers of samples than the looks have would decide nothing.
  requireCovered(draw.segments.join() === claim.looks.join(), 'samples that are not drawn look by look');
  const flags = { runnerUp: claim.runnerUp === true, simultaneous: claim.simultaneous === true };
  const faults = [...faultsOfProof({ ...claim, ...flags, noise: draw.noise.kind })];
  return faults.length > 0 ? faults : impossibleIn(() => compileDecision(claim, draw.noise));
}

function* faultsOfFields(job: JobChoices): Generator<JobFault> {
  yield* faultsOfImages(job.images);
  yield* faultsOfNumber('sigma', job.sigma);
  if (job.seed !== null) yield* faultsOfSeed(job.seed);
  const { inputScale, mean, std } = job.normalisation;
  yield* faultsOfNumber('inputScale', inputScale);
  yield* faultsOfChannels('mean', mean);
  yield* faultsOfChannels('std', std);
  yield* faultsOfOutput(job.output);
  if (job.batch !== null) yield* faultsOfNumber('batch', job.batch);
  yield* faultsOfProof(job);
  yield* faultsOfNumber('maxSamples', job.maxSamples);
}

/** Yields what keeps the theorems from covering a claim: its α, its pair of rule and bound, the numbers of its rule. */
function* faultsOfProof(
  claim: Pick<JobChoices, 'alpha' | 'bound' | 'stop' | 'runnerUp' | 'simultaneous' | 'noise'>,
): Generator<JobFault> {
  const { alpha, bound, stop, runnerUp, simultaneous, noise } = claim;
  yield* faultsOfNumber('alpha', alpha);
  yield* faultsOfPair(stop.kind, bound);
  if (runnerUp) yield* faultsOfRunnerUp(stop.kind, bound, noise);
  if (simultaneous) yield* faultsOfTogether(bound);
  yield* faultsOfRule(stop);
}

function* faultsOfNumber(field: NumberField, value: number): Generator<JobFault> {
  const range = JOB_RANGES[field];
  if (!isWithin(value, range)) yield { reason: 'out-of-range', field, value, range };
}

function* faultsOfChannels(field: 'mean' | 'std', values: readonly number[]): Generator<JobFault> {
  if (values.length < 1 || values.length > MAX_CHANNELS) {
    yield { reason: 'count', field, count: values.length, most: MAX_CHANNELS };
    return;
  }
  const range = JOB_RANGES[field];
  const at = values.findIndex((value) => !isWithin(value, range));
  if (at >= 0) yield { reason: 'out-of-range', field, value: values[at]!, range, at };
}

function* faultsOfImages(images: ImageRange | null): Generator<JobFault> {
  if (images === null) return;
  const { start, stop, step } = images;
  const index = { least: 0, most: MAX_IMAGES, whole: true };
  const end = stop ?? MAX_IMAGES;
  const whole = isWithin(start, index) && isWithin(end, index) && isWithin(step, { ...index, least: 1 });
  if (whole && start < end) return;
  yield { reason: 'not-a-range-of-images', field: 'images', images, most: MAX_IMAGES };
}

function* faultsOfSeed(seed: string): Generator<JobFault> {
  if (/^(0|[1-9]\d{0,19})$/.test(seed) && BigInt(seed) < SEED_LIMIT) return;
  yield { reason: 'not-a-seed', field: 'seed', seed, limit: SEED_LIMIT };
}

function* faultsOfOutput(output: string | null): Generator<JobFault> {
  if (output === null || (output !== '' && output.length <= MAX_TEXT)) return;
  yield { reason: 'text-length', field: 'output', length: output.length, most: MAX_TEXT };
}

function* faultsOfPair(rule: RuleName, bound: BoundName): Generator<JobFault> {
  const why = pairReason(rule, bound);
  if (why === null) return;
  const offered = boundsFor(rule).filter((name) => BOUNDS[name].proves);
  yield { reason: 'pair-not-offered', field: 'bound', rule, bound, why, offered };
}

function* faultsOfTogether(bound: BoundName): Generator<JobFault> {
  if (!BOUNDS[bound].proves) yield { reason: 'nothing-to-claim', field: 'simultaneous', bound };
}

/** A pair that is not offered at all has its fault already. */
function* faultsOfRunnerUp(rule: RuleName, bound: BoundName, noise: NoiseKind): Generator<JobFault> {
  const why = runnerUpReason(rule, bound, NOISES[noise]);
  if (why === null || pairReason(rule, bound) !== null) return;
  yield { reason: 'runner-up-not-offered', field: 'runnerUp', rule, bound, noise, why };
}

function* faultsOfRule(stop: StoppingRule): Generator<JobFault> {
  switch (stop.kind) {
    case 'gain':
    case 'two-stage':
      yield* faultsOfNumber('minGain', stop.minGain);
      return;
    case 'target':
      yield* faultsOfRadii(stop.radii);
      return;
    case 'fixed':
      yield* faultsOfNumber('selection', stop.selection);
      return;
    case 'budget':
      yield* faultsOfNumber('totalSamples', stop.totalSamples);
      return;
    case 'predict':
  }
}

/** Returns what is wrong with a list of radii: of a job, or of those that a user asks for later. */
export function faultsOfRadii(radii: readonly string[]): JobFault[] {
  if (radii.length < 1 || radii.length > MAX_RADII) {
    return [{ reason: 'count', field: 'radii', count: radii.length, most: MAX_RADII }];
  }
  return areRadii(radii) ? [] : [{ reason: 'not-radii', field: 'radii', radii }];
}

/** Returns the fault for which a claim could not be made ready; none if it was made ready. */
function impossibleIn(compile: () => void): JobFault[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (!(error instanceof ImpossibleClaim)) throw error;
    return [faultOf(error.why)];
  }
}

function faultOf(why: Impossible): ImpossibleFault {
  switch (why.reason) {
    case 'out-of-reach':
      return { ...why, field: 'radii' };
    case 'level-too-small':
      return { ...why, field: 'alpha' };
    case 'total-too-small':
      return { ...why, field: 'totalSamples' };
    case 'budget-too-small':
    case 'nothing-behind-pilot':
    case 'too-many-looks':
      return { ...why, field: 'maxSamples' };
  }
}
