import { certificateOf, type Certificate } from '../coordinator/certificates.js';
import { forecastRadius } from '../coordinator/forecast.js';
import type { JobFold } from '../coordinator/job-fold.js';

/** The budget that the field draws for every image, to compare with. */
const USUAL_BUDGET = 100_000;
/** Radii shown: about this many steps up to the largest radius that early stopping usually reaches (3.3 σ). */
const STEPS = 5;
const USUAL_LARGEST_Z = 3.3;

/** What a run came to. All shares and means are over ALL images of the job, abstained and failed ones included. */
export interface Summary {
  readonly images: number;
  readonly decided: number;
  readonly certified: number;
  readonly abstained: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** Share of images certified to at least each radius, and correct where labels are known. */
  readonly accuracy: readonly { readonly radius: number; readonly share: number }[];
  readonly labelled: boolean;
  /** Mean over all images of radius × correct (average certified radius); null without labels. */
  readonly acr: number | null;
  /** Mean over all images of the radius, right or wrong. */
  readonly meanRadius: number;
  /** Forecast of `meanRadius` at the full budget; null for `fixed`, which does not stop early. */
  readonly forecastRadius: number | null;
  /** Budget that the forecast is for. */
  readonly budget: number;
  /** Samples that the outcomes rest on, and those a fixed 100,000 an image would have drawn. */
  readonly samples: number;
  readonly usualSamples: number;
  /** Samples in the ledger: work ahead of a decision included. */
  readonly drawn: number;
  /** Seconds and samples of this run of the command alone. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

export interface RunFigures {
  readonly seconds: number;
  readonly samples: number;
}

export function summarize(fold: JobFold, labels: Int32Array | null, run: RunFigures): Summary {
  const images = [...fold.images.keys()];
  const certificates = images.flatMap((i) => certificateOf(fold, i, labels?.[i] ?? null) ?? []);
  const counted = (c: Certificate) => (labels === null ? c.outcome === 'certified' : c.correct === true);
  const share = (holds: (c: Certificate) => boolean) => certificates.filter(holds).length / images.length;
  const mean = (value: (c: Certificate) => number) =>
    certificates.reduce((sum, c) => sum + value(c), 0) / images.length;
  const { claim, draw } = fold.job;
  const samples = certificates.reduce((sum, c) => sum + c.samples, 0);
  return {
    images: images.length,
    decided: certificates.length,
    certified: certificates.filter((c) => c.outcome === 'certified').length,
    abstained: byStop(certificates, 'abstained'),
    failed: byStop(certificates, 'failed'),
    accuracy: radiiFor(draw.noise.scale).map((radius) => ({
      radius,
      share: share((c) => counted(c) && c.radius >= radius),
    })),
    labelled: labels !== null,
    acr: labels === null ? null : mean((c) => (c.correct ? c.radius : 0)),
    meanRadius: mean((c) => c.radius),
    forecastRadius: claim.stop.kind === 'fixed' ? null : mean((c) => forecastRadius(fold, c.image)),
    budget: claim.looks.at(-1)!,
    samples,
    usualSamples: USUAL_BUDGET * certificates.length,
    drawn: fold.tally.samples,
    seconds: run.seconds,
    samplesPerSecond: run.seconds > 0 ? run.samples / run.seconds : 0,
  };
}

function byStop(
  certificates: readonly Certificate[],
  outcome: Certificate['outcome'],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const c of certificates) if (c.outcome === outcome) counts[c.stop] = (counts[c.stop] ?? 0) + 1;
  return counts;
}

/** 0 and multiples of 1, 2.5 or 5 times a power of ten, a few of them. */
function radiiFor(scale: number): number[] {
  const wanted = (USUAL_LARGEST_Z * scale) / STEPS;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = power * ([1, 2.5, 5].find((s) => s * power >= wanted) ?? 10);
  return Array.from({ length: STEPS + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

const ABSTAINED: Readonly<Record<string, string>> = {
  abstain: 'more samples were forecast not to pay',
  budget: 'nothing certified within the budget',
};

const number = (value: number) => Math.round(value).toLocaleString('en-US');
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The summary for a person; every line says what its figures are of. */
export function renderSummary(s: Summary): string {
  const whole = s.decided === s.images;
  const rows: [string, string][] = [
    ['images', `${number(s.images)}${whole ? '' : `, ${number(s.decided)} decided so far`}`],
    ['certified', number(s.certified)],
    ...Object.entries(s.abstained).map(([stop, n]): [string, string] => [
      'abstained',
      `${number(n)} (${ABSTAINED[stop] ?? stop})`,
    ]),
    ...Object.entries(s.failed).map(([code, n]): [string, string] => ['failed', `${number(n)} (${code})`]),
    ...(whole ? outcomeRows(s) : []),
    ['time', `${s.seconds.toFixed(1)} s, ${number(s.samplesPerSecond)} samples/s in this run`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('');
}

/** Shares and means over all images: only of a finished job, because the images that are decided first are special. */
function outcomeRows(s: Summary): [string, string][] {
  return [
    [s.labelled ? 'certified accuracy' : 'certified share', accuracyLine(s)],
    ...(s.acr === null ? [] : ([['average certified radius', s.acr.toFixed(4)]] as [string, string][])),
    ['mean radius', meanRadiusLine(s)],
    ['samples', samplesLine(s)],
  ];
}

const accuracyLine = (s: Summary) =>
  s.accuracy.map(({ radius, share }) => `${percent(share)} at ${radius}`).join(', ');

function meanRadiusLine(s: Summary): string {
  const mean = s.meanRadius.toFixed(4);
  if (s.forecastRadius === null || s.forecastRadius === 0) return mean;
  const kept = percent(s.meanRadius / s.forecastRadius);
  return `${mean}: ${kept} of the ${s.forecastRadius.toFixed(4)} forecast at ${number(s.budget)} samples an image`;
}

function samplesLine(s: Summary): string {
  const factor = s.samples > 0 ? ` (${(s.usualSamples / s.samples).toFixed(1)} × fewer)` : '';
  const ahead = s.drawn > s.samples ? `; ${number(s.drawn)} drawn with work ahead` : '';
  return `${number(s.samples)} where a fixed 100,000 an image draw ${number(s.usualSamples)}${factor}${ahead}`;
}
