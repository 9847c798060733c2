import { SmoothcertError } from '../../shared/errors.js';
import type { NoiseKind } from '../../shared/job.js';
import type { Population } from './population.js';

/** The parameters of a prior; each prior uses some of them. */
export interface PriorParameters {
  /** The smallest probability p of an image's class, 0 ≤ beta < 1. */
  readonly beta: number;
  /** How strongly images gather at one end, 1 ≤ power ≤ 20: 1 is the uniform prior. */
  readonly power: number;
  /** Share of the images that gather near p = 1, 0 < share < 1. */
  readonly share: number;
}

/**
 * Named populations for a user who has no votes yet. Each is a law of p, the probability that a sample of an image votes for the class
 * that the image would be certified for. δ = 1 − p is what is computed: near 1 the number p has no digits left.
 */
export interface Prior {
  /** The law, in one sentence. */
  readonly says: string;
  /** The parameters that the law depends on, with their usual values. */
  readonly usual: Readonly<Partial<PriorParameters>>;
  /** Returns the failure probability δ below which a share `u` of the images lies: the quantile of its law, 0 < u < 1. */
  readonly quantile: (u: number, parameters: PriorParameters) => number;
}

const USUAL: PriorParameters = { beta: 0.5, power: 3, share: 0.75 };
/** Images of a prior: enough that the mean over them is that of the law to about 1e-3 of itself. */
const IMAGES = 1_000;
const LARGEST_POWER = 20;

/** The quantile of δ whose density falls from 0 on: δ/(1 − β) has the density x^(1/power − 1)/power on (0, 1). */
const nearOne = (u: number, { beta, power }: PriorParameters): number => (1 - beta) * u ** power;
/** The quantile of δ whose density rises up to 1 − β: the mirror image of `nearOne`. */
const nearBeta = (u: number, { beta, power }: PriorParameters): number =>
  (1 - beta) * -Math.expm1(power * Math.log1p(-u));

export const PRIORS = {
  uniform: {
    says: 'p is uniform on [beta, 1), as the paper assumes',
    usual: { beta: USUAL.beta },
    quantile: (u, { beta }) => (1 - beta) * u,
  },
  concentrated: {
    says: 'most images are near p = 1: (1 − p)/(1 − beta) = U^power, with U uniform on (0, 1)',
    usual: { beta: USUAL.beta, power: USUAL.power },
    quantile: nearOne,
  },
  bimodal: {
    says: 'of the images, `share` are near p = 1 (as concentrated), and the others near beta (as skewed)',
    usual: USUAL,
    quantile: (u, parameters) => {
      const { share } = parameters;
      return u < share ? nearOne(u / share, parameters) : nearBeta((u - share) / (1 - share), parameters);
    },
  },
  skewed: {
    says: 'most images are near p = beta: (p − beta)/(1 − beta) = U^power, with U uniform on (0, 1)',
    usual: { beta: USUAL.beta, power: USUAL.power },
    quantile: nearBeta,
  },
} as const satisfies Readonly<Record<string, Prior>>;

export type PriorName = keyof typeof PRIORS;
export const PRIOR_NAMES = Object.keys(PRIORS) as PriorName[];

/** A prior that is asked for: parameters that are left out have their usual values. */
export interface PriorWanted {
  readonly name: PriorName;
  readonly parameters?: Readonly<Partial<PriorParameters>>;
  /** Images to spread over the law, 1 to 100,000. Default: 1,000. */
  readonly images?: number;
}

/**
 * Returns the population of a prior: image i of N has the quantile at (i + ½)/N, so that equal calls give equal populations. An image is
 * taken to be of its label's class where that class has p ≥ ½.
 *
 * @param noise kind and scale of the noise that the population is for; the law of p does not depend on it
 * @throws OPTION_INVALID for a parameter that the prior does not have, or outside its range
 */
export function priorPopulation(
  { name, parameters = {}, images = IMAGES }: PriorWanted,
  noise: { readonly kind: NoiseKind; readonly scale: number },
): Population {
  const prior: Prior = PRIORS[name];
  for (const key of Object.keys(parameters)) {
    if (!(key in prior.usual)) throw unknownParameter(name, prior, key);
  }
  const used = { ...USUAL, ...parameters };
  requireInRange(used);
  const stated = Object.keys(prior.usual).map((key) => `${key} = ${used[key as keyof PriorParameters]}`);
  return {
    name: `${name}, ${stated.join(', ')}`,
    noise,
    images: Array.from({ length: images }, (_, i) => {
      const delta = prior.quantile((i + 0.5) / images, used);
      return { delta, right: delta <= 0.5 };
    }),
  };
}

function unknownParameter(name: PriorName, { usual }: Prior, key: string): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The prior ${name} has no parameter ${JSON.stringify(key)}.`,
    `Its parameters are ${Object.keys(usual).join(', ')}.`,
  );
}

function requireInRange({ beta, power, share }: PriorParameters): void {
  const wrong = [
    beta >= 0 && beta < 1 ? null : 'beta is a number from 0 to below 1',
    power >= 1 && power <= LARGEST_POWER ? null : `power is a number from 1 to ${LARGEST_POWER}`,
    share > 0 && share < 1 ? null : 'share is a number between 0 and 1',
  ].find((sentence) => sentence !== null);
  if (wrong === undefined) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `A parameter of the prior is out of range: ${wrong}.`,
    'Write for example --prior bimodal:share=0.75,beta=0.5,power=3.',
  );
}
