import { Allocation } from '../../coordinator/core/allocation.js';
import type { Decision } from '../../coordinator/core/decision.js';
import { Grid } from '../../coordinator/core/grid.js';
import { ImageState } from '../../coordinator/core/image-state.js';
import type { Counts } from '../../shared/counts.js';
import { generator } from './monte-carlo.js';

/** Sets of images that share a total, by simulation with a fixed seed. */
export interface SetSimulation {
  readonly decision: Decision;
  readonly totalSamples: number;
  /** By image, the probabilities of its classes. */
  readonly images: readonly (readonly number[])[];
  readonly sets: number;
  readonly seed: number;
}

/** Returns for each set how many of its images hold a wrong certificate when the total is spent. */
export function wrongInSets({ decision, totalSamples, images, sets, seed }: SetSimulation): number[] {
  const uniform = generator(seed);
  const grid = new Grid(decision.looks);
  return Array.from({ length: sets }, () => {
    const states = new Map(images.map((_, image) => [image, new ImageState(grid, decision)]));
    const allocation = new Allocation(totalSamples, decision.bound, decision.looks, grid, states);
    for (let round = allocation.nextRound(); round.length > 0; round = allocation.nextRound()) {
      for (const { image, allotment } of round) {
        const state = states.get(image)!;
        state.allot(allotment);
        const segment = allotment.look;
        for (let index = 0; index < state.allowed(segment); index++) {
          const { begin, end } = grid.segments[segment]![index]!;
          state.fold({ segment, index }, drawn(images[image]!, end - begin, uniform), 0);
        }
        allocation.settled(image);
      }
    }
    return [...states].filter(([image, state]) => isWrong(state, images[image]!)).length;
  });
}

function isWrong({ held }: ImageState, probabilities: readonly number[]): boolean {
  return held !== null && held.deltaUpper < 1 - probabilities[held.classIndex]!;
}

function drawn(probabilities: readonly number[], samples: number, uniform: () => number): Counts {
  const votes = probabilities.map(() => 0);
  for (let sample = 0; sample < samples; sample++) {
    let [classIndex, rest] = [0, uniform()];
    while (classIndex < votes.length - 1 && rest >= probabilities[classIndex]!)
      rest -= probabilities[classIndex++]!;
    votes[classIndex]! += 1;
  }
  const kept = votes.map((count, c) => [c, count] as const).filter(([, count]) => count > 0);
  return { classes: kept.map(([c]) => c), votes: kept.map(([, count]) => count), invalid: 0 };
}
