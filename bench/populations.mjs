// Populations of images for exact computations: of each image the failure probability of the class that it would be certified
// for, and whether that class is the right one.
import { countedPopulation } from '../dist/analysis/populations/counted-image.js';
import { readSource } from '../dist/cli/plan/read-source.js';

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

/** Returns the population that `smoothcert plan --from` reads: of a folder, or of a file in the form of Cohen et al.'s certify.py. */
export async function populationOf(from, { sigma = null, alphas = null, tableSamples = 100_000 } = {}) {
  const read = await readSource(from, { noise: 'gaussian', sigma, alphas, tableSamples });
  const { noise, alpha, counted } = read;
  const named = `${read.name}, σ = ${noise.scale}`;
  return { ...countedPopulation(named, noise, counted, tableSamples), alpha: alpha ?? 0.001 };
}
