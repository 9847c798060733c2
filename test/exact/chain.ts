/**
 * The law of the counts at the scheduled looks, computed forward without chance: no Monte Carlo noise. Two classes; the
 * state is the number of failures of the first one, which are the votes of the second. Whatever mass is dropped because
 * it is too small to follow is counted as error, so every number here is an upper bound up to rounding (1e-12).
 */

/** A rule as a table: the raw bound at each look for each number of failures; Infinity where nothing is certified. */
export interface Rule {
  readonly looks: readonly number[];
  readonly bounds: readonly Float64Array[];
}

/** A law on `first`, `first` + 1, … */
export interface Law {
  readonly first: number;
  readonly mass: Float64Array;
}

const SMALLEST_TERM = 1e-24;
const SMALLEST_MASS = 1e-22;

/** The law of Bin(n, delta), by the ratio of neighbours from the mode outwards; its own code, not the product's. */
export function binomialLaw(n: number, delta: number): Law {
  const mode = Math.min(n, Math.floor((n + 1) * delta));
  const odds = delta / (1 - delta);
  const up = [];
  for (let j = mode, term = 1; j < n; j++) {
    term *= ((n - j) / (j + 1)) * odds;
    if (term < SMALLEST_TERM) break;
    up.push(term);
  }
  const down = [];
  for (let j = mode, term = 1; j > 0; j--) {
    term *= j / (n - j + 1) / odds;
    if (term < SMALLEST_TERM) break;
    down.push(term);
  }
  const mass = Float64Array.from([...down.reverse(), 1, ...up]);
  const sum = mass.reduce((a, b) => a + b, 0);
  return { first: mode - down.length, mass: mass.map((m) => m / sum) };
}

/** The law of a sum of two independent numbers, and the mass of the states dropped as too small to follow. */
export function convolve(a: Law, b: Law): { law: Law; dropped: number } {
  const mass = new Float64Array(a.mass.length + b.mass.length - 1);
  let dropped = 0;
  for (let i = 0; i < a.mass.length; i++) {
    const weight = a.mass[i]!;
    if (weight < SMALLEST_MASS) {
      dropped += weight;
      continue;
    }
    for (let j = 0; j < b.mass.length; j++) mass[i + j]! += weight * b.mass[j]!;
  }
  let low = 0;
  let high = mass.length;
  while (low < high && mass[low]! < SMALLEST_MASS) dropped += mass[low++]!;
  while (high > low && mass[high - 1]! < SMALLEST_MASS) dropped += mass[--high]!;
  return { law: { first: a.first + b.first + low, mass: mass.slice(low, high) }, dropped };
}

/**
 * P(at some look, some class gets a certificate that its failure probability contradicts), where the first class fails
 * with probability `delta` and the second with 1 − delta. With `classes` = 1 only the first class's are counted.
 */
export function errorOfRule(rule: Rule, delta: number, classes: 1 | 2 = 2): number {
  let error = 0;
  let law: Law = { first: 0, mass: Float64Array.of(1) };
  let before = 0;
  rule.looks.forEach((n, look) => {
    const step = convolve(law, binomialLaw(n - before, delta));
    error += step.dropped;
    before = n;
    law = step.law;
    const bounds = rule.bounds[look]!;
    for (let i = 0; i < law.mass.length; i++) {
      const failures = law.first + i;
      const wrong = bounds[failures]! < delta || (classes === 2 && bounds[n - failures]! < 1 - delta);
      if (!wrong) continue;
      error += law.mass[i]!;
      law.mass[i] = 0;
    }
  });
  return error;
}

/** The failure probabilities at which a rule is hardest pressed: ½, and just above each bound that it can give. */
export function hardestPoints(rule: Rule): number[] {
  const attainable = new Set<number>();
  for (const bounds of rule.bounds) for (const bound of bounds) if (bound < 0.5) attainable.add(bound);
  return [...[...attainable].sort((a, b) => a - b).map(nextDouble), 0.5];
}

/** The largest error over `points`, as a multiple of alpha. */
export function worstError(
  rule: Rule,
  alpha: number,
  points: readonly number[],
): { ratio: number; delta: number } {
  let worst = { ratio: 0, delta: 0.5 };
  for (const delta of points) {
    const ratio = errorOfRule(rule, delta) / alpha;
    if (ratio > worst.ratio) worst = { ratio, delta };
  }
  return worst;
}

function nextDouble(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += 1n;
  return new Float64Array(bits.buffer)[0]!;
}
