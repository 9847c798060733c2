/** Bits of float32: 65536, from which on nothing but infinity and NaN is left, and 2^-14, float16's smallest normal number. */
const TOO_LARGE = 0x47800000;
const SMALLEST_NORMAL = 0x38800000;
const INFINITE = 0x7f800000;
/** Difference of the exponents' biases, in float32's place. */
const REBIAS = (127 - 15) << 23;
/** Float16's subnormal numbers are multiples of 2^-24. */
const PER_STEP = 2 ** 24;
/** Adding and taking away 2^52 rounds a float64 below it to an integer, ties to even (IEEE 754). */
const TO_INTEGER = 2 ** 52;

/**
 * Writes the nearest float16 of every value as its 16 bits, ties to even, rounded once: IEEE 754's conversion from binary32 to
 * binary16. From ±65520 on that is ±infinity; a NaN becomes the quiet NaN. `from` may be a view; `into` is at least as long.
 */
export function roundToFloat16(from: Float32Array, into: Uint16Array): void {
  const bits = new Uint32Array(from.buffer, from.byteOffset, from.length);
  for (let at = 0; at < from.length; at += 1) {
    const word = bits[at]!;
    const sign = (word >>> 16) & 0x8000;
    const size = word & 0x7fffffff;
    let half: number;
    if (size < SMALLEST_NORMAL) half = Math.abs(from[at]!) * PER_STEP + TO_INTEGER - TO_INTEGER;
    else if (size >= TOO_LARGE) half = size > INFINITE ? 0x7e00 : 0x7c00;
    else half = (size - REBIAS + 0xfff + ((size >>> 13) & 1)) >>> 13;
    into[at] = sign | half;
  }
}

/** Converts 16-bit words of float16 to their values; exact, since float32 holds each of them. */
export function widenFloat16(from: Uint16Array): Float32Array {
  return Float32Array.from(from, valueOf);
}

function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? (sign * fraction) / PER_STEP : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
