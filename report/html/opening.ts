import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { roundRadii } from '../../statistics/noises/round-radii.js';
import { describeWidth } from '../../statistics/noises/scale.js';
import { printDown } from '../../statistics/radius.js';
import { whole } from '../../shared/written-numbers.js';
import { escapeHtml } from './escape-html.js';
import { counted, ofImages, percentDown, reaching, tallyOf, type Tally } from './numbers.js';
import type { ReportedJob } from './report-content.js';

/** The beginning of a report: what was asked, and the answer in a sentence with its numbers. */

/** The number of samples that most papers draw for every image, to compare with. */
const USUAL_SAMPLES = 100_000;

const NOISE_WORDS = { gaussian: 'Gaussian', laplace: 'Laplace', uniform: 'uniform' } as const;

/** Returns the title of a report. */
export function titleOf(jobs: readonly ReportedJob[]): string {
  const [first] = jobs;
  const named = jobs.length === 1 ? (first!.names.job ?? onData(first!)) : shared(jobs);
  const what = jobs.every(isPrediction) ? 'Predictions of' : 'Certified robustness of';
  return `${what} ${named}`;
}

const onData = ({ names }: ReportedJob): string => `${baseOf(names.model)} on ${baseOf(names.data)}`;

/** Returns model and data that all jobs have in common, or how many they are. */
function shared(jobs: readonly ReportedJob[]): string {
  const named = new Set(jobs.map(onData));
  return named.size === 1
    ? `${[...named][0]!}: ${jobs.length} jobs compared`
    : `${jobs.length} jobs compared`;
}

/** Returns the last part of a path. */
export const baseOf = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;

const isPrediction = ({ set }: ReportedJob): boolean => set.job.claim.stop.kind === 'predict';

/** Returns question, answer and numbers as HTML: of one job, or of each in turn. */
export function openingHtml(jobs: readonly ReportedJob[]): string {
  return jobs.map((job) => openingOfOne(job, jobs.length > 1)).join('\n');
}

function openingOfOne(job: ReportedJob, labelled: boolean): string {
  const tally = tallyOf(job.set);
  const name = labelled ? `<strong>${escapeHtml(job.set.label)}.</strong> ` : '';
  const numbers = labelled ? '' : numbersHtml(job, tally);
  const asked = labelled ? '' : `<p>${escapeHtml(questionOf(job))}</p>`;
  return `${asked}
<p class="answer">${name}${escapeHtml(answerOf(job, tally))}</p>${noticesHtml(job, tally)}${numbers}`;
}

function questionOf({ set, names, features }: ReportedJob): string {
  const { noise } = set.job.draw;
  const model = baseOf(names.model);
  const smoothed = `${model}, smoothed with ${NOISE_WORDS[noise.kind]} noise of ${describeWidth(noise)}`;
  const images = `${counted(set.images, 'image')} of ${baseOf(names.data)}`;
  if (set.job.claim.stop.kind === 'predict') return `Asked: the class that ${smoothed}, gives to ${images}.`;
  const units = features === true ? 'the units of the data' : 'pixels scaled to [0, 1]';
  return `Asked: how far each of ${images} may be changed before ${smoothed}, may answer otherwise. Radii are in ${NORM_NAMES[NOISES[noise.kind].norm]}, in ${units}.`;
}

/** Returns the answer of a job in a few sentences. */
export function answerOf(job: ReportedJob, tally: Tally): string {
  const { set } = job;
  const { claim } = set.job;
  if (claim.stop.kind === 'predict') return predictedAnswer(job, tally);
  if (claim.bound === 'clt') {
    return `${ofImages(tally.approximate, set.images)} of ${counted(set.images, 'image')} have an approximate radius. The normal approximation proves nothing: there is no certificate here.`;
  }
  const right = tally.labelled ? `, ${ofImages(tally.right, set.images)} of them as their label` : '';
  const certified = `${ofImages(tally.certified, set.images)} of ${counted(set.images, 'image')} are certified${right}.`;
  const radii = toldRadii(job, tally);
  if (radii.length === 0 || tally.ended < set.images) return certified;
  const keep = tally.labelled ? 'are certified as their label' : 'are certified';
  const shares = radii.map(
    (radius) => `${percentDown(reaching(set, radius, tally.labelled) / set.images)} to ${radius}`,
  );
  return `${certified} Of all images ${shares.join(' and ')} ${keep}: no change below that radius changes the answer.`;
}

function predictedAnswer({ set }: ReportedJob, tally: Tally): string {
  const right = tally.labelled ? `, ${ofImages(tally.right, set.images)} of them their label` : '';
  return `${ofImages(tally.predicted, set.images)} of ${counted(set.images, 'image')} have a class${right}. ${whole(tally.abstained)} abstained.`;
}

/** Returns the smallest and the largest of the radii that are usually shown, as far as any image reaches them. */
function toldRadii({ set }: ReportedJob, { labelled }: Tally): number[] {
  const { claim, draw } = set.job;
  const shown = claim.stop.kind === 'target' ? claim.stop.radii.map(Number) : roundRadii(draw.noise);
  const reached = shown.filter((radius) => radius > 0 && reaching(set, radius, labelled) > 0);
  return reached.length < 2 ? reached : [reached[0]!, reached.at(-1)!];
}

function noticesHtml({ set }: ReportedJob, { ended, failed }: Tally): string {
  const notices = [
    ended === set.images
      ? null
      : `Not finished: ${counted(ended, 'image')} of ${whole(set.images)} have ended. Those that end first are not like the others, so no share here is an estimate for all of them.`,
    failed === 0 ? null : `${counted(failed, 'image')} failed; the gallery says why.`,
  ];
  return notices.map((one) => (one === null ? '' : `\n<p class="notice">${escapeHtml(one)}</p>`)).join('');
}

function numbersHtml({ set }: ReportedJob, tally: Tally): string {
  const { claim } = set.job;
  const radius = (value: (one: (typeof set.results)[number]) => number) =>
    printDown(set.results.reduce((sum, one) => sum + value(one), 0) / set.images, 4);
  const certifies = claim.stop.kind !== 'predict' && claim.bound !== 'clt';
  const hasMeans = certifies && claim.stop.kind !== 'target' && tally.ended === set.images;
  const usual = USUAL_SAMPLES * tally.ended;
  const rows: [string, string | null][] = [
    ['images', whole(set.images)],
    [certifies ? 'certified' : 'predicted', certifies ? whole(tally.certified) : whole(tally.predicted)],
    ['as their label', tally.labelled && claim.bound !== 'clt' ? whole(tally.right) : null],
    [
      'average certified radius',
      hasMeans && tally.labelled ? radius((one) => (one.correct === true ? one.radius : 0)) : null,
    ],
    ['mean radius', hasMeans ? radius((one) => one.radius) : null],
    ['samples', whole(tally.samples)],
    [
      'fewer than 100,000 an image',
      tally.samples > 0 && usual > tally.samples ? `${whole(usual / tally.samples)} ×` : null,
    ],
    [claim.simultaneous ? 'wrong at most, of all together' : 'wrong at most, of an image', `${claim.alpha}`],
  ];
  const shown = rows
    .filter(([name]) => claim.bound !== 'clt' || !name.startsWith('wrong'))
    .flatMap(([name, value]) => (value === null ? [] : [`<div><dt>${name}</dt><dd>${value}</dd></div>`]));
  return `\n<dl class="numbers">${shown.join('')}</dl>`;
}
