import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { hash } from '../support/jobs.js';
import { latticeLaw } from '../support/lattice-law.js';
import { onnxModel, type Operator } from '../support/onnx.js';

/**
 * Classifiers made to be certified wrongly. Each knows the input that it is to be certified at, the anchor: `DIMENSION` pixels of one
 * grey level. It computes a score of the noisy input, and answers 0 up to a limit and 1 above. The score is one that should tell inputs
 * that come from the anchor from those that come from its neighbours, if anything in the last bits does.
 */

export const DIMENSION = 64;
export const LEVELS = 255;
export const SIGMA = 0.25;

/** A noisy input, of which element e is `inputs[start + e]`. */
export type Score = (inputs: Float32Array, start: number) => number;

const f32 = Math.fround;

/** Returns the grey level as the model sees it without noise. */
export const pixelOf = (level: number): number => f32(level / LEVELS);

/**
 * Counts the elements that cannot have come from the anchor in float32: x + ε is rounded, so that x + (v − x) = v for v = x + ε, but
 * not for every other v. After Voráček and Hein, "Sound randomized smoothing in floating-point arithmetic", ICLR 2023.
 */
export function roundingScore(anchor: number): Score {
  const x = pixelOf(anchor);
  return (inputs, start) => {
    let strangers = 0;
    for (let i = start; i < start + DIMENSION; i++) {
      const v = inputs[i]!;
      if (f32(x + f32(v - x)) !== v) strangers += 1;
    }
    return strangers;
  };
}

/** Returns a model that answers 0 where `roundingScore` is 0, and 1 elsewhere. */
export function roundingModel(anchor: number): Uint8Array {
  const op = (
    type: string,
    inputs: string[],
    output: string,
    attributes: Operator['attributes'] = {},
  ): Operator => ({ type, inputs, outputs: [output], attributes });
  const operators = [
    op('Sub', ['pixels', 'anchor'], 'difference'),
    op('Add', ['anchor', 'difference'], 'back'),
    op('Equal', ['back', 'pixels'], 'isPossible'),
    op('Cast', ['isPossible'], 'possible', { to: 1 }),
    op('ReduceMin', ['possible'], 'zero', { axes: [1], keepdims: 1 }),
    op('Sub', ['one', 'zero'], 'other'),
    op('Concat', ['zero', 'other'], 'scores', { axis: 1 }),
  ];
  const weights = {
    anchor: { shape: [DIMENSION], values: Array<number>(DIMENSION).fill(pixelOf(anchor)) },
    one: { shape: [1], values: [1] },
  };
  return onnxModel({ inputShape: ['N', DIMENSION], outputShape: ['N', 2], operators, weights });
}

/** Returns the lattice point of an input that is float32(float32(point) · float32(1/255)). */
const pointOf = (input: number): number => Math.round(input * LEVELS);

/** Counts the elements whose lattice point is odd where the anchor is even, or even where it is odd. */
export function parityScore(anchor: number): Score {
  return (inputs, start) => {
    let strangers = 0;
    for (let i = start; i < start + DIMENSION; i++) strangers += (pointOf(inputs[i]!) ^ anchor) & 1;
    return strangers;
  };
}

/** The probabilities of K mod 255 where the noise moves a lattice point by K steps. */
const RESIDUES = residuesOf(255);

function residuesOf(modulus: number): Float64Array {
  const { largest, probabilities } = latticeLaw(thresholdsOf('gaussian', String(SIGMA * LEVELS)));
  const residues = new Float64Array(modulus);
  probabilities.forEach((probability, index) => {
    const residue = (((index - largest) % modulus) + modulus) % modulus;
    residues[residue]! += probability;
  });
  return residues;
}

/**
 * Returns the logarithm of how many times more likely the residues mod 255 of the lattice points are one level below the anchor than at
 * it: of all classifiers that see the residues alone, those by this score change their answer soonest.
 */
export function residueScore(anchor: number): Score {
  const ratios = Float64Array.from({ length: LEVELS }, (_, residue) => {
    const step = (residue - anchor + 2 * LEVELS) % LEVELS;
    return Math.log(RESIDUES[(step + 1) % LEVELS]! / RESIDUES[step]!);
  });
  return (inputs, start) => {
    let sum = 0;
    for (let i = start; i < start + DIMENSION; i++) {
      const residue = pointOf(inputs[i]!) % LEVELS;
      sum += ratios[residue < 0 ? residue + LEVELS : residue]!;
    }
    return sum;
  };
}

/** Returns a number that changes beyond recognition when any lattice point moves by a step. */
export function hashScore(anchor: number): Score {
  return (inputs, start) => {
    let mixed = 0;
    for (let i = start; i < start + DIMENSION; i++) mixed = hash(mixed, pointOf(inputs[i]!), anchor);
    return mixed;
  };
}
