import type { Counts } from '../../shared/counts.js';
import { countsOfFailures } from './counts-of-failures.js';
import type { Decision, Held } from './decision.js';
import { LEVELS } from './failure-levels.js';
import { VoteDice } from './vote-dice.js';

/** Images that are imagined of each level. */
const PATHS = 8;

/** The samples at which an image stops. */
export interface Stop {
  readonly mean: number;
  /** Mean of their square. */
  readonly square: number;
}

/**
 * The samples at which the rule of a job stops an image of each level: some images are imagined, their votes drawn by a die that always falls alike. Computed
 * for a level when it is first asked for; that costs one decision for each look of each imagined image.
 */
export class StoppingTable {
  private readonly rows = new Map<number, readonly Stop[]>();

  constructor(private readonly decision: Decision) {}

  /** Returns where an image of a level stops that has not before. @param look the next one that it takes */
  stop(level: number, look: number): Stop {
    const row = this.rows.get(level) ?? this.rowOf(level);
    this.rows.set(level, row);
    return row[look]!;
  }

  private rowOf(level: number): readonly Stop[] {
    const { looks } = this.decision;
    const ends = Array.from({ length: PATHS }, (_, path) =>
      this.endOf(level, new VoteDice(level * PATHS + path)),
    );
    return looks.map((n, look) => {
      const later = ends.filter((end) => end >= look).map((end) => looks[end]!);
      // All imagined ones have stopped before: this one is at an end, too.
      const samples = later.length === 0 ? [n] : later;
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      return { mean: mean(samples), square: mean(samples.map((one) => one ** 2)) };
    });
  }

  /** Returns the index of the look at which an imagined image stops: the last one at the latest, where every rule does. */
  private endOf(level: number, dice: VoteDice): number {
    const { decision } = this;
    const prefixes: Counts[] = [];
    let [held, failures, drawn]: [Held | null, number, number] = [null, 0, 0];
    for (let look = 0; ; look++) {
      const n = decision.looks[look]!;
      const isDue = look >= decision.due(prefixes);
      failures += dice.failures(n - drawn, LEVELS[level]!);
      drawn = n;
      prefixes.push(countsOfFailures(failures, n));
      if (!isDue) continue;
      const outcome = decision.at(look, prefixes, held);
      if (outcome.stop !== null) return look;
      held = outcome.held;
    }
  }
}
