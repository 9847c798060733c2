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

const f32 = Math.fround;
const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);

function bitsOf(x: number): number {
  asFloat[0] = x;
  return asBits[0]!;
}

function floatOf(bits: number): number {
  asBits[0] = bits;
  return asFloat[0]!;
}

/** x·y + z in float32, rounded twice. */
function mulAdd(x: number, y: number, z: number): number {
  return f32(f32(x * y) + z);
}

/** sqrt(−2 ln u) of u = (word + ½)/2^32, in float32. */
export function radius(word: number): number {
  const isUpper = word >= 2 ** 31;
  const t = isUpper ? 0xffffffff - word : word;
  const v = f32(f32(f32(t) + 0.5) * 2 ** -32);
  // u is v or 1 − v; it is 2^e·(1 + y) with 1 + y in [√½, √2].
  let e: number;
  let y: number;
  if (isUpper) {
    e = v > f32(0.29289321881345254) ? -1 : 0;
    y = e === 0 ? -v : 1 - 2 * v;
  } else {
    e = (bitsOf(v) - 0x3f3504f3) >> 23;
    y = floatOf(bitsOf(v) - (e << 23)) - 1;
  }
  return f32(Math.sqrt(mulAdd(e, f32(-2 * Math.LN2), minusTwoLog1p(y))));
}

/** −2 log1p(y) for 1 + y in [√½, √2]: FreeBSD's e_logf.c. */
function minusTwoLog1p(y: number): number {
  const s = f32(y / f32(y + 2));
  const s2 = f32(s * s);
  let r = mulAdd(f32(2 * 0.24279078841), s2, f32(2 * 0.28498786688));
  r = mulAdd(r, s2, f32(2 * 0.40000972152));
  r = mulAdd(r, s2, f32(2 * 0.66666662693));
  r = f32(r * s2);
  const y2 = f32(y * y);
  return f32(f32(y2 - f32(s * f32(y2 + r))) - 2 * y);
}

/** Cosine and sine, in float32, of one of 2^32 equally spaced angles (k + ½)·2π/2^32, each named by one word. */
export function direction(word: number): readonly [number, number] {
  const x = f32(f32((word << 2) | 2) * f32(Math.PI * 2 ** -33));
  const x2 = f32(x * x);
  let sin = mulAdd(f32(-1.9515295891e-4), x2, f32(8.3321608736e-3));
  sin = mulAdd(sin, x2, f32(-1.6666654611e-1));
  sin = mulAdd(f32(sin * x2), x, x);
  let cos = mulAdd(f32(2.443315711809948e-5), x2, f32(-1.388731625493765e-3));
  cos = mulAdd(cos, x2, f32(4.166664568298827e-2));
  cos = f32(f32(1 - f32(x2 * 0.5)) + f32(cos * f32(x2 * x2)));
  const mirrored = word >= 2 ** 31 ? -cos : cos;
  return (word & (2 ** 30)) === 0 ? [mirrored, sin] : [sin, mirrored];
}

/**
 * z(seed, image, sample, element): the standard normal that `NoiseKernel.draw` multiplies by the gain.
 * A group of 16 elements takes four counters: elements 0–3 the cosine and 4–7 the sine of the first two words of
 * counters 0–3, elements 8–11 and 12–15 those of the last two words.
 */
export function normal(seed: bigint, image: number, sample: number, element: number): number {
  const block = Math.floor(element / 16) * 4 + (element % 4);
  const words = philox4x32(
    [block, sample % 2 ** 32, image, Math.floor(sample / 2 ** 32)],
    [low(seed), high(seed)],
  );
  const place = Math.floor((element % 16) / 4);
  const [radiusWord, angleWord] = place < 2 ? [words[0], words[1]] : [words[2], words[3]];
  return f32(radius(radiusWord) * direction(angleWord)[place % 2 === 0 ? 0 : 1]);
}
