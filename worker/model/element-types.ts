import type { Tensor } from 'onnxruntime-node';
import { roundToFloat16, widenFloat16 } from './float16.js';
import type { Runtime } from './runtime.js';

/** Element types of a model's input and output that are supported. */
export type ElementType = 'float32' | 'float16' | 'float64';
const ELEMENT_TYPES: readonly string[] = ['float32', 'float16', 'float64'] satisfies ElementType[];

/** Returns true for a supported type, by ONNX Runtime's name. */
export function isElementType(type: string): type is ElementType {
  return ELEMENT_TYPES.includes(type);
}

/**
 * Returns by how much rounding may change a score between two runs of one row, as a share of the model's scale (agreement.ts).
 * Float16 scores, and the values that they are computed from, are rounded to 11 bits; 2^-8 are four to eight steps of that.
 */
export function toleranceOf(scores: ElementType): number {
  switch (scores) {
    case 'float16':
      return 2 ** -8;
    case 'float32':
    case 'float64':
      return 1e-4;
  }
}

/**
 * Makes the model's input tensor from float32 rows. A float16 model gets each value rounded to nearest, ties to even
 * (float16.ts); a float64 model gets the same values.
 *
 * The certificate is then about f ∘ round16, where f is the file's function: noise moves lattice points as for
 * any other model, and rounding is the classifier's own first step. It is a fixed function of the noisy image, so nothing else changes. A value
 * beyond ±65520 becomes infinite, and the vote invalid if that reaches a score.
 */
export class InputTensors {
  #halves = new Uint16Array(0);
  #doubles = new Float64Array(0);

  constructor(
    private readonly runtime: Runtime,
    private readonly type: ElementType,
  ) {}

  /** Returns a tensor of these rows. It is valid until the next call, which uses its memory again. */
  of(rows: Float32Array, shape: readonly number[]): Tensor {
    const { Tensor } = this.runtime;
    switch (this.type) {
      case 'float32':
        return new Tensor('float32', rows, shape);
      case 'float64':
        if (this.#doubles.length !== rows.length) this.#doubles = new Float64Array(rows.length);
        this.#doubles.set(rows);
        return new Tensor('float64', this.#doubles, shape);
      case 'float16': {
        if (this.#halves.length !== rows.length) this.#halves = new Uint16Array(rows.length);
        roundToFloat16(rows, this.#halves);
        const tensor = new Tensor('float16', this.#halves, shape);
        // Engines that have Float16Array convert the words to one, which the runtime's binding then takes for empty.
        return Object.defineProperty(tensor, 'data', { value: this.#halves });
      }
    }
  }
}

/**
 * Returns scores as float32; null if the tensor holds another type. Float64 scores are rounded, which is part of the base classifier
 * too: classes whose scores become equal are a tie, and a score beyond float32 is infinite, hence an invalid vote.
 */
export function scoresOf({ type, data }: Tensor): Float32Array | null {
  if (type === 'float32' && data instanceof Float32Array) return data;
  if (type === 'float64' && data instanceof Float64Array) return Float32Array.from(data);
  if (type === 'float16' && ArrayBuffer.isView(data) && data.byteLength === 2 * data.length) {
    return widenFloat16(new Uint16Array(data.buffer, data.byteOffset, data.length));
  }
  return null;
}
