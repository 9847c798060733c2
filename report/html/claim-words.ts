import { imageCount } from '../../shared/job-spec.js';
import type { Claim, NoiseSpec } from '../../shared/job.js';
import { whole } from '../../shared/written-numbers.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES, otherNorms } from '../../statistics/noises/other-norms.js';
import { describeWidth } from '../../statistics/noises/scale.js';
import type { ReportedJob } from './report-content.js';
import { NOISE_WORDS } from './words.js';

/** The exact claim of a job in words; docs/guarantee.md states and proves it. */

/** Returns the claim of a job, a paragraph each. */
export function claimParagraphs(job: ReportedJob): string[] {
  const { claim } = job.set.job;
  if (claim.stop.kind === 'predict')
    return [smoothedWords(job), ...predictionWords(claim), drawnWords(claim)];
  if (!BOUNDS[claim.bound].proves) {
    return [
      smoothedWords(job),
      'The bound of this job is the normal approximation. It proves nothing: close to p = 1 it errs far more often than α says. Its radii are approximate, and no certificates.',
      drawnWords(claim),
    ];
  }
  return [
    smoothedWords(job),
    certificateWords(job),
    errorWords(claim),
    drawnWords(claim),
    radiusWords(job),
  ].filter((words) => words !== '');
}

const unitsOf = ({ features }: ReportedJob): string =>
  features === true ? 'in the units of the data' : 'in pixels scaled to [0, 1], before normalisation';

function smoothedWords(job: ReportedJob): string {
  const { noise } = job.set.job.draw;
  return `The smoothed classifier answers an input with the class that the model gives most often to noisy copies of it: ${NOISE_WORDS[noise.kind]} noise of ${describeWidth(noise)} is added to every value, ${unitsOf(job)}.`;
}

function certificateWords({ set }: ReportedJob): string {
  const norm = NORM_NAMES[NOISES[set.job.draw.noise.kind].norm];
  return `A certificate (class, radius) says: the smoothed classifier answers with this class at the image and at every input whose ${norm} distance from it is below the radius. It says nothing about the model without noise, and nothing about the label: a certificate of another class than the label is right if the smoothed classifier has that class.`;
}

/** The probability is over the noise alone; abstaining is never an error. */
function errorWords({ alpha, simultaneous, images }: Claim): string {
  const count = imageCount(images);
  const claimed =
    simultaneous && count > 1
      ? `With probability at least 1 − ${alpha} all certificates of these ${whole(count)} images are right together.`
      : `An image gets a wrong certificate with probability at most ${alpha}.`;
  return `${claimed} The probability is over the noise that was drawn from the seed; model, images, rule, bound and α were fixed before. To abstain is no error.`;
}

function predictionWords(claim: Claim): string[] {
  const count = imageCount(claim.images);
  const error =
    claim.simultaneous && count > 1
      ? `With probability at least 1 − ${claim.alpha} all classes that are named of these ${whole(count)} images are right together.`
      : `An image gets a wrong class with probability at most ${claim.alpha}.`;
  return [
    'A prediction says: no other class is likelier under the noise, at the image itself. It has no radius, and says nothing about the label.',
    `${error} The probability is over the noise that was drawn from the seed. To abstain is no error.`,
  ];
}

/** The rules in words, with what they were given. */
function ruleWords({ stop, looks }: Claim): string {
  const most = whole(looks.at(-1)!);
  switch (stop.kind) {
    case 'gain':
      return `An image stopped when 1,000 further samples were forecast to add less than ${stop.minGain} noise scales of radius, at the latest after ${most} samples`;
    case 'target':
      return `An image stopped when the largest of the radii ${stop.radii.join(', ')} was certified or the next one was out of reach, at the latest after ${most} samples`;
    case 'two-stage':
      return `A pilot of ${whole(looks[0]!)} samples chose the class of an image and how many fresh samples bound it, at most ${most} in all`;
    case 'fixed':
      return `${whole(stop.selection)} samples chose the class of every image, and ${whole(looks.at(-1)! - stop.selection)} fresh ones bound it`;
    case 'budget':
      return `All images shared ${whole(stop.totalSamples)} samples, which went where they were forecast to gain most, at most ${most} to an image`;
    case 'predict':
      return `An image stopped when its class was decided, at the latest after ${most} samples`;
  }
}

const BOUND_WORDS = {
  spending: 'an error budget that is shared out over the looks (spending)',
  anytime: 'a bound that holds at every number of samples (anytime)',
  'clopper-pearson': "Clopper and Pearson's bound on fresh samples (clopper-pearson)",
  clt: 'the normal approximation (clt)',
  'two-sided': 'a two-sided binomial test (two-sided)',
} as const;

function drawnWords(claim: Claim): string {
  const second = claim.runnerUp ? ', with a second bound on the class in second place' : '';
  return `${ruleWords(claim)}. From the votes the result follows by ${BOUND_WORDS[claim.bound]}${second}.`;
}

function radiusWords({ set }: ReportedJob): string {
  const { noise } = set.job.draw;
  return `Radii are rounded down. ${normsWords(noise)}`.trim();
}

/** Returns the worth of a radius in other norms; nothing of jobs of version 0.1.0, which do not say how many values an input has. */
function normsWords({ kind, lattice }: NoiseSpec): string {
  if (lattice === undefined) return '';
  const { norm } = NOISES[kind];
  const others = otherNorms(norm, lattice.dimension).map(
    ({ norm: other, divisor }) => `${divisor === '1' ? 'R' : `R/${divisor}`} in ${NORM_NAMES[other]}`,
  );
  return `A radius R in ${NORM_NAMES[norm]} is one of ${others.join(' and of ')}, too.`;
}
