import { countFrom, countedRadii, isComplete, provesRadii } from '../../analysis/results/counted.js';
import { meanRadii, outcomeCounts, type OutcomeKind } from '../../analysis/results/set-numbers.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { wrongAtMost, type WrongAtMost } from '../../analysis/results/uncertainty.js';
import { whole } from '../../shared/written-numbers.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { describeWidth } from '../../statistics/noises/scale.js';
import { printDown } from '../../statistics/radius.js';
import { radiusDown } from '../radius-down.js';
import { USUAL_SAMPLES } from '../results/count-figures.js';
import { tableHtml } from '../tables/table-html.js';
import type { Table } from '../tables/table.js';
import { escapeHtml } from './escape-html.js';
import type { ReportedJob } from './report-content.js';
import { commonRadii, toldRadii } from './told-radii.js';
import { NOISE_WORDS, baseOf, counted, ofImages, percentDown } from './words.js';

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

/** Returns question, answer and numbers as HTML; of several jobs an answer each, all at the same radii, and their numbers as a table. */
export function openingHtml(jobs: readonly ReportedJob[]): string {
  const sets = jobs.map(({ set }) => set);
  if (sets.length > 1) {
    const radii = commonRadii(sets);
    const answers = sets.map((set) => {
      const label = `<strong>${escapeHtml(set.label)}.</strong> `;
      return `<p class="answer">${label}${escapeHtml(answerOf(set, radii ?? toldRadii([set])))}</p>${noticesHtml(set)}`;
    });
    return [...answers, numbersTable(sets)].join('\n');
  }
  const [job] = jobs;
  const answer = escapeHtml(answerOf(job!.set, toldRadii(sets)));
  return `<p>${escapeHtml(questionOf(job!))}</p>
<p class="answer">${answer}</p>${noticesHtml(job!.set)}${numbersHtml(job!.set)}`;
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

/** Returns the answer of a job in a few sentences. @param told radii at which its share is told */
export function answerOf(set: ResultSet, told: readonly number[]): string {
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
  if (told.length === 0 || !isComplete(set)) return certified;
  const radii = countedRadii(set);
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

/** Returns the numbers of a job with their names; null where it has none. */
function numbersOf(set: ResultSet): [name: string, value: string | null][] {
  const { claim } = set.job;
  const isPrediction = claim.stop.kind === 'predict';
  const means = isComplete(set) ? meanRadii(set) : null;
  const samples = set.results.reduce((sum, one) => sum + one.samples, 0);
  const times = isDrawn(set) ? (USUAL_SAMPLES * set.images) / samples : 0;
  const wrong = isComplete(set) ? wrongAtMost(claim, set.images) : null;
  return [
    ['average certified radius', means === null || means.acr === null ? null : radiusDown(means.acr)],
    ['mean radius', means === null ? null : radiusDown(means.mean)],
    ['samples', whole(samples)],
    [`fewer than ${whole(USUAL_SAMPLES)} an image`, times > 1 ? `${printDown(times, 1)} ×` : null],
    [
      isPrediction ? 'classes that may be wrong' : 'certificates that may be wrong',
      wrong === null ? null : mostWrong(wrong, set.images),
    ],
  ];
}

const mostWrong = ({ most, confidence }: WrongAtMost, images: number): string =>
  `${most === 0 ? 'none' : `at most ${whole(most)} of ${whole(images)}`} (${percentDown(confidence)} sure)`;

function numbersHtml(set: ResultSet): string {
  const shown = numbersOf(set).flatMap(([name, value]) =>
    value === null ? [] : [`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  );
  return `\n<dl class="numbers">${shown.join('')}</dl>`;
}

/** Returns the numbers of several jobs, a row each; without those that none of them has. */
function numbersTable(sets: readonly ResultSet[]): string {
  const rows = sets.map((set) => new Map(numbersOf(set).filter(([, value]) => value !== null)));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const table: Table = {
    name: 'numbers',
    title: 'The jobs in numbers',
    columns: ['job', ...names].map((label) => ({ label })),
    rows: rows.map((row, job) => [sets[job]!.label, ...names.map((name) => row.get(name) ?? null)]),
  };
  return `<div class="scroll" tabindex="0" role="group" aria-label="${table.title}">${tableHtml(table)}</div>`;
}
