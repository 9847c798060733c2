import type { Decision, Held } from '../../coordinator/core/decision.js';
import type { Counts } from '../../shared/counts.js';
import type { CompiledBound } from '../../statistics/bounds/bound.js';

/**
 * Any number of classes, by simulation with a fixed seed. Two events are counted over the same votes: some class is
 * wrongly certified at some look (what Theorem C bounds), and the procedure ends with a wrong certificate.
 */
export interface Simulated {
  readonly anyLook: number;
  readonly final: number;
}

export interface Simulation {
  readonly decision: Decision;
  readonly bound: CompiledBound;
  readonly probabilities: readonly number[];
  readonly images: number;
  readonly seed: number;
}

/** Numbers of images with each of the two events. */
export function simulate({ decision, bound, probabilities, images, seed }: Simulation): Simulated {
  const uniform = generator(seed);
  const limits = probabilities.map((_, c) => probabilities.slice(0, c + 1).reduce((a, b) => a + b, 0));
  const wrong = (classIndex: number, delta: number): boolean => delta < 1 - probabilities[classIndex]!;
  const total = { anyLook: 0, final: 0 };
  for (let image = 0; image < images; image++) {
    const votes = probabilities.map(() => 0);
    const prefixes: Counts[] = [];
    let held: Held | null = null;
    let stopped = false;
    let overclaimed = false;
    for (const [look, n] of decision.looks.entries()) {
      for (let drawn = decision.looks[look - 1] ?? 0; drawn < n; drawn++) {
        const u = uniform();
        const drawnClass = limits.findIndex((limit) => u < limit);
        votes[drawnClass === -1 ? votes.length - 1 : drawnClass]! += 1;
      }
      prefixes.push({
        classes: [...votes.keys()].filter((c) => votes[c]! > 0),
        votes: votes.filter((count) => count > 0),
        invalid: 0,
      });
      overclaimed ||= votes.some((count, c) => {
        const certified = bound.certify(look, n - count, n);
        return certified !== null && wrong(c, certified.deltaUpper);
      });
      if (stopped) continue;
      const outcome = decision.at(look, prefixes, held);
      held = outcome.held;
      stopped = outcome.stop !== null;
    }
    if (overclaimed) total.anyLook += 1;
    if (held !== null && wrong(held.classIndex, held.deltaUpper)) total.final += 1;
  }
  return total;
}

/** SplitMix-style 32-bit generator: uniform on [0, 1), good enough for counts of 1e7. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
