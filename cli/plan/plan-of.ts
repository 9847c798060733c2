import { setImmediate } from 'node:timers/promises';
import { countedPopulation, restingOf } from '../../analysis/populations/counted-image.js';
import { answersOf } from '../../analysis/plan/answers.js';
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
    images: config.count ?? population.images.length,
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
  const answers = answersOf(planner, questions, alphas[0]!, selection);
  say('\r\x1b[K');
  return { source, rates, radii: planner.radii, compared: planner.compared, references, answers, rows };
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
    alpha: null,
    sigma: sigmaOf(population.noise),
    labelled: true,
    resting: null,
    tried: [],
    notes: [],
  };
}

/** @param asked the largest number of samples that is asked about */
function measured(read: ReadSource, asked: number): PlanSource {
  const { kind, name, noise, alpha, counted, failed, tried } = read;
  const counts = countedPopulation(name, noise, counted, asked);
  const failures = Array.from({ length: failed }, () => ({ delta: 1, right: false }));
  const population = { ...counts, images: [...counts.images, ...failures] };
  const resting = restingOf(counted);
  const few = asked > resting.median ? [fewNote(resting.median)] : [];
  const labelled = counted.some(({ right }) => right !== null);
  const notes = [...read.notes, ...few];
  return { kind, name, population, alpha, sigma: sigmaOf(noise), labelled, resting, tried, notes };
}

const fewNote = (samples: number): string =>
  `The probabilities rest on ${number(samples)} samples an image (half of the images on no more): figures for more samples than that are extrapolated. An image that never failed is taken to fail as rarely as would go unseen half of the time.`;
