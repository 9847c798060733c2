import { SmoothcertError } from '../../shared/errors.js';
import type { Normalisation } from '../../shared/job.js';
import type { InputPlan } from './layout.js';

const SMALLEST_NORMAL = 2 ** -126;
/** Noise is refused if its standard deviation is below this share of a value, which is 2^9 steps of float32. */
const FINEST_NOISE = 2 ** -14;

/**
 * Turns pixels into the model's input: (pixel · inputScale − mean) / std per channel, in the model's order, computed in float64
 * and rounded once. Noise is added afterwards, so it is scaled in the same way: σ · inputScale / std.
 */
export class Preprocessing {
  /** Standard deviation of the noise on each element of a row, in the model's units. */
  readonly gain: Float32Array;
  readonly #plan: InputPlan;
  readonly #scale: number;
  readonly #mean: Float64Array;
  readonly #std: Float64Array;

  /** `scale` is σ in pixels of [0, 1]. OPTION_INVALID if a number is out of range or there are too few or too many. */
  constructor(plan: InputPlan, normalisation: Normalisation, scale: number) {
    const { inputScale, mean, std } = normalisation;
    check(Number.isFinite(inputScale) && inputScale > 0, '--input-scale', 'must be above 0');
    check(mean.every(Number.isFinite), '--mean', 'must be finite numbers');
    check(
      std.every((value) => Number.isFinite(value) && value > 0),
      '--std',
      'must be numbers above 0',
    );
    this.#plan = plan;
    this.#scale = inputScale;
    this.#mean = perElement(plan, '--mean', mean);
    this.#std = perElement(plan, '--std', std);
    this.gain = Float32Array.from(this.#std, (value) => float32Up((scale * inputScale) / value));
    check(
      this.gain.every((value) => Number.isFinite(value) && value >= SMALLEST_NORMAL),
      '--std',
      'makes the noise too small or too large for float32',
    );
  }

  /** Returns a row of the model's input without noise. `pixels` are in [0, 1] and in the data's order. @throws OPTION_INVALID if float32 is too coarse for the noise */
  baseOf(pixels: Float32Array): Float32Array {
    const { order, dimension } = this.#plan;
    if (pixels.length !== dimension) {
      throw new SmoothcertError(
        'INTERNAL',
        `An image of ${pixels.length} values came where ${dimension} were due.`,
        'Report this as a bug.',
      );
    }
    const base = new Float32Array(dimension);
    for (let element = 0; element < dimension; element += 1) {
      const pixel = pixels[order === null ? element : order[element]!]!;
      base[element] = (pixel * this.#scale - this.#mean[element]!) / this.#std[element]!;
    }
    check(
      base.every((value, element) => Math.abs(value) * FINEST_NOISE <= this.gain[element]!),
      '--sigma',
      'is too small for float32 beside pixels as --mean and --std move them',
    );
    return base;
  }
}

/**
 * Returns the smallest float32 at or above `value` (> 0), so that the noise drawn is never less than σ on any pixel, and a radius
 * computed from σ never larger than the drawn noise certifies.
 */
function float32Up(value: number): number {
  const nearest = Math.fround(value);
  if (nearest >= value) return nearest;
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, nearest);
  bits.setUint32(0, bits.getUint32(0) + 1);
  return bits.getFloat32(0);
}

function perElement(plan: InputPlan, option: string, values: readonly number[]): Float64Array {
  check(
    values.length === 1 || values.length === plan.channels,
    option,
    `needs 1 or ${plan.channels} values, one a channel, not ${values.length}`,
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
