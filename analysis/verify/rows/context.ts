import type { Job } from '../../../shared/job.js';
import { fractionOfNumber, type Fraction } from '../arithmetic/fixed-point.js';
import { pairBound, type PairBound } from '../claims/pair.js';
import { singleBound, type SingleBound, type Standing } from '../claims/single.js';
import { isImageLevel } from '../job/image-level.js';
import { Remembered } from '../remembered.js';
import { deltaOfRadius, drawnError } from '../proofs/noise-tail.js';

const MOST_REMEMBERED = 2 ** 18;

/** The parts of a job that all rows are checked against. */
export class RowContext {
  /** t, in units of 2^-256. */
  readonly error: bigint;
  /** The bound by one count; with the runner-up that on the class alone. */
  readonly single: SingleBound;
  /** Only of a claim with the runner-up. */
  readonly pair: PairBound | null;
  /** Different questions that were answered by exact sums: is this radius, or this probability, proved by these counts? */
  questions = 0;
  private readonly answers = new Remembered<string, boolean>(MOST_REMEMBERED);

  private constructor(
    readonly job: Job,
    readonly alpha: number,
  ) {
    this.error = drawnError(job.draw.noise.lattice);
    this.pair = job.claim.runnerUp === true ? pairBound(job, alpha) : null;
    this.single = this.pair?.alone ?? singleBound(job, alpha);
  }

  /** Returns what the rows of a job are checked against; null if `alpha` is not the level of an image of its claim. */
  static of(job: Job, alpha: number): RowContext | null {
    return isImageLevel(job.claim, alpha) ? new RowContext(job, alpha) : null;
  }

  /** Returns true if the bound by one count proves a radius of z noise scales. */
  provesRadius(standing: Standing, z: Fraction): boolean {
    return this.answer(standing, `${z.numerator}/${z.denominator}`, () => {
      const { kind } = this.job.draw.noise;
      return this.single.rejects(standing, deltaOfRadius(kind, z).lower - this.error);
    });
  }

  /** Returns true if it proves that the failure probability is at most `delta`, t included, in units of 2^-256. */
  provesDelta(standing: Standing, delta: bigint): boolean {
    return this.answer(standing, `${delta}`, () => this.single.rejects(standing, delta - this.error));
  }

  /** Returns twice the largest certified z in steps of the grid of `spending`, 0 if nothing is; null where there is no grid. */
  steps(standing: Standing): number | null {
    return (this.pair ?? this.single).steps(standing);
  }

  /** Entries of the tables that were too close to a budget for the last bits of a double not to matter. */
  get nearTies(): number {
    return (this.pair ?? this.single).limits.reduce((sum, { nearTies }) => sum + nearTies, 0);
  }

  private answer({ look, n, failures }: Standing, about: string, ask: () => boolean): boolean {
    const key = `${look} ${n} ${failures} ${about}`;
    return this.answers.of(key, () => {
      this.questions += 1;
      return ask();
    });
  }
}

/** Returns z + 2e-6: more than rounding against the user takes away. */
export const further = (z: Fraction): Fraction => ({
  numerator: 500_000n * z.numerator + z.denominator,
  denominator: 500_000n * z.denominator,
});

/** A radius so small that rounding may leave nothing of it. */
export const LEAST: Fraction = fractionOfNumber(1e-5);
