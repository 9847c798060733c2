// Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

const M0: i32 = 0xd2511f53;
const M1: i32 = 0xcd9e8d57;
const W0: i32 = 0x9e3779b9;
const W1: i32 = 0xbb67ae85;
const KEYS_BYTES: usize = 10 * 32;

/** The ten round keys of the last `setKey`, each word in all four lanes: k0 and k1 of round 0, of round 1, … */
const roundKeys: usize = memory.data(10 * 32, 16);

/** Sets the 64-bit key k1·2^32 + k0. */
export function setKey(k0: i32, k1: i32): void {
  for (let r: usize = 0; r < KEYS_BYTES; r += 32) {
    v128.store(roundKeys + r, i32x4.splat(k0));
    v128.store(roundKeys + r + 16, i32x4.splat(k1));
    k0 += W0;
    k1 += W1;
  }
}

/**
 * Writes the output words of the counters (c0, c1, c2, c3) to (c0 + 8·pairs − 1, c1, c2, c3) at `out`, 64 bytes for each
 * group of four counters: the first words of the four, then the second, the third, the fourth.
 */
export function philox(c0: i32, c1: i32, c2: i32, c3: i32, pairs: i32, out: usize): void {
  const first = i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3));
  write(first, i32x4.add(first, i32x4.splat(4)), c1, c2, c3, out, out + ((<usize>pairs) << 7));
}

/** Writes the words of the counters (c0, c1, c2, c3) at `out`, as `philox` does, for the eight c0 at `first`. */
export function philoxOf(first: usize, c1: i32, c2: i32, c3: i32, out: usize): void {
  write(v128.load(first), v128.load(first, 16), c1, c2, c3, out, out + 128);
}

/**
 * Writes the words of two groups, and of those whose first words are larger by 8, until `end`. One counter a lane, so that
 * no word is moved between lanes afterwards; two groups in turns, so that neither waits for its own products (measured:
 * 0.86 instead of 1.11 ns for 16 bits).
 */
function write(c0: v128, next: v128, c1: i32, c2: i32, c3: i32, out: usize, end: usize): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  for (; out < end; out += 128) {
    let a = c0;
    let b = i32x4.splat(c1);
    let c = i32x4.splat(c2);
    let d = i32x4.splat(c3);
    let e = next;
    let f = b;
    let g = c;
    let h = d;
    for (let r: usize = 0; r < KEYS_BYTES; r += 32) {
      const p0 = i64x2.extmul_low_i32x4_u(a, m0);
      const q0 = i64x2.extmul_high_i32x4_u(a, m0);
      const p1 = i64x2.extmul_low_i32x4_u(c, m1);
      const q1 = i64x2.extmul_high_i32x4_u(c, m1);
      a = v128.xor(v128.xor(high(p1, q1), b), v128.load(roundKeys + r));
      c = v128.xor(v128.xor(high(p0, q0), d), v128.load(roundKeys + r + 16));
      b = low(p1, q1);
      d = low(p0, q0);
      const p2 = i64x2.extmul_low_i32x4_u(e, m0);
      const q2 = i64x2.extmul_high_i32x4_u(e, m0);
      const p3 = i64x2.extmul_low_i32x4_u(g, m1);
      const q3 = i64x2.extmul_high_i32x4_u(g, m1);
      e = v128.xor(v128.xor(high(p3, q3), f), v128.load(roundKeys + r));
      g = v128.xor(v128.xor(high(p2, q2), h), v128.load(roundKeys + r + 16));
      f = low(p3, q3);
      h = low(p2, q2);
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
    v128.store(out, e, 64);
    v128.store(out, f, 80);
    v128.store(out, g, 96);
    v128.store(out, h, 112);
    c0 = i32x4.add(c0, i32x4.splat(8));
    next = i32x4.add(next, i32x4.splat(8));
  }
}

/** Returns the upper halves of four products of 64 bits. */
function high(p: v128, q: v128): v128 {
  return v128.shuffle<i32>(p, q, 1, 3, 5, 7);
}

/** Returns the lower halves of four products of 64 bits. */
function low(p: v128, q: v128): v128 {
  return v128.shuffle<i32>(p, q, 0, 2, 4, 6);
}
