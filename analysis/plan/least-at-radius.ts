import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { certifiedRadius } from '../../statistics/radius.js';
import type { Population } from '../populations/population.js';
import type { Enough, Wanted } from './least.js';
import type { Planner } from './planner.js';

/** A question about `fixed` at one radius. */
export interface AtRadius {
  readonly alpha: number;
  /** Samples that choose the class. */
  readonly selection: number;
  /** In the units of the noise's scale, at least 0. */
  readonly radius: number;
  /** No more samples are looked for. */
  readonly most: number;
}

/**
 * Returns the least fixed number of samples that is enough at one radius; null if `most` are not. Accuracy at a radius rises and falls with the number:
 * it rises where one more failure still certifies the radius, and falls from there to the next such number. So the least that is enough is one of these
 * numbers, and they are looked through by bisection: of two of them the larger one has the larger accuracy.
 */
export function leastFixedAtRadius(planner: Planner, asked: AtRadius, wanted: Wanted): Enough | null {
  const { alpha, selection } = asked;
  const numberFor = numbersFor(planner.population.noise, asked);
  const at = (n: number): Enough => {
    const planned = { rule: 'fixed', alpha, n, selection } as const;
    return { planned, means: planner.means(planned) };
  };
  let low = -1;
  let high = 0;
  let found: Enough | null = null;
  while (found === null) {
    const n = numberFor(high);
    if (n === null) break;
    const tried = at(n);
    if (wanted(tried.means)) found = tried;
    else {
      low = high;
      high = 2 * high + 1;
    }
  }
  // Beyond `most` nothing is enough; between, the last numbers up to it may still be.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const n = numberFor(middle);
    const tried = n === null ? null : at(n);
    if (tried === null) high = middle;
    else if (wanted(tried.means)) {
      high = middle;
      found = tried;
    } else low = middle;
  }
  return found;
}

/** Returns a function from failures to the least number of samples with which so many still certify the radius; null if it is more than `most`. */
function numbersFor(
  noise: Population['noise'],
  { alpha, radius, most }: AtRadius,
): (failures: number) => number | null {
  const law = NOISES[noise.kind];
  const certifies = (failures: number, n: number): boolean => {
    const found = certifiedRadius(clopperPearsonDelta(failures, n, alpha), 0, law, noise.scale);
    return found !== null && found >= radius;
  };
  return (failures) => {
    if (failures >= most || !certifies(failures, most)) return null;
    let low = failures;
    let high = most;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (certifies(failures, middle)) high = middle;
      else low = middle;
    }
    return high;
  };
}
