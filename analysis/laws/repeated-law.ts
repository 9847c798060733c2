import { SmoothcertError } from '../../shared/errors.js';
import { SMALLEST, binomialLaw, type CountLaw } from './binomial-law.js';
import { ExpectationSum, type Expectation } from './expectation.js';
import type { RepeatedRule } from './repeated-rule.js';

/** Of a law at most this much may be left out in all; figures are means over the rest. */
const LEFT_OUT = 1e-5;

/** The parts of a rule that are needed to follow its images. */
export type FollowedRule = Pick<RepeatedRule, 'looks' | 'z' | 'stops' | 'radius'>;

/** Where an image stands before a look: its failures so far, the z that it holds, and how likely that is. */
interface State {
  readonly failures: number;
  readonly z: number;
  readonly mass: number;
}

interface Arrival {
  readonly rule: FollowedRule;
  readonly look: number;
  /** Samples of the look. */
  readonly n: number;
  readonly sum: ExpectationSum;
}

/**
 * Returns what an image of failure probability `delta` can expect of a rule that looks repeatedly, exactly: the law of its counts, look by look,
 * through the decision that the coordinator makes. No sample is drawn. States of a probability below 1e-11 are left out.
 *
 * @param delta 0 to 1. @param radii wanted radii, ascending
 * @throws INTERNAL if too much of the law was left out
 */
export function repeatedLaw(rule: FollowedRule, delta: number, radii: readonly number[] = []): Expectation {
  const sum = new ExpectationSum(radii);
  let states: State[] = [{ failures: 0, z: 0, mass: 1 }];
  rule.looks.forEach((n, look) => {
    if (states.length === 0) return;
    const step = binomialLaw(n - (rule.looks[look - 1] ?? 0), delta);
    states = arrive({ rule, look, n, sum }, states, step);
  });
  requireWhole(sum.mass);
  return sum.mean();
}

function requireWhole(mass: number): void {
  if (Math.abs(mass - 1) < LEFT_OUT) return;
  throw new SmoothcertError(
    'INTERNAL',
    `Only ${mass} of the law of an image's counts was followed.`,
    'Report this as a bug.',
  );
}

/** Adds up what stops at a look, and returns the states that go on. An image whose z is not larger now keeps the one it held. */
function arrive(at: Arrival, states: readonly State[], step: CountLaw): State[] {
  const { rule, look } = at;
  const least = states.reduce((low, { failures }) => Math.min(low, failures), Infinity);
  const most = states.reduce((high, { failures }) => Math.max(high, failures), 0);
  const first = least + step.first;
  const length = most - least + step.mass.length;
  const newZ = Float64Array.from({ length }, (_, i) => rule.z(look, first + i));
  const renewed = new Float64Array(length);
  const tails = tailsOf(step.mass);
  const kept = new Map<number, Kept>();
  for (const { failures, z, mass } of states) {
    const from = failures - least;
    // Fewer failures certify more, so the first ones of the step renew the certificate.
    let j = 0;
    for (; j < step.mass.length && newZ[from + j]! >= z; j++) renewed[from + j]! += mass * step.mass[j]!;
    // Of those that keep it, more failures promise less, so the last ones stop.
    const begin = j;
    while (j < step.mass.length && !rule.stops(look, first + from + j, z)) j++;
    if (j > begin) {
      if (!kept.has(z)) kept.set(z, new Kept(length));
      kept.get(z)!.add(from + begin, step.mass.subarray(begin, j), mass);
    }
    stop(at, z, mass * tails[j]!);
  }
  return [...renewedStates(at, first, newZ, renewed), ...keptStates(kept, first)];
}

/** Adds up the images that stop with a new z, and returns those that go on with it. */
function renewedStates(at: Arrival, first: number, newZ: Float64Array, renewed: Float64Array): State[] {
  const next: State[] = [];
  renewed.forEach((mass, i) => {
    const state = { failures: first + i, z: newZ[i]!, mass };
    if (at.rule.stops(at.look, state.failures, state.z)) stop(at, state.z, mass);
    else if (mass >= SMALLEST) next.push(state);
  });
  return next;
}

/** Images that go on with one z that they held: their probabilities by failures above the least, which are 0 outside [begin, end). */
class Kept {
  readonly masses: Float64Array;
  begin: number;
  end = 0;

  constructor(length: number) {
    this.masses = new Float64Array(length);
    this.begin = length;
  }

  /** Adds `mass` times some terms, at places from `at` on. */
  add(at: number, terms: Float64Array, mass: number): void {
    for (let i = 0; i < terms.length; i++) this.masses[at + i]! += mass * terms[i]!;
    this.begin = Math.min(this.begin, at);
    this.end = Math.max(this.end, at + terms.length);
  }
}

/** Returns the states of images that go on with the z that they held. @param first failures of the first place */
function keptStates(kept: ReadonlyMap<number, Kept>, first: number): State[] {
  const next: State[] = [];
  for (const [z, { masses, begin, end }] of kept) {
    for (let i = begin; i < end; i++) {
      if (masses[i]! >= SMALLEST) next.push({ failures: first + i, z, mass: masses[i]! });
    }
  }
  return next;
}

function stop({ rule, n, sum }: Arrival, z: number, mass: number): void {
  sum.add(mass, n, rule.radius(z));
}

/** By j the mass of the terms from j on; one more, 0, for none. */
function tailsOf(mass: Float64Array): Float64Array {
  const tails = new Float64Array(mass.length + 1);
  for (let j = mass.length - 1; j >= 0; j--) tails[j] = tails[j + 1]! + mass[j]!;
  return tails;
}
