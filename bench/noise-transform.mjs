// How far the float32 transform is from exact Box-Muller, and the exact moments of what it gives.
// usage: node bench/noise-transform.mjs [--every N]   (N odd, default 61; 1 is all words: minutes)
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import typescript from 'typescript';

// The reference is a support of the tests, so it is no part of dist/.
const reference = readFileSync(new URL('../test/support/noise-reference.ts', import.meta.url), 'utf8');
const { outputText } = typescript.transpileModule(reference, {
  compilerOptions: { module: 'ESNext', target: 'ES2023' },
});
const { direction, radius } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

const { values } = parseArgs({ options: { every: { type: 'string', default: '61' } } });
const every = Number(values.every);
const ends = 2 ** 20;

/** The chosen words of [0, size) in runs [begin, end, step): both ends one by one, every N-th between. */
function runs(size) {
  return [
    [0, ends, 1],
    [ends, size - ends, every],
    [size - ends, size, 1],
  ];
}

function measureRadius() {
  const m = { absolute: 0, relative: 0, largest: 0, smallest: Infinity, second: 0, fourth: 0 };
  for (const [begin, end, step] of runs(2 ** 32)) {
    let second = 0;
    let fourth = 0;
    for (let word = begin; word < end; word += step) {
      const log =
        word < 2 ** 31 ? Math.log((word + 0.5) * 2 ** -32) : Math.log1p(-(2 ** 32 - word - 0.5) * 2 ** -32);
      const exact = Math.sqrt(-2 * log);
      const r = radius(word);
      const error = Math.abs(r - exact);
      if (error > m.absolute) m.absolute = error;
      if (error > m.relative * exact) m.relative = error / exact;
      if (r > m.largest) m.largest = r;
      if (r < m.smallest) m.smallest = r;
      // What rounding adds to the moments of exact radii at the same words.
      const excess = r * r + 2 * log;
      second += excess;
      fourth += excess * (r * r - 2 * log);
    }
    m.second += second * step;
    m.fourth += fourth * step;
  }
  return m;
}

function measureDirection() {
  const m = { absolute: 0, largest: 0, second: 0, fourth: 0 };
  const quarter = 2 ** 30;
  for (const [begin, end, step] of runs(quarter)) {
    let second = 0;
    let fourth = 0;
    for (let word = begin; word < end; word += step) {
      const angle = (word < quarter / 2 ? word + 0.5 : word + 0.5 - quarter) * 2 ** -31 * Math.PI;
      const [cos, sin] = direction(word);
      const exactCos = Math.cos(angle);
      const exactSin = Math.sin(angle);
      const error = Math.max(Math.abs(cos - exactCos), Math.abs(sin - exactSin));
      if (error > m.absolute) m.absolute = error;
      if (cos > m.largest) m.largest = cos;
      const excessCos = cos * cos - exactCos * exactCos;
      const excessSin = sin * sin - exactSin * exactSin;
      second += excessCos + excessSin;
      fourth += excessCos * (cos * cos + exactCos * exactCos) + excessSin * (sin * sin + exactSin * exactSin);
    }
    m.second += second * step;
    m.fourth += fourth * step;
  }
  return m;
}

const r = measureRadius();
const d = measureDirection();
// Exact radii at the midpoints of 2^32 cells: E r² = 2 − ln 2/2^32 (Stirling), E r⁴ = 8 + 4(ζ″(0, ½) − ln 2·ln 2^32)/2^32.
const zeta = -(Math.LN2 ** 2) / 2 - Math.LN2 * Math.log(2 * Math.PI);
const midpointSecond = -Math.LN2 / 2 ** 32;
const midpointFourth = (4 * (zeta - Math.LN2 * 32 * Math.LN2)) / 2 ** 32;
const second = (r.second / 2 ** 32 + midpointSecond) / 2 + d.second / 2 ** 30;
const fourth = (r.fourth / 2 ** 32 + midpointFourth) / 8 + d.fourth / 2 ** 30 / 0.75;

console.log(`words looked at: ${every === 1 ? 'all' : `both ends, and one in ${every} between`}`);
console.log(
  `radius: largest error ${r.absolute.toExponential(3)}, relatively ${r.relative.toExponential(3)}`,
);
console.log(`radius: from ${r.smallest} to ${r.largest} (exact ${Math.sqrt(66 * Math.LN2)})`);
console.log(`cosine, sine: largest error ${d.absolute.toExponential(3)}`);
console.log(`largest |z| possible: ${Math.fround(r.largest * d.largest)}`);
console.log(`variance − 1: ${second.toExponential(2)}`);
console.log(`fourth moment / 3 − 1: ${fourth.toExponential(2)}`);
