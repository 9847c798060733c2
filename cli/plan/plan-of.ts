import { setImmediate } from 'node:timers/promises';
import {
  countedPopulation,
  isExtrapolated,
  restingOf,
  type Continued,
  type Resting,
} from '../../analysis/populations/counted-image.js';
import { rangesOf } from '../../analysis/plan/answer-range.js';
import { answersOf, type Answer } from '../../analysis/plan/answers.js';
import { affordableSamples, type Rates } from '../../analysis/plan/cost.js';
import { fixedRadii } from '../../analysis/plan/fixed-radii.js';
import { REFERENCE_SAMPLES, comparedRadii } from '../../analysis/plan/paper-figures.js';
import { planRows, type PlanRow } from '../../analysis/plan/plan-rows.js';
import { Planner } from '../../analysis/plan/planner.js';
import type { Population } from '../../analysis/populations/population.js';
import { SPEC_DEFAULTS } from '../../shared/job-spec.js';
import { roundRadii } from '../../statistics/noises/round-radii.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { number } from '../results/summary-lines.js';
import type { OnePlan, PlanSource } from './one-plan.js';
import type { PlanConfig } from './plan-config.js';
import type { PlanImages, ReadSource } from './plan-source.js';

/** Five numbers for each power of ten, as a person would write them. */
const GRID = [
  10, 16, 25, 40, 63, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000, 25_000,
  40_000, 63_000, 100_000,
];

/** Computes the plan of one source. @param say takes what is to be told meanwhile */
export async function planOf(
  images: PlanImages,
  config: PlanConfig,
  say: (text: string) => void,
): Promise<OnePlan> {
  const asked = Math.max(REFERENCE_SAMPLES, ...(config.samples ?? []));
  const source = images.kind === 'prior' ? assumed(images) : measured(images, asked);
  const ends = images.kind === 'prior' ? [] : endsOf(images, asked);
  const { population } = source;
  const alphas = config.alphas ?? [source.alpha ?? SPEC_DEFAULTS.alpha];
  const typed = config.radii ?? usualRadii(population.noise, asked, alphas);
  const all = [...new Set([...typed, ...config.reach.map(({ radius }) => radius)].map(Number))];
  const planner = new Planner(
    population,
    all.sort((a, b) => a - b),
    population.noise.kind === 'gaussian' ? comparedRadii(population.noise) : [],
  );
  const rates: Rates = {
    images: config.count ?? source.images,
    samplesPerSecond: config.rate ?? (images.kind === 'prior' ? null : images.rate),
    pricePerHour: config.price,
  };
  const request = {
    samples: config.samples ?? GRID,
    mostSamples: config.samples ?? [REFERENCE_SAMPLES],
    alphas,
    selections: config.selections,
    prices: config.prices,
    targets: typed.filter((radius) => Number(radius) > 0),
  };
  const rows: PlanRow[] = [];
  for (const row of planRows(planner, request)) {
    rows.push(row);
    say(`\r\x1b[K${number(rows.length)} plans computed`);
    // Gives Ctrl-C a chance between two of them.
    await setImmediate();
  }
  const { samplesPerSecond, images: count } = rates;
  const questions = {
    loss: config.loss,
    reach: config.reach,
    affordable:
      config.hours === null || samplesPerSecond === null
        ? null
        : affordableSamples(config.hours, samplesPerSecond, count),
  };
  const selection = config.selections[0]!;
  const reference = (alpha: number) =>
    planner.means({ rule: 'fixed', alpha, n: REFERENCE_SAMPLES, selection }).acr;
  const references = new Map(alphas.map((alpha) => [alpha, reference(alpha)]));
  const answersFor = (one: Planner) => answersOf(one, questions, alphas[0]!, selection);
  const found = answersFor(planner);
  const ofEnds: Answer[][] = [];
  for (const end of ends) {
    ofEnds.push(answersFor(new Planner(end, planner.radii)));
    await setImmediate();
  }
  const answers = found.map((answer, at) => ({
    ...answer,
    ranges:
      ends.length === 0
        ? null
        : rangesOf(
            answer,
            ofEnds.map((of) => of[at]!),
          ),
  }));
  say('\r\x1b[K');
  const { radii, compared } = planner;
  return { source, rates, hours: config.hours, radii, compared, references, answers, rows };
}

/** Returns round radii that so many samples can prove. */
function usualRadii(noise: Population['noise'], samples: number, alphas: readonly number[]): string[] {
  const farthest = Math.max(...alphas.map((alpha) => fixedRadii(samples, alpha, noise)[0] ?? 0));
  return roundRadii(noise)
    .filter((radius) => radius <= farthest)
    .map(String);
}

function assumed({ population }: Extract<PlanImages, { kind: 'prior' }>): PlanSource {
  return {
    kind: 'prior',
    name: population.name,
    population,
    images: population.images.length,
    alpha: null,
    sigma: sigmaOf(population.noise),
    labelled: true,
    resting: null,
    tried: [],
    notes: [],
    warnings: [],
  };
}

/** @param asked the largest number of samples that is asked about */
function measured(read: ReadSource, asked: number): PlanSource {
  const { kind, name, noise, alpha, counted, failed, tried, notes, warning } = read;
  const resting = restingOf(counted);
  return {
    kind,
    name,
    population: populationOf(read, asked, 'likely'),
    images: counted.length + failed,
    alpha,
    sigma: sigmaOf(noise),
    labelled: counted.some(({ right }) => right !== null),
    resting,
    tried,
    notes: [
      ...notes,
      ...(asked > resting.median ? [fewNote(resting.median)] : []),
      ...(isExtrapolated(counted, asked) ? [ENDS_NOTE] : []),
    ],
    warnings: [warning, fewWarning(read, resting, asked)].filter((one) => one !== null),
  };
}

function populationOf(
  { name, noise, counted, failed }: ReadSource,
  asked: number,
  continued: Continued,
): Population {
  const { images } = countedPopulation(name, noise, counted, asked, continued);
  const failures = Array.from({ length: failed }, () => ({ delta: 1, right: false }));
  return { name, noise, images: [...images, ...failures] };
}

/** Returns the images at the ends of what is possible for those that never failed; none where no such image is extrapolated. */
const endsOf = (read: ReadSource, asked: number): Population[] =>
  isExtrapolated(read.counted, asked)
    ? (['once', 'never'] as const).map((continued) => populationOf(read, asked, continued))
    : [];

/** With fewer samples an image than this an answer is rough, and says so itself. */
const FEW = 500;

function fewWarning({ kind }: ReadSource, { least, median, most }: Resting, asked: number): string | null {
  if (median >= FEW || median >= asked) return null;
  const samples = least === most ? number(most) : `${number(least)} to ${number(most)}`;
  const remedy = kind === 'pilot' ? 'draw a pilot with more --pilot-samples' : 'draw a --pilot';
  return `Rough: this rests on ${samples} samples an image; for a better answer ${remedy}.`;
}

const fewNote = (samples: number): string =>
  `Half of the images have at most ${number(samples)} samples: figures for more are extrapolated. An image with few failures is taken to be like the others that the counts of all images make likely.`;

const ENDS_NOTE =
  'Numbers in brackets are the answers if images that never failed would fail once in as many samples more, and if they would never fail. More samples of those images bring the two closer together (of a pilot: --pilot-samples 10000, with another --out).';
