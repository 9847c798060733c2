import { imageCount, type JobImages } from '../shared/job-spec.js';
import type { Claim } from '../shared/job.js';
import { BOUNDS } from './bounds/bounds.js';
import { describeNoise, type ScaledNoise } from './noises/scale.js';
import { whole } from '../shared/written-numbers.js';

/** The parts of a claim that are put into words. The images of a job that no worker has looked at may not be known. */
export interface WordedClaim extends Pick<Claim, 'alpha' | 'stop' | 'bound'> {
  readonly images: JobImages | null;
  readonly simultaneous?: boolean;
  readonly runnerUp?: boolean;
}

/**
 * Returns under which noise, α, rule and bound a job's certificates hold, as the end of a sentence: "σ = 0.25, α = 0.001, gain with
 * spending".
 */
export function claimWords(noise: ScaledNoise, claim: WordedClaim): string {
  return `${describeNoise(noise)}, ${alphaWords(claim)}, ${ruleWords(claim)}`;
}

/** Returns the rule and the bound of a job in a few words: "budget of 1,000,000 samples with spending". */
export function ruleWords({
  stop,
  bound,
  runnerUp,
}: Pick<WordedClaim, 'stop' | 'bound' | 'runnerUp'>): string {
  const total = stop.kind === 'budget' ? ` of ${whole(stop.totalSamples)} samples` : '';
  const second = runnerUp ? ' and the runner-up' : '';
  return `${stop.kind}${total} with ${bound}${second}`;
}

/** Returns what a job claims, and with which probability, in a sentence. */
export function claimSentence({ alpha, stop, bound, images, simultaneous = false }: WordedClaim): string {
  const known = BOUNDS[bound];
  if (!known.proves) return `Nothing is proved. ${known.note}`;
  const answer = stop.kind === 'predict' ? 'class' : 'certificate';
  // Before a worker has looked at the model, the number of images may not be known.
  const count = images === null ? null : imageCount(images);
  const line = guaranteeLine(answer, alpha, { images: count, simultaneous });
  return `${line[0]!.toUpperCase()}${line.slice(1)}.`;
}

function alphaWords({ alpha, simultaneous, images }: WordedClaim): string {
  if (!simultaneous) return `α = ${alpha}`;
  if (images === null) return `α = ${alpha} for all images together`;
  const count = imageCount(images);
  return count === 1
    ? `α = ${alpha} for the job's one image`
    : `α = ${alpha} for all ${whole(count)} images together`;
}

/** Says of each kind of answer how it is wrong, and how it is right. Labels have no part in it. */
const GUARANTEES = {
  certificate: [
    'a certificate that is wrong about the smoothed classifier',
    'right about the smoothed classifier',
  ],
  class: ["a class that is not the smoothed classifier's", "the smoothed classifier's"],
} as const;

/** Returns how often an answer of this kind may be wrong, as a sentence without its first capital and its stop. @param images null: not known yet */
export function guaranteeLine(
  answer: 'certificate' | 'class',
  alpha: number,
  { images, simultaneous }: { readonly images: number | null; readonly simultaneous: boolean },
): string {
  const [wrong, right] = GUARANTEES[answer];
  if (!simultaneous || images === 1) return `an image gets ${wrong} with probability at most ${alpha}`;
  const which = images === null ? 'the job' : `these ${whole(images)} images`;
  return `with probability at least 1 − ${alpha} every ${answer} of ${which} is ${right}`;
}
