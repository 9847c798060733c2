// Time to draw noisy inputs, one core: noise on the lattice at several ratios of scale and step, and the float noise of
// 0.1.0. All take turns in slices of a fraction of a millisecond, so that a busy machine slows them alike.
// usage, in the root: npm run build && node bench/noise-speed.mjs
import { NoiseKernel } from '../dist/worker/noise/noise-kernel.js';
import { floatNoise } from './float-noise/float-noise.mjs';

const TURNS = 121;
const WARM_UP = 20;

async function latticeNoise(dimension, batch, kind, ratio) {
  const gain = new Float32Array(dimension).fill(1 / 255);
  const shift = new Float32Array(dimension).fill(-0.5);
  const kernel = await NoiseKernel.create({ dimension, batch, seed: 1n, kind, ratio, gain, shift });
  kernel.setImage(new Int32Array(dimension).fill(100));
  return (firstSample) => kernel.draw(0, 0, firstSample, batch);
}

/** Prints the least and the median time of each, in ns an element. */
function race(dimension, batch, runners) {
  const times = runners.map(() => []);
  for (let turn = -WARM_UP; turn < TURNS; turn++) {
    runners.forEach(([, draw], i) => {
      const began = process.hrtime.bigint();
      draw((turn + WARM_UP) * batch);
      const spent = Number(process.hrtime.bigint() - began) / (dimension * batch);
      if (turn >= 0) times[i].push(spent);
    });
  }
  runners.forEach(([name], i) => {
    const sorted = times[i].sort((a, b) => a - b);
    const [least, median] = [sorted[0], sorted[TURNS >> 1]];
    const perSecond = Math.round(1e9 / (median * dimension)).toLocaleString('en');
    console.log(
      `${String(dimension).padEnd(10)}${String(batch).padStart(6)}  ${name.padEnd(18)}` +
        `${least.toFixed(2).padStart(8)}${median.toFixed(2).padStart(9)}${perSecond.padStart(12)}`,
    );
  });
}

console.log('ns an element, image, gain and shift included');
console.log('elements   batch  noise                best   median   samples/s');
for (const [dimension, batch, laws] of [
  [
    3072,
    32,
    [
      ['gaussian', '32'],
      ['gaussian', '63.75'],
      ['gaussian', '255'],
      ['gaussian', '1020'],
      ['laplace', '63.75'],
      ['uniform', '63.75'],
    ],
  ],
  [64, 1024, [['gaussian', '63.75']]],
  [784, 128, [['gaussian', '63.75']]],
  [150_528, 1, [['gaussian', '63.75']]],
]) {
  const runners = [['float', await floatNoise(dimension, batch)]];
  for (const [kind, ratio] of laws) {
    runners.push([`${kind} ${ratio}`, await latticeNoise(dimension, batch, kind, ratio)]);
  }
  race(dimension, batch, runners);
}
