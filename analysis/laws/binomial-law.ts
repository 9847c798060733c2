/** The probabilities of the counts `first`, `first` + 1, …; they add up to 1. */
export interface CountLaw {
  readonly first: number;
  readonly mass: Float64Array;
}

/** Terms of a binomial law below this share of the largest one are left out. */
export const SMALLEST = 1e-11;

/**
 * Returns the law of the failures among n samples, of which each fails with probability `delta`: by the ratio of neighbours from the mode
 * outwards. Terms below `smallest` times the largest one are left out, and the others raised to a sum of 1.
 *
 * @param delta 0 to 1
 */
export function binomialLaw(n: number, delta: number, smallest = SMALLEST): CountLaw {
  if (delta === 0) return { first: 0, mass: Float64Array.of(1) };
  if (delta === 1) return { first: n, mass: Float64Array.of(1) };
  const mode = Math.min(n, Math.floor((n + 1) * delta));
  const odds = delta / (1 - delta);
  const up: number[] = [];
  for (let j = mode, term = 1; j < n && term >= smallest; j++) {
    term *= ((n - j) / (j + 1)) * odds;
    up.push(term);
  }
  const down: number[] = [];
  for (let j = mode, term = 1; j > 0 && term >= smallest; j--) {
    term *= j / (n - j + 1) / odds;
    down.push(term);
  }
  const mass = Float64Array.from([...down.reverse(), 1, ...up]);
  const sum = mass.reduce((a, b) => a + b, 0);
  return { first: mode - down.length, mass: mass.map((m) => m / sum) };
}
