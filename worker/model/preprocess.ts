import { SmoothcertError } from '../../shared/errors.js';
import type { Normalisation } from '../../shared/job.js';
import type { NoiseLattice } from '../../statistics/noises/lattice.js';
import type { InputPlan } from './layout.js';

const SMALLEST_NORMAL = 2 ** -126;
const LARGEST_POINT = 2 ** 31 - 1;
/** Noise is refused if its scale is below this share of a value, which is 2^9 steps of float32. */
const FINEST_NOISE = 2 ** -14;

/**
 * Turns values into the model's input: (value · inputScale − mean) / std per channel, in the model's order. A value is a point of
 * the noise's lattice, a whole number v of its steps; so the input is float32(float32(float32(v) · gain) + shift), and the noise
 * moves v. All of that is part of the classifier that is certified, so no rounding in it is one of the noise.
 */
export class Preprocessing {
  /** By how much one step of the lattice moves each element of a row, in the model's units. */
  readonly gain: Float32Array;
  /** Each element of a row for the value 0. */
  readonly shift: Float32Array;
  /** Position in an image's values of each element of a row; null if their orders are the same. */
  readonly #order: Int32Array | null;

  /** @throws OPTION_INVALID if a number is out of range or there are too few or too many */
  constructor(
    plan: InputPlan,
    normalisation: Normalisation,
    readonly noise: NoiseLattice,
  ) {
    const { inputScale, mean, std } = normalisation;
    check(Number.isFinite(inputScale) && inputScale > 0, '--input-scale', 'must be above 0');
    check(mean.every(Number.isFinite), '--mean', 'must be finite numbers');
    check(
      std.every((value) => Number.isFinite(value) && value > 0),
      '--std',
      'must be numbers above 0',
    );
    const means = perElement(plan, '--mean', mean);
    const stds = perElement(plan, '--std', std);
    this.#order = plan.order;
    this.gain = Float32Array.from(stds, (value) => (noise.stepSize * inputScale) / value);
    this.shift = Float32Array.from(means, (value, element) => (0 - value) / stds[element]!);
    check(
      this.gain.every((value) => Number.isFinite(value) && value >= SMALLEST_NORMAL),
      '--std',
      'makes the noise too small or too large for float32',
    );
    check(this.shift.every(Number.isFinite), '--mean', 'is too large beside --std for float32');
  }

  /**
   * Returns a row of lattice points without noise, in the model's order.
   * @param values one image: whole numbers of the data's lattice step, in the data's order
   * @throws OPTION_INVALID if a point is too far out for int32, or float32 is too coarse for the noise
   */
  pointsOf(values: Int32Array): Int32Array {
    const { lattice, refinement } = this.noise;
    const { dimension, largest } = lattice;
    if (values.length !== dimension) {
      throw new SmoothcertError(
        'INTERNAL',
        `An image of ${values.length} values came where ${dimension} were due.`,
        'Report this as a bug.',
      );
    }
    const farthest = (LARGEST_POINT - largest) / refinement;
    check(
      values.every((value) => Math.abs(value) <= farthest),
      '--sigma',
      'is too small beside the largest values of the data',
    );
    const order = this.#order;
    const points = Int32Array.from(
      { length: dimension },
      (_, element) => values[order === null ? element : order[element]!]! * refinement,
    );
    const ratio = Number(lattice.ratio);
    check(
      points.every((point, element) => {
        const gain = this.gain[element]!;
        const farthest = Math.max(Math.abs(point * gain), Math.abs(this.shift[element]!));
        return farthest * FINEST_NOISE <= ratio * gain;
      }),
      '--sigma',
      'is too small for float32 beside values as --mean and --std move them',
    );
    return points;
  }
}

function perElement(plan: InputPlan, option: string, values: readonly number[]): Float64Array {
  check(
    values.length === 1 || values.length === plan.channels,
    option,
    plan.channels === 1
      ? `needs 1 value, as there is one channel, not ${values.length}`
      : `needs 1 or ${plan.channels} values, one a channel, not ${values.length}`,
  );
  const one = values.length === 1;
  return Float64Array.from(
    { length: plan.dimension },
    (_, element) => values[one ? 0 : plan.channelOf(element)]!,
  );
}

function check(holds: boolean, option: string, rule: string): void {
  if (!holds) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `${option} ${rule}.`,
      "See the model's training code for the right values.",
    );
  }
}
