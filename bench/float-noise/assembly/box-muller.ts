// Box-Muller in float32: G. Box, M. Muller, Annals of Mathematical Statistics 29, 1958. log: the reduction and the
// polynomial of FreeBSD's e_logf.c. sin and cos: the polynomials of S. Moshier's Cephes (sinf.c). Only +, −, ×, ÷,
// sqrt, conversions and bit operations, each rounded as IEEE 754 says, so that every engine gives the same bits;
// test/support/noise-reference.ts is the same arithmetic, operation by operation.

// Constants are kept in memory and loaded into all lanes where they are used: engines rebuild a literal vector from
// integer registers in every pass of the loop (measured: this transform takes 1.7 instead of 2.1 ns a normal).
const ONE: usize = memory.data<f32>([1]);
const TWO: usize = memory.data<f32>([2]);
const HALF: usize = memory.data<f32>([0.5]);
const TWO_TO_MINUS_32: usize = memory.data<f32>([2.3283064365386962890625e-10]);
const ONE_MINUS_SQRT_HALF: usize = memory.data<f32>([0.29289321881345254]);
const MINUS_TWO_LN2: usize = memory.data<f32>([-1.3862943611198906]);
const L1: usize = memory.data<f32>([2 * 0.66666662693]);
const L2: usize = memory.data<f32>([2 * 0.40000972152]);
const L3: usize = memory.data<f32>([2 * 0.28498786688]);
const L4: usize = memory.data<f32>([2 * 0.24279078841]);
const QUARTER_TURN: usize = memory.data<f32>([3.6572951981829516e-10]);
const S1: usize = memory.data<f32>([-1.6666654611e-1]);
const S2: usize = memory.data<f32>([8.3321608736e-3]);
const S3: usize = memory.data<f32>([-1.9515295891e-4]);
const C1: usize = memory.data<f32>([4.166664568298827e-2]);
const C2: usize = memory.data<f32>([-1.388731625493765e-3]);
const C3: usize = memory.data<f32>([2.443315711809948e-5]);
const SQRT_HALF_BITS: usize = memory.data<i32>([0x3f3504f3]);
const CENTRE: usize = memory.data<i32>([2]);
const SIGN: usize = memory.data<i32>([0x80000000]);

function k(constant: usize): v128 {
  return v128.load32_splat(constant);
}

/** x·y + z, rounded twice. */
function mulAdd(x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.mul(x, y), z);
}

/**
 * sqrt(−2 ln u), u = (w + ½)/2^32. With t the distance of w to the nearer end of the words and v = (t + ½)/2^32,
 * u is v or 1 − v, so that all bits that matter survive the rounding to float32 at both ends. Then u = 2^e·(1 + y)
 * with 1 + y in [√½, √2], and ln u = e·ln 2 + log1p(y).
 */
function radius(w: v128): v128 {
  const upper = i32x4.shr_s(w, 31);
  const t = v128.xor(w, upper);
  const v = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(t), k(HALF)), k(TWO_TO_MINUS_32));

  const eLower = i32x4.shr_s(i32x4.sub(v, k(SQRT_HALF_BITS)), 23);
  const yLower = f32x4.sub(i32x4.sub(v, i32x4.shl(eLower, 23)), k(ONE));
  // 1 − v below √½ is doubled: e = −1 (the mask read as an integer), y = 1 − 2v; else e = 0, y = −v. Both exact.
  const eUpper = f32x4.gt(v, k(ONE_MINUS_SQRT_HALF));
  const yUpper = f32x4.sub(v128.and(eUpper, k(ONE)), f32x4.add(v, v128.and(eUpper, v)));
  const y = v128.bitselect(yUpper, yLower, upper);
  const e = f32x4.convert_i32x4_s(v128.bitselect(eUpper, eLower, upper));

  const s = f32x4.div(y, f32x4.add(y, k(TWO)));
  const s2 = f32x4.mul(s, s);
  const r = f32x4.mul(mulAdd(mulAdd(mulAdd(k(L4), s2, k(L3)), s2, k(L2)), s2, k(L1)), s2);
  const y2 = f32x4.mul(y, y);
  // −2 log1p(y) = y² − s·(y² + r) − 2y
  const log = f32x4.sub(f32x4.sub(y2, f32x4.mul(s, f32x4.add(y2, r))), f32x4.add(y, y));
  return f32x4.sqrt(mulAdd(e, k(MINUS_TWO_LN2), log));
}

/**
 * Turns words into normals and adds them: out[j] = base[j] + gain[j]·z[j] for the 16·groups elements of `groups`
 * groups of 64 bytes of words, as `philox` lays them out. Of a group of 16 elements, 0–3 and 4–7 are the two
 * normals of the first and second words of its four counters, 8–11 and 12–15 those of the third and fourth.
 */
export function addNormals(words: usize, groups: i32, base: usize, gain: usize, out: usize): void {
  for (const end = words + ((<usize>groups) << 6); words < end; words += 32) {
    const r = radius(v128.load(words));
    // Bits 0–29 choose an angle x in (−π/4, π/4), bit 30 swaps x-axis and y-axis, bit 31 mirrors: together one of
    // 2^32 equally spaced angles of the circle.
    const w = v128.load(words, 16);
    const x = f32x4.mul(f32x4.convert_i32x4_s(v128.or(i32x4.shl(w, 2), k(CENTRE))), k(QUARTER_TURN));
    const x2 = f32x4.mul(x, x);
    const sin = mulAdd(f32x4.mul(mulAdd(mulAdd(k(S3), x2, k(S2)), x2, k(S1)), x2), x, x);
    const cosTail = f32x4.mul(mulAdd(mulAdd(k(C3), x2, k(C2)), x2, k(C1)), f32x4.mul(x2, x2));
    const cos = f32x4.add(f32x4.sub(k(ONE), f32x4.mul(x2, k(HALF))), cosTail);
    const mirrored = v128.xor(cos, v128.and(w, k(SIGN)));
    const swap = v128.and(v128.xor(mirrored, sin), i32x4.shr_s(i32x4.shl(w, 1), 31));
    const z0 = f32x4.mul(r, v128.xor(mirrored, swap));
    const z1 = f32x4.mul(r, v128.xor(sin, swap));
    v128.store(out, mulAdd(v128.load(gain), z0, v128.load(base)));
    v128.store(out, mulAdd(v128.load(gain, 16), z1, v128.load(base, 16)), 16);
    base += 32;
    gain += 32;
    out += 32;
  }
}
