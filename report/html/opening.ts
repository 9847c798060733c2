import { countFrom, countedRadii, isComplete, provesRadii } from '../../analysis/results/counted.js';
import { meanRadii, outcomeCounts, type OutcomeKind } from '../../analysis/results/set-numbers.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { wrongAtMost } from '../../analysis/results/uncertainty.js';
import { whole } from '../../shared/written-numbers.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { roundRadii } from '../../statistics/noises/round-radii.js';
import { describeWidth } from '../../statistics/noises/scale.js';
import { printDown } from '../../statistics/radius.js';
import { USUAL_SAMPLES } from '../results/count-figures.js';
import { escapeHtml } from './escape-html.js';
import type { ReportedJob } from './report-content.js';
import { NOISE_WORDS, baseOf, counted, ofImages, percentDown, radiusDown } from './words.js';

/** The beginning of a report: what was asked, and the answer in a sentence with its numbers. */

/** Returns the title of a report. */
export function titleOf(jobs: readonly ReportedJob[]): string {
  const [first] = jobs;
  const named = jobs.length === 1 ? (first!.names.job ?? onData(first!)) : commonOf(jobs);
  return `${jobs.every(isPrediction) ? 'Predictions' : 'Certified robustness'}: ${named}`;
}

const onData = ({ names }: ReportedJob): string => `${baseOf(names.model)} on ${baseOf(names.data)}`;

const isPrediction = ({ set }: ReportedJob): boolean => set.job.claim.stop.kind === 'predict';

/** Returns model and data that all jobs have in common, and how many they are. */
function commonOf(jobs: readonly ReportedJob[]): string {
  const named = new Set(jobs.map(onData));
  return named.size === 1 ? `${[...named][0]!}, ${jobs.length} jobs` : `${jobs.length} jobs compared`;
}

/** Returns question, answer and numbers as HTML; of several jobs an answer each. */
export function openingHtml(jobs: readonly ReportedJob[]): string {
  const several = jobs.length > 1;
  return jobs
    .map((job) => {
      const label = several ? `<strong>${escapeHtml(job.set.label)}.</strong> ` : '';
      const asked = several ? '' : `<p>${escapeHtml(questionOf(job))}</p>\n`;
      const answer = `<p class="answer">${label}${escapeHtml(answerOf(job.set))}</p>`;
      return `${asked}${answer}${noticesHtml(job.set)}${several ? '' : numbersHtml(job.set)}`;
    })
    .join('\n');
}

/** Returns what a job was asked, in a sentence. */
export function questionOf({ set, names, features }: ReportedJob): string {
  const { noise } = set.job.draw;
  const smoothed = `${baseOf(names.model)}, smoothed with ${NOISE_WORDS[noise.kind]} noise of ${describeWidth(noise)}`;
  const images = `${counted(set.images, 'image')} of ${baseOf(names.data)}`;
  if (set.job.claim.stop.kind === 'predict') return `Asked: the class that ${smoothed}, gives to ${images}.`;
  const units = features === true ? 'the units of the data' : 'pixels scaled to [0, 1]';
  return `Asked: how far ${images} can be changed before ${smoothed}, may answer otherwise. Radii are ${NORM_NAMES[NOISES[noise.kind].norm]} distances in ${units}.`;
}

/** Returns the answer of a job in a few sentences. */
export function answerOf(set: ResultSet): string {
  const of = countsOf(set);
  const images = counted(set.images, 'image');
  if (set.job.claim.stop.kind === 'predict') {
    const right = of.labelled ? `, ${ofImages(of.right, set.images)} the one of its label` : '';
    return `${ofImages(of.answered, set.images)} of ${images} got a class${right}.`;
  }
  if (!provesRadii(set)) {
    return `${ofImages(of.approximate, set.images)} of ${images} got an approximate radius. The normal approximation proves nothing: there is no certificate here.`;
  }
  const right = of.labelled ? `, ${ofImages(of.right, set.images)} with the class of its label` : '';
  const certified = `${ofImages(of.answered, set.images)} of ${images} got a certificate${right}.`;
  const radii = countedRadii(set);
  const told = isComplete(set) ? toldRadii(set, radii) : [];
  if (told.length === 0) return certified;
  const shares = told.map(
    (radius) => `${percentDown(countFrom(radii, radius) / set.images)} at radius ${radius}`,
  );
  const what = of.labelled ? 'Certified accuracy' : 'The certified share';
  return `${certified} ${what} is ${shares.join(' and ')}: for so many of all images it is certified that the smoothed classifier keeps ${of.labelled ? 'the right' : 'its'} class under every smaller change. ${wrongWords(set)}`;
}

/** Returns how far the certificates can be trusted, as a sentence. */
function wrongWords({ job, images }: ResultSet): string {
  const { most, confidence } = wrongAtMost(job.claim, images)!;
  const wrong =
    most === 0
      ? 'none of the certificates is'
      : `at most ${whole(most)} of the certificates ${most === 1 ? 'is' : 'are'}`;
  return `With probability at least ${percentDown(confidence)} ${wrong} wrong.`;
}

/** Returns the smallest and the largest of the radii that are usually shown, as far as an image reaches them. */
function toldRadii({ job: { claim, draw } }: ResultSet, radii: Float64Array): number[] {
  const shown = claim.stop.kind === 'target' ? claim.stop.radii.map(Number) : roundRadii(draw.noise);
  const reached = shown.filter((radius) => radius > 0 && countFrom(radii, radius) > 0);
  return reached.length < 2 ? reached : [reached[0]!, reached.at(-1)!];
}

/** Counts of a set that the opening tells. */
function countsOf(set: ResultSet) {
  const counts = outcomeCounts(set);
  const sum = (...kinds: OutcomeKind[]) => kinds.reduce((all, kind) => all + (counts.get(kind) ?? 0), 0);
  const right = sum('certified-right', 'predicted-right');
  const wrong = sum('certified-wrong', 'predicted-wrong');
  return {
    labelled: set.results.some(({ label }) => label !== null),
    right,
    wrong,
    answered: right + wrong + sum('certified', 'predicted'),
    approximate: sum('approximate'),
    failed: sum('failed'),
  };
}

function noticesHtml(set: ResultSet): string {
  const { failed } = countsOf(set);
  const ended = set.results.length;
  const notices = [
    isComplete(set)
      ? null
      : `Not finished: ${whole(ended)} of ${counted(set.images, 'image')} have ended. Those that end first are not like the others, so no share here is an estimate for all of them.`,
    failed === 0
      ? null
      : `${counted(failed, 'image')} failed and ${failed === 1 ? 'counts' : 'count'} as not certified; the gallery says why.`,
  ];
  return notices.map((one) => (one === null ? '' : `\n<p class="notice">${escapeHtml(one)}</p>`)).join('');
}

/** Returns true if every image of a job has its outcome from samples: what was not drawn is nothing saved. */
const isDrawn = (set: ResultSet): boolean =>
  isComplete(set) && set.results.every(({ outcome, samples }) => outcome !== 'failed' && samples > 0);

function numbersHtml(set: ResultSet): string {
  const { claim } = set.job;
  const isPrediction = claim.stop.kind === 'predict';
  const means = isComplete(set) ? meanRadii(set) : null;
  const samples = set.results.reduce((sum, one) => sum + one.samples, 0);
  const times = isDrawn(set) ? (USUAL_SAMPLES * set.images) / samples : 0;
  const wrong = isComplete(set) ? wrongAtMost(claim, set.images) : null;
  const rows: [string, string | null][] = [
    ['average certified radius', means === null || means.acr === null ? null : radiusDown(means.acr)],
    ['mean radius', means === null ? null : radiusDown(means.mean)],
    ['samples', whole(samples)],
    [`fewer than ${whole(USUAL_SAMPLES)} an image`, times > 1 ? `${printDown(times, 1)} ×` : null],
    [
      isPrediction ? 'wrong classes' : 'wrong certificates',
      wrong === null ? null : `at most ${whole(wrong.most)} (with ${percentDown(wrong.confidence)})`,
    ],
  ];
  const shown = rows.flatMap(([name, value]) =>
    value === null ? [] : [`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  );
  return `\n<dl class="numbers">${shown.join('')}</dl>`;
}
