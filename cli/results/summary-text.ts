import { percentDown } from '../../shared/written-numbers.js';
import { NORM_NAMES, type OtherNorm } from '../../statistics/noises/other-norms.js';
import { printDown } from '../../statistics/radius.js';
import type { Norm } from '../../shared/job.js';
import { batchRows } from './batch-rows.js';
import { curveEndLine } from './curve-end.js';
import { fixedInsteadLine } from './fixed-instead-of.js';
import type { Summary } from './summary.js';
import {
  countsLine,
  guaranteeLine,
  number,
  renderLines,
  samplesLine,
  timeLine,
  wordsFor,
} from './summary-lines.js';

/** The summary of certificates for a person. */

const RUNNER_UP = 'a bound on the class and one on the runner-up (--runner-up)';

const ABSTAINED: Readonly<Record<string, string>> = {
  abstain: 'more samples were forecast not to pay',
  futile: 'the smallest radius was forecast to be out of reach',
  planned: 'nothing certified by the samples that the pilot planned',
  budget: 'nothing certified within the budget',
};

const CONTRADICTED =
  'nearly all images are certified and almost none as its label. The certificates are right about the smoothed classifier; the model, its preprocessing and the labels do not belong together: smoothcert check looks for the reason.';

const radius4 = (radius: number) => printDown(radius, 4);

/** The summary for a person; every line says what its figures are of. */
export function renderSummary(s: Summary): string {
  const whole = s.decided === s.images;
  const rows: [string, string][] = [
    ['images', `${number(s.images)}${whole ? '' : `, ${number(s.decided)} decided so far`}`],
    ['certified', countsLine(s.certified, s)],
    ...(s.alpha === null ? [] : [row('guarantee', guaranteeLine('certificate', s.alpha, s))]),
    ...(s.approximate === 0 ? [] : [row('approximate, no certificate', number(s.approximate))]),
    ...Object.entries(s.abstained).map(([stop, n]): [string, string] => [
      'abstained',
      `${number(n)} (${wordsFor(ABSTAINED, stop)}${stop === 'budget' ? withoutSamples(s) : ''})`,
    ]),
    ...Object.entries(s.failed).map(([code, n]): [string, string] => ['failed', `${number(n)} (${code})`]),
    ...(whole ? outcomeRows(s) : totalRows(s)),
    ...(s.seconds === null ? [] : [row('time', timeLine(s.seconds, s.samplesPerSecond ?? 0))]),
    ...(s.batches === null ? [] : batchRows(s.batches)),
  ];
  return renderLines(rows) + renderNotes([s.contradicted ? CONTRADICTED : null]);
}

/** Returns the lines that follow a summary; none for a note that is null. */
export const renderNotes = (notes: readonly (string | null)[]): string =>
  notes.map((note) => (note === null ? '' : `Note: ${note}\n`)).join('');

const row = (name: string, value: string): [string, string] => [name, value];

/** Shares and means over all images: only of a finished job, because the images that are decided first are special. */
function outcomeRows(s: Summary): [string, string][] {
  const end = s.farthest && curveEndLine(s.farthest);
  const { fixedInstead } = s;
  return [
    ...(s.accuracy.length === 0
      ? []
      : [row(s.labelled ? 'certified accuracy' : 'certified share', accuracyLine(s))]),
    ...(end === null ? [] : [row('rule can reach', end)]),
    ...radiusRows(s),
    ...(fixedInstead === null || s.meanRadius === null || drewAll(s)
      ? []
      : [row('fixed number', fixedInsteadLine(fixedInstead, s.meanRadius, radius4))]),
    ...(s.runnerUp ? [row('proved by', RUNNER_UP)] : []),
    ...(s.otherNorms === null ? [] : [row('norms', normsLine(s.norm, s.otherNorms))]),
    row('samples', samplesLine(s, s.meanRadius === null)),
  ];
}

/** Returns the rows of the mean radius: one where it is the average certified radius, too, because no certificate has another class than the label. */
function radiusRows(s: Summary): [string, string][] {
  const { acr, meanRadius } = s;
  if (meanRadius === null) return [];
  const line = meanRadiusLine(meanRadius, s);
  if (acr === null) return [row('mean radius', line)];
  return acr === meanRadius
    ? [row('average certified radius', line)]
    : [row('average certified radius', radius4(acr)), row('mean radius', line)];
}

/** Returns true if every image took the most samples: then there is nothing to be said of what stopping early costs or saves. */
const drewAll = ({ samples, usualSamples }: Summary): boolean => samples === usualSamples;

/** Images of a shared total that it did not reach. A given-up image has no samples either, but is no abstention. */
function withoutSamples({ totalSamples, undrawn, failed }: Summary): string {
  const reached = totalSamples === null || undrawn === 0 || Object.keys(failed).length > 0;
  return reached ? '' : `, ${number(undrawn)} of them without a sample`;
}

/** The line `samples` of images that share a total and are not decided yet: none is before the total is spent. */
const totalRows = ({ totalSamples, drawn }: Summary): [string, string][] =>
  totalSamples === null
    ? []
    : [
        row(
          'samples',
          `${number(drawn)} of a total of ${number(totalSamples)} drawn; most images are decided at the end, together`,
        ),
      ];

/** Returns the shares; those of 0 at the end as one. */
function accuracyLine({ accuracy }: Summary): string {
  const reached = accuracy.findLastIndex(({ share }) => share > 0) + 1;
  const rest = accuracy.length - reached > 1 ? accuracy[reached]! : null;
  const told = rest === null ? accuracy : accuracy.slice(0, reached);
  return [
    ...told.map(({ radius, share }) => `${percentDown(share)} at ${radius}`),
    ...(rest === null ? [] : [`${percentDown(0)} from ${rest.radius} on`]),
  ].join(', ');
}

function meanRadiusLine(mean: number, s: Summary): string {
  const { forecastRadius: forecast, budget } = s;
  if (forecast === null || forecast === 0 || drewAll(s)) return radius4(mean);
  return `${radius4(mean)}: ${percentDown(mean / forecast)} of the ${radius4(forecast)} forecast at ${number(budget)} samples an image`;
}

function normsLine(norm: Norm, others: readonly OtherNorm[]): string {
  const followed = others.map(
    (one) => `${one.divisor === '1' ? 'R' : `R/${one.divisor}`} in ${NORM_NAMES[one.norm]}`,
  );
  return `a radius R in ${NORM_NAMES[norm]} is one of ${followed.join(' and of ')}, too`;
}
