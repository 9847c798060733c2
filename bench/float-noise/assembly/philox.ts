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
 * Writes the output words of the counters (c0, c1, c2, c3) to (c0 + 4·groups − 1, c1, c2, c3) at `out`, 64 bytes a
 * group of four counters: the first words of the four, then the second, the third, the fourth.
 * One counter a lane, so that no word is moved between lanes afterwards.
 */
export function philox(c0: i32, c1: i32, c2: i32, c3: i32, groups: i32, out: usize): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  let block = i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3));
  for (const end = out + ((<usize>groups) << 6); out < end; out += 64) {
    let a = block;
    let b = i32x4.splat(c1);
    let c = i32x4.splat(c2);
    let d = i32x4.splat(c3);
    for (let r: usize = 0; r < KEYS_BYTES; r += 32) {
      const p0 = i64x2.extmul_low_i32x4_u(a, m0);
      const q0 = i64x2.extmul_high_i32x4_u(a, m0);
      const p1 = i64x2.extmul_low_i32x4_u(c, m1);
      const q1 = i64x2.extmul_high_i32x4_u(c, m1);
      const high0 = v128.shuffle<i32>(p0, q0, 1, 3, 5, 7);
      const high1 = v128.shuffle<i32>(p1, q1, 1, 3, 5, 7);
      a = v128.xor(v128.xor(high1, b), v128.load(roundKeys + r));
      c = v128.xor(v128.xor(high0, d), v128.load(roundKeys + r + 16));
      b = v128.shuffle<i32>(p1, q1, 0, 2, 4, 6);
      d = v128.shuffle<i32>(p0, q0, 0, 2, 4, 6);
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
    block = i32x4.add(block, i32x4.splat(4));
  }
}
