// Populations of images for exact computations: of each image the failure probability of the class that it would be certified
// for, and whether that class is the right one.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { clopperPearsonDelta } from '../dist/statistics/bounds/clopper-pearson.js';
import { NOISES } from '../dist/statistics/noises/noises.js';

/** Images spread evenly over ranges of p. The first is 60 % in [.99, 1], 20 % in [.8, .99], 15 % in [.5, .8], 5 % below. */
const SYNTHETIC = {
  mixed: [
    [120, 0.99, 1],
    [40, 0.8, 0.99],
    [30, 0.5, 0.8],
    [10, 0.3, 0.5],
  ],
  'near 1': [
    [80, 0.999, 1],
    [40, 0.99, 0.999],
  ],
  spread: [[160, 0.4, 1]],
};

/** Returns the synthetic populations: name, noise of scale 1, images { delta, right }. */
export function syntheticPopulations() {
  return Object.entries(SYNTHETIC).map(([name, ranges]) => ({
    name,
    alpha: 0.001,
    noise: { kind: 'gaussian', scale: 1 },
    images: ranges.flatMap(([count, low, high]) =>
      Array.from({ length: count }, (_, i) => {
        const p = low + ((i + 0.5) / count) * (high - low);
        return { delta: 1 - p, right: p >= 0.5 };
      }),
    ),
  }));
}

/** Returns the population of the output folder of `fixed`: of each image the share of failures that was counted. */
export function populationOfFolder(folder) {
  const read = (file) => readFileSync(path.join(folder, file), 'utf8');
  const { job, model } = JSON.parse(read('job.json'));
  const rows = read('results.jsonl').trim().split('\n').map(JSON.parse);
  const { noise } = job.draw;
  return {
    name: `${path.basename(model)}, σ = ${noise.scale}`,
    alpha: job.claim.alpha,
    noise: { kind: noise.kind, scale: noise.scale },
    images: rows.map(({ class: certified, correct, counts }) => {
      const total = counts.votes.reduce((a, b) => a + b, counts.invalid);
      const votes = counts.classes.includes(certified)
        ? counts.votes[counts.classes.indexOf(certified)]
        : Math.max(0, ...counts.votes);
      return { delta: 1 - votes / total, right: correct !== false && votes > total / 2 };
    }),
  };
}

/**
 * Returns the population of a file in the form of Cohen et al.'s certify.py: of each image the failures whose radius is nearest to the
 * printed one; of one that abstained p between .3 and .5, evenly.
 */
export function populationOfTable(file, { alpha, sigma, samples }) {
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const cells = rows.map((row) => row.split('\t'));
  const abstained = cells.filter(([, , predict]) => predict === '-1').length;
  let seen = 0;
  return {
    name: `${path.basename(file)}, σ = ${sigma}`,
    alpha: 0.001,
    noise: { kind: 'gaussian', scale: sigma },
    images: cells.map(([, , predict, radius, correct]) => {
      if (predict === '-1') return { delta: 0.5 + (0.2 * (seen++ + 0.5)) / abstained, right: false };
      const failures = failuresOf(Number(radius) / sigma, samples, alpha);
      return { delta: failures / samples, right: correct === '1' };
    }),
  };
}

/** Returns how many failures of n give the radius that is nearest to z, by bisection: the radius falls with them. */
function failuresOf(z, n, alpha) {
  const radius = (failures) => NOISES.gaussian.radiusOf(clopperPearsonDelta(failures, n, alpha));
  let low = 0;
  let high = Math.floor(n / 2);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (radius(middle) >= z) low = middle;
    else high = middle;
  }
  return radius(low) - z < z - radius(high) ? low : high;
}
