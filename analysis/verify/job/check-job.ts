import type { BoundName, Claim, Job, Lattice, NoiseSpec, RuleName } from '../../../shared/job.js';
import { ONE, fractionOf, fractionOfNumber, quotient, type Fraction } from '../arithmetic/fixed-point.js';
import type { Findings } from '../findings.js';
import { deltaOfRadius } from '../proofs/noise-tail.js';
import { scheduleOf } from './schedule.js';

/** The bounds that are proved with each rule; `clt` is offered with `fixed`, and proves nothing. */
const PAIRS: Readonly<Record<RuleName, readonly BoundName[]>> = {
  gain: ['spending', 'anytime'],
  target: ['anytime'],
  'two-stage': ['clopper-pearson'],
  fixed: ['clopper-pearson', 'clt'],
  budget: ['spending', 'anytime'],
  predict: ['anytime', 'two-sided'],
};

/** The rules that are proved with the runner-up, each with its bound. */
const RUNNER_UP: Partial<Record<RuleName, BoundName>> = { gain: 'spending', fixed: 'clopper-pearson' };

const WHERE = 'job.json';
/** The only generator that draws on a lattice. */
const ON_A_LATTICE = 'philox4x32-10/lattice';
const MOST_SPENDING_LOOKS = 12;

/** Checks that the theorems cover a job: rule and bound, looks, what the table is matched to, the lattice. */
export function checkJob({ claim, draw }: Job, findings: Findings): void {
  const { bound, stop, looks, runnerUp, simultaneous, images } = claim;
  const require = (holds: boolean, what: string) => findings.require(holds, WHERE, what);
  require(PAIRS[stop.kind].includes(
    bound,
  ), `No theorem covers the rule ${stop.kind} with the bound ${bound}.`);
  const pair = RUNNER_UP[stop.kind] === bound && draw.noise.kind === 'gaussian';
  require(!runnerUp || pair, 'No theorem covers the runner-up with this rule, bound and noise.');
  require(!simultaneous || bound !== 'clt', 'A normal approximation claims nothing of all images together.');
  require(images.start < images.stop, 'Its images are none.');
  const schedule = scheduleOf(stop, bound, looks.at(-1)!).join();
  require(looks.join() ===
    schedule, 'Its looks are not those of its rule, bound and largest number of samples.');
  require(draw.segments.join() === looks.join(), 'Its segments are not its looks.');
  require(bound !== 'spending' ||
    looks.length <= MOST_SPENDING_LOOKS, 'It has more looks than spending takes.');
  require(claim.matchedGain === undefined ||
    claim.matchedGain === matchedGainOf(claim), 'Its table is not matched to its rule.');
  if (stop.kind === 'target') require(ascend(stop.radii.map(Number)), 'Its radii do not ascend.');
  require(fitsNoise(draw.noise), 'Its lattice is not that of its noise.');
  const { generator, lattice } = draw.noise;
  require((generator === ON_A_LATTICE) ===
    (lattice !== undefined), 'Its generator is not one that draws on, or without, such a lattice.');
}

const ascend = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value > values[i - 1]!);

export const imageCount = ({ start, stop, step }: Claim['images']): number =>
  Math.ceil((stop - start) / step);

/** Returns the gain that the table of a claim is matched to; null of one that has no such table. */
function matchedGainOf({ bound, stop, images }: Claim): number | null {
  if (bound !== 'spending') return null;
  if (stop.kind === 'gain') return stop.minGain;
  if (stop.kind !== 'budget') return null;
  const gain = 0.12 * ((1000 * imageCount(images)) / stop.totalSamples) ** 1.4;
  return Number(gain.toPrecision(3));
}

/** Beyond the largest step of the sampler noise has less than this probability on either side. */
const BEYOND = ONE >> 66n;

/** Returns true if the scale is `ratio` steps, and `largest` the least number of steps that leaves out less than 2^-66. */
function fitsNoise({ kind, scale, lattice }: NoiseSpec): boolean {
  if (lattice === undefined) return true;
  const ratio = fractionOf(lattice.ratio)!;
  const inSteps = quotient(fractionOfNumber(scale), stepOf(lattice));
  if (inSteps.numerator * ratio.denominator !== ratio.numerator * inSteps.denominator) return false;
  if (kind === 'uniform') return isLeastCovering(ratio, lattice.largest);
  const tailBehind = (steps: number) => deltaOfRadius(kind, quotient(halfBehind(steps), ratio));
  return tailBehind(lattice.largest).upper < BEYOND && tailBehind(lattice.largest - 1).lower >= BEYOND;
}

function stepOf({ step }: Lattice): Fraction {
  const [numerator, denominator = '1'] = step.split('/');
  return { numerator: BigInt(numerator!), denominator: BigInt(denominator) };
}

const halfBehind = (steps: number): Fraction => ({ numerator: 2n * BigInt(steps) + 1n, denominator: 2n });

/** Returns true if M + ½ steps cover the uniform noise, and M − ½ do not. */
function isLeastCovering({ numerator, denominator }: Fraction, largest: number): boolean {
  const doubled = 2n * numerator;
  const most = BigInt(2 * largest + 1) * denominator;
  return doubled <= most && doubled > most - 2n * denominator;
}
