// Mean samples and radius of one image under a rule, exactly: the law of its counts, look by look, through the decision that
// the coordinator makes. No sample is drawn. An image is one number, the failure probability of its class. Its other votes
// are spread over so many classes that none of them leads, as is so of an image with many classes and of every clear one.
import { compileDecision } from '../dist/coordinator/core/look.js';
import { looksFor } from '../dist/statistics/schedule.js';
import { PILOT } from '../dist/statistics/two-stage.js';

/** Terms of a binomial law below this share of the largest one are left out, and states of a smaller probability. */
const SMALLEST = 1e-11;
/** Of a law at most this much may be left out in all; figures are means over the rest. */
const LEFT_OUT = 1e-5;
const IMAGES = { start: 0, stop: 1, step: 1 };

/** Returns sums to add to: what an image can expect of a rule. */
const nothing = () => ({ samples: 0, radius: 0, certified: 0 });

/** The law of Bin(n, delta), 0 ≤ delta < 1, on `first`, `first` + 1, …; by the ratio of neighbours from the mode outwards. */
export function binomialLaw(n, delta, smallest = SMALLEST) {
  if (delta === 0) return { first: 0, mass: Float64Array.of(1) };
  const mode = Math.min(n, Math.floor((n + 1) * delta));
  const odds = delta / (1 - delta);
  const up = [];
  for (let j = mode, term = 1; j < n && term >= smallest; j++) up.push((term *= ((n - j) / (j + 1)) * odds));
  const down = [];
  for (let j = mode, term = 1; j > 0 && term >= smallest; j--) down.push((term *= j / (n - j + 1) / odds));
  const mass = Float64Array.from([...down.reverse(), 1, ...up]);
  const sum = mass.reduce((a, b) => a + b, 0);
  return { first: mode - down.length, mass: mass.map((m) => m / sum) };
}

/** Counts of which class 0 leads with n − failures votes, if it has any. */
function countsOf(failures, n) {
  const votes = n - failures;
  const rivals = failures === 0 ? 0 : Math.ceil(failures / Math.max(votes, 1));
  const shared = Array.from({ length: rivals }, (_, c) => Math.floor((failures + c) / rivals));
  const all = votes > 0 ? [votes, ...shared] : shared;
  return { classes: all.map((_, c) => c + (votes > 0 ? 0 : 1)), votes: all, invalid: 0 };
}

/** The rule `gain` of one job, its outcomes computed when they are first asked for. */
export class GainRule {
  #decision;
  #held;
  #z;
  /** By look and failures: the largest z above 0 that is known to go on, and the smallest that is known to stop. */
  #goesOn;
  #stops;
  #radii = new Map();

  /** @param claim alpha, bound, matchedGain if any; @param noise kind and scale */
  constructor({ alpha, bound, minGain, matchedGain, maxSamples }, noise) {
    const stop = { kind: 'gain', minGain };
    const looks = looksFor(stop, bound, maxSamples);
    const matched = matchedGain === undefined ? {} : { matchedGain };
    this.#decision = compileDecision({ alpha, bound, stop, looks, images: IMAGES, ...matched }, noise);
    this.looks = looks;
    const byFailures = (value) => looks.map((n) => new Float64Array(n + 1).fill(value));
    this.#z = byFailures(NaN);
    this.#goesOn = byFailures(0);
    this.#stops = byFailures(Infinity);
    this.#held = new Map([[0, null]]);
  }

  /** Returns the z that so many failures certify at a look, 0 for none. */
  z(look, failures) {
    const known = this.#z[look][failures];
    if (!Number.isNaN(known)) return known;
    const { held } = this.#at(look, failures, null);
    const z = held?.z ?? 0;
    this.#z[look][failures] = z;
    if (z > 0 && !this.#held.has(z)) this.#held.set(z, held);
    return z;
  }

  /** Returns true if an image that holds `heldZ` by then stops at a look. Of two that hold something, the larger z stops first. */
  stops(look, failures, heldZ) {
    if (heldZ > 0 && heldZ <= this.#goesOn[look][failures]) return false;
    if (heldZ >= this.#stops[look][failures]) return true;
    const stops = this.#at(look, failures, this.#held.get(heldZ)).stop !== null;
    if (heldZ > 0) (stops ? this.#stops : this.#goesOn)[look][failures] = heldZ;
    return stops;
  }

  /** Returns the radius of a z that some failures certify, in pixels. */
  radius(z) {
    if (!this.#radii.has(z)) {
      const held = this.#held.get(z);
      this.#radii.set(z, held === null ? 0 : (this.#decision.radiusOf(held.deltaUpper) ?? 0));
    }
    return this.#radii.get(z);
  }

  #at(look, failures, held) {
    const prefixes = [];
    prefixes[look] = countsOf(failures, this.looks[look]);
    return this.#decision.at(look, prefixes, held);
  }
}

/** Returns what an image can expect of `gain`. Its state at a look is its failures and the z that it holds. */
export function gainLaw(rule, delta) {
  const total = { ...nothing(), mass: 0 };
  let states = [{ failures: 0, z: 0, mass: 1 }];
  rule.looks.forEach((n, look) => {
    if (states.length === 0) return;
    const step = binomialLaw(n - (rule.looks[look - 1] ?? 0), delta);
    states = arrive({ rule, look, n, total }, states, step);
  });
  const { mass, samples, radius, certified } = total;
  if (!(Math.abs(mass - 1) < LEFT_OUT)) throw new Error(`${mass} of the law was followed`);
  return { samples: samples / mass, radius: radius / mass, certified: certified / mass };
}

/** Counts what stops at a look, and returns the states that go on. An image whose z is not larger now keeps the one it held. */
function arrive(at, states, step) {
  const { rule, look } = at;
  const least = states.reduce((low, { failures }) => Math.min(low, failures), Infinity);
  const most = states.reduce((high, { failures }) => Math.max(high, failures), 0);
  const first = least + step.first;
  const newZ = Float64Array.from({ length: most - least + step.mass.length }, (_, i) =>
    rule.z(look, first + i),
  );
  const renewed = new Float64Array(newZ.length);
  const tails = tailsOf(step.mass);
  const kept = new Map();
  for (const { failures, z, mass } of states) {
    const from = failures - least;
    // Fewer failures certify more, so the first ones of the step renew the certificate.
    let j = 0;
    for (; j < step.mass.length && newZ[from + j] >= z; j++) renewed[from + j] += mass * step.mass[j];
    // Of those that keep it, more failures promise less, so the last ones stop.
    for (; j < step.mass.length && !rule.stops(look, first + from + j, z); j++) {
      if (!kept.has(z)) kept.set(z, new Map());
      const masses = kept.get(z);
      masses.set(first + from + j, (masses.get(first + from + j) ?? 0) + mass * step.mass[j]);
    }
    count(at, z, mass * tails[j]);
  }
  const next = [];
  renewed.forEach((mass, i) => {
    if (rule.stops(look, first + i, newZ[i])) count(at, newZ[i], mass);
    else if (mass >= SMALLEST) next.push({ failures: first + i, z: newZ[i], mass });
  });
  for (const [z, masses] of kept) {
    for (const [failures, mass] of masses) if (mass >= SMALLEST) next.push({ failures, z, mass });
  }
  return next;
}

/** Adds images that stop with this z to the totals. */
function count({ rule, n, total }, z, mass) {
  total.mass += mass;
  total.samples += mass * n;
  total.radius += mass * rule.radius(z);
  if (z > 0) total.certified += mass;
}

/** By j the mass of the terms from j on; one more, 0, for none. */
function tailsOf(mass) {
  const tails = new Float64Array(mass.length + 1);
  for (let j = mass.length - 1; j >= 0; j--) tails[j] = tails[j + 1] + mass[j];
  return tails;
}

/** The rules that look once, behind samples that choose: radii by failures, computed when they are first asked for. */
class FreshRadii {
  #decision;
  #known = new Map();

  constructor(decision) {
    this.#decision = decision;
  }

  /** Returns the mean radius and the chance of a certificate of the samples between the first look and this one. */
  expect(look, delta, pilotFailures) {
    const { looks } = this.#decision;
    const n = looks[look] - looks[0];
    const law = binomialLaw(n, delta);
    const known = this.#of(look, n);
    const total = { radius: 0, certified: 0 };
    law.mass.forEach((mass, i) => {
      const failures = law.first + i;
      if (Number.isNaN(known[failures])) known[failures] = this.#radius(look, failures, n, pilotFailures);
      total.radius += mass * known[failures];
      if (known[failures] > 0) total.certified += mass;
    });
    return total;
  }

  #of(look, n) {
    if (!this.#known.has(look)) this.#known.set(look, new Float64Array(n + 1).fill(NaN));
    return this.#known.get(look);
  }

  #radius(look, failures, n, pilotFailures) {
    const first = this.#decision.looks[0];
    const prefixes = [countsOf(pilotFailures, first)];
    prefixes[look] = add(prefixes[0], countsOf(failures, n));
    const { held } = this.#decision.at(look, prefixes, null);
    return held === null ? 0 : (this.#decision.radiusOf(held.deltaUpper) ?? 0);
  }
}

function add(a, b) {
  const votes = new Map();
  for (const { classes, votes: of } of [a, b])
    classes.forEach((c, i) => votes.set(c, (votes.get(c) ?? 0) + of[i]));
  const classes = [...votes.keys()].sort((x, y) => x - y);
  return { classes, votes: classes.map((c) => votes.get(c)), invalid: 0 };
}

/** Returns a function from the failure probability to what an image can expect of `fixed`, whose selection never errs. */
export function fixedLaw({ alpha, selection, maxSamples }, noise) {
  const stop = { kind: 'fixed', selection };
  const looks = looksFor(stop, 'clopper-pearson', maxSamples);
  const claim = { alpha, bound: 'clopper-pearson', stop, looks, images: IMAGES };
  const radii = new FreshRadii(compileDecision(claim, noise));
  return (delta) => ({ samples: looks[1], ...radii.expect(1, delta, 0) });
}

/** Returns a function from the failure probability to what an image can expect of `two-stage`. */
export function twoStageLaw({ alpha, minGain, maxSamples }, noise) {
  const stop = { kind: 'two-stage', minGain };
  const looks = looksFor(stop, 'clopper-pearson', maxSamples);
  const decision = compileDecision({ alpha, bound: 'clopper-pearson', stop, looks, images: IMAGES }, noise);
  const radii = new FreshRadii(decision);
  const due = Array.from({ length: PILOT + 1 }, (_, failures) => decision.due([countsOf(failures, PILOT)]));
  return (delta) => {
    const total = nothing();
    const expected = new Map();
    const pilot = binomialLaw(PILOT, delta);
    pilot.mass.forEach((mass, i) => {
      const look = due[pilot.first + i];
      total.samples += mass * looks[look];
      if (look === 0) return;
      if (!expected.has(look)) expected.set(look, radii.expect(look, delta, pilot.first + i));
      total.radius += mass * expected.get(look).radius;
      total.certified += mass * expected.get(look).certified;
    });
    return total;
  };
}
