import type { NoiseKind } from '../../shared/job.js';

/**
 * The noise of one element of one sample, written to be read. Slow; the WebAssembly module in `worker/noise/assembly/` must give
 * the same bits, and tests compare the two. The comments of `worker/noise/noise-kernel.ts` state the guarantees.
 */

export type Words = readonly [number, number, number, number];

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): four unsigned
 * 32-bit words from a counter of four and a key of two.
 */
export function philox4x32(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const product0 = BigInt(c0) * 0xd2511f53n;
    const product1 = BigInt(c2) * 0xcd9e8d57n;
    c0 = (high(product1) ^ c1 ^ k0) >>> 0;
    c1 = low(product1);
    c2 = (high(product0) ^ c3 ^ k1) >>> 0;
    c3 = low(product0);
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

function high(product: bigint): number {
  return Number(product >> 32n);
}

function low(product: bigint): number {
  return Number(product & 0xffffffffn);
}

/** The tags of the noises; the further bits of each have the next one. */
const TAGS: Readonly<Record<NoiseKind, number>> = { gaussian: 0, laplace: 2, uniform: 4 };

/** Names one element of one sample. */
export interface Place {
  readonly kind: NoiseKind;
  readonly seed: bigint;
  readonly image: number;
  readonly sample: number;
  readonly element: number;
}

/** Returns the four words of one counter of a sample. */
function wordsOf({ seed, image, sample }: Place, block: number, tag: number): Words {
  const lastWord = Math.floor(sample / 2 ** 32) + tag * 2 ** 24;
  return philox4x32([block, sample % 2 ** 32, image, lastWord], [low(seed), high(seed)]);
}

/** Returns the first 16 bits of an element. A group of 32 elements takes four blocks: eight elements the word j of each. */
export function firstBits(place: Place): bigint {
  const { element, kind } = place;
  const group = Math.floor(element / 32);
  const within = element % 32;
  const j = Math.floor(within / 8);
  const c = Math.floor((within % 8) / 2);
  const word = BigInt(wordsOf(place, 4 * group + c, TAGS[kind])[j]!);
  return within % 2 === 0 ? word & 0xffffn : word >> 16n;
}

/** Returns the 48 bits that follow, of a block that no other element uses. */
export function furtherBits(place: Place): bigint {
  const [word0, word1] = wordsOf(place, place.element, TAGS[place.kind] + 1);
  return ((BigInt(word1) & 0xffffn) << 32n) | BigInt(word0);
}

/**
 * Returns K, the number of steps that the noise moves an element: the least k with U < T_k, or M if there is none.
 * @param values T_k at index k + M, for k = −M … M − 1
 */
export function stepsOf(place: Place, values: readonly bigint[]): number {
  const u = (firstBits(place) << 48n) | furtherBits(place);
  const index = values.findIndex((threshold) => u < threshold);
  return (index < 0 ? values.length : index) - values.length / 2;
}

const f32 = Math.fround;

/** Returns the element that the model sees: converted to float32, multiplied, added, rounded after each. */
export function elementOf(point: number, steps: number, gain: number, shift: number): number {
  return f32(f32(f32(point + steps) * gain) + shift);
}
