// Time to add noise to an image: the WebAssembly kernel beside the same algorithm in plain JavaScript, one core, in
// turns in one run.
// usage: npm run build && node bench/noise-speed.mjs
import { NoiseKernel } from '../dist/worker/noise/noise-kernel.js';

/** Low and high half of the product of two unsigned 32-bit numbers, the high one, without BigInt. */
function multiplyHigh(a, b) {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carried / 65536);
}

/** Does the same without WebAssembly: Philox4x32-10 on Math.imul, Box-Muller on Math.log, cos and sin. */
function plain(base, gain, out, begin, size, image, sample, key0, key1) {
  for (let j = 0; j < size; j += 4) {
    let c0 = j >> 2;
    let c1 = sample;
    let c2 = image;
    let c3 = 0;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(c0, 0xd2511f53);
      const high1 = multiplyHigh(c2, 0xcd9e8d57);
      const low0 = Math.imul(c0, 0xd2511f53) >>> 0;
      const low1 = Math.imul(c2, 0xcd9e8d57) >>> 0;
      c0 = (high1 ^ c1 ^ k0) >>> 0;
      c1 = low1;
      c2 = (high0 ^ c3 ^ k1) >>> 0;
      c3 = low0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    const r0 = Math.sqrt(-2 * Math.log((c0 + 0.5) * 2 ** -32));
    const r1 = Math.sqrt(-2 * Math.log((c2 + 0.5) * 2 ** -32));
    const a0 = c1 * (Math.PI * 2 ** -31);
    const a1 = c3 * (Math.PI * 2 ** -31);
    out[begin + j] = base[j] + gain[j] * r0 * Math.cos(a0);
    out[begin + j + 1] = base[j + 1] + gain[j + 1] * r0 * Math.sin(a0);
    out[begin + j + 2] = base[j + 2] + gain[j + 2] * r1 * Math.cos(a1);
    out[begin + j + 3] = base[j + 3] + gain[j + 3] * r1 * Math.sin(a1);
  }
}

function nanoseconds(work, normals) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / normals;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const cell = (value) => value.toFixed(2).padStart(12);

console.log('ns a normal, image and gain included: median (best) of 15 turns of 4 million normals');
console.log(
  'elements     batch   WebAssembly        (best)  JavaScript      (best)    quicker   samples/s (WebAssembly)',
);
for (const [dimension, batch] of [
  [64, 256],
  [784, 256],
  [3072, 256],
  [150_528, 32],
]) {
  const gain = new Float32Array(dimension).fill(0.5);
  const base = new Float32Array(dimension).fill(0.25);
  const kernel = await NoiseKernel.create({ dimension, batch, seed: 1n, gain });
  kernel.setImage(base);
  const output = new Float32Array(dimension * batch);
  const batches = Math.max(1, Math.round(4e6 / (dimension * batch)));
  const normals = batches * batch * dimension;
  const fast = () => {
    for (let i = 0; i < batches; i++) kernel.draw(0, 0, i * batch, batch);
  };
  const slow = () => {
    for (let i = 0; i < batches; i++) {
      for (let r = 0; r < batch; r++)
        plain(base, gain, output, r * dimension, dimension, 0, i * batch + r, 1, 0);
    }
  };
  const times = { fast: [], slow: [] };
  for (let turn = -3; turn < 15; turn++) {
    const quick = nanoseconds(fast, normals);
    const plainly = nanoseconds(slow, normals);
    if (turn < 0) continue; // both are compiled in the first turns
    times.fast.push(quick);
    times.slow.push(plainly);
  }
  const [a, b] = [median(times.fast), median(times.slow)];
  console.log(
    `${String(dimension).padEnd(10)}${String(batch).padStart(8)}${cell(a)}  ${cell(times.fast[0])}${cell(b)}${cell(times.slow[0])}` +
      `${(b / a).toFixed(1).padStart(10)}x${Math.round(1e9 / (a * dimension))
        .toLocaleString('en')
        .padStart(24)}`,
  );
}
