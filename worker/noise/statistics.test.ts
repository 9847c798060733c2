/**
 * Tests that the drawn noise is standard normal, and independent where it must be. Every check below is a p-value
 * of the true distribution, and passes if it is above FALSE_ALARM. Seeds are fixed, so the outcome is too; with random
 * seeds the about 180 checks would fail in one run of about 5,000. Planted defects show what is caught.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { NoiseKernel } from './noise-kernel.js';

const DIMENSION = 1024;
const SAMPLES = 1024;
const DRAWS = DIMENSION * SAMPLES;
const SEED = 0x736d6f6f74686365n;
const FALSE_ALARM = 1e-6;
const HALF_LOG_2PI = Math.log(2 * Math.PI) / 2;

type PValues = Record<string, number>;

async function draw(seed: bigint, image: number, firstSample = 0, scale = 1): Promise<Float32Array> {
  const gain = new Float32Array(DIMENSION).fill(scale);
  const kernel = await NoiseKernel.create({ dimension: DIMENSION, batch: SAMPLES, seed, gain });
  kernel.draw(0, image, firstSample, SAMPLES);
  return kernel.input;
}

/** Φ(x): G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11 (4), 2004. */
function normalCdf(x: number): number {
  if (Math.abs(x) > 7) return x > 0 ? 1 : 0;
  let sum = x;
  let previous = 0;
  let term = x;
  for (let i = 3; sum !== previous; i += 2) {
    previous = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - HALF_LOG_2PI);
}

/** Two-sided p-value of `value` under N(mean, variance). */
function twoSided(value: number, mean: number, variance: number): number {
  return 2 * normalCdf(-Math.abs(value - mean) / Math.sqrt(variance));
}

/** Two-sided p-value of a count under Poisson(mean): twice the smaller tail. */
function poisson(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let k = 0; k < count; k++) {
    below += term;
    term *= mean / (k + 1);
  }
  return Math.min(1, 2 * Math.min(below + term, 1 - below));
}

/** Asymptotic p-value of the Kolmogorov–Smirnov distance to N(0, 1). */
function kolmogorov(values: Float32Array): number {
  const n = values.length;
  const sorted = values.slice().sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    const cdf = normalCdf(x);
    distance = Math.max(distance, cdf - i / n, (i + 1) / n - cdf);
  });
  let p = 0;
  for (let k = 1; k <= 100; k++) p += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * distance ** 2 * n);
  return Math.min(1, p);
}

/** p-values of the moments 1 to 4, of the tails and of the whole distribution. */
function distribution(values: Float32Array): PValues {
  const n = values.length;
  const sums = [0, 0, 0, 0];
  const beyond = [0, 0, 0];
  for (const z of values) {
    sums[0]! += z;
    sums[1]! += z ** 2;
    sums[2]! += z ** 3;
    sums[3]! += z ** 4;
    if (Math.abs(z) > 3) beyond[0]!++;
    if (Math.abs(z) > 4) beyond[1]!++;
    if (Math.abs(z) > 5) beyond[2]!++;
  }
  const tail = (bound: number): number => 2 * n * normalCdf(-bound);
  return {
    mean: twoSided(sums[0]!, 0, n),
    variance: twoSided(sums[1]!, n, 2 * n),
    skewness: twoSided(sums[2]!, 0, 15 * n),
    kurtosis: twoSided(sums[3]!, 3 * n, 96 * n),
    'beyond 3': twoSided(beyond[0]!, tail(3), tail(3)),
    'beyond 4': poisson(beyond[1]!, tail(4)),
    'beyond 5': poisson(beyond[2]!, tail(5)),
    'Kolmogorov–Smirnov': kolmogorov(values),
  };
}

/** p-values of the correlations of x[i] with y[i + lag], and of their squares. */
function correlation(name: string, x: Float32Array, y: Float32Array, lag = 0): PValues {
  let sum = 0;
  let sumOfSquares = 0;
  const pairs = x.length - lag;
  for (let i = 0; i < pairs; i++) {
    sum += x[i]! * y[i + lag]!;
    sumOfSquares += (x[i]! ** 2 - 1) * (y[i + lag]! ** 2 - 1);
  }
  return {
    [name]: twoSided(sum, 0, pairs),
    [`${name}, squared`]: twoSided(sumOfSquares, 0, 4 * pairs),
  };
}

function alarms(values: PValues): string[] {
  return Object.keys(values).filter((name) => !(values[name]! > FALSE_ALARM));
}

describe('2^20 draws', () => {
  let z: Float32Array;
  beforeAll(async () => {
    z = await draw(SEED, 0);
  });

  it('are distributed as N(0, 1)', () => {
    expect(alarms(distribution(z))).toEqual([]);
  });

  it.each([7, 2 ** 32 - 1])('are so for image %d, another seed and far samples too', async (image) => {
    expect(alarms(distribution(await draw(1n, image, 2 ** 40)))).toEqual([]);
  });

  it('are uncorrelated along the elements of a sample', () => {
    for (const lag of [1, 2, 3, 4, 8, 12, 16, 64]) {
      expect(alarms(correlation(`lag ${lag}`, z, z, lag))).toEqual([]);
    }
  });

  it('are uncorrelated from sample to sample, image to image and seed to seed', async () => {
    const others = {
      'next sample': z.subarray(DIMENSION),
      'sample 2^32 away': await draw(SEED, 0, 2 ** 32),
      'next image': await draw(SEED, 1),
      'image 2^31 away': await draw(SEED, 2 ** 31),
      'next seed': await draw(SEED + 1n, 0),
      'seed 2^32 away': await draw(SEED + 2n ** 32n, 0),
    };
    for (const [name, other] of Object.entries(others)) {
      expect(alarms(correlation(name, z.subarray(0, other.length), other))).toEqual([]);
    }
  });

  it('are distributed so at each of the 16 places of a group', () => {
    for (let place = 0; place < 16; place++) {
      expect(alarms(distribution(z.filter((_, i) => i % 16 === place)))).toEqual([]);
    }
  });
});

describe('planted defects are caught', () => {
  it('σ off by 0.5 %', async () => {
    expect(alarms(distribution(await draw(SEED, 0, 0, 1.005)))).toContain('variance');
    expect(alarms(distribution(await draw(SEED, 0, 0, 0.995)))).toContain('variance');
  });

  it('the image left out of the counter', async () => {
    const first = await draw(SEED, 0);
    expect(alarms(correlation('next image', first, await draw(SEED, 0)))).toContain('next image');
  });

  it('the noise of a sample used again for the next', async () => {
    const z = await draw(SEED, 0);
    for (let s = 0; s < SAMPLES; s += 2)
      z.copyWithin((s + 1) * DIMENSION, s * DIMENSION, (s + 1) * DIMENSION);
    expect(alarms(correlation('next sample', z, z, DIMENSION))).toContain('next sample');
  });

  it('cosine and sine of one pair scaled by radii that are shared but wrong', async () => {
    const z = await draw(SEED, 0);
    const radiusOnly = z.map((value, i) =>
      Math.floor(i / 4) % 2 === 0 ? value : Math.sign(value) * Math.abs(z[i - 4]!),
    );
    expect(alarms(correlation('lag 4', radiusOnly, radiusOnly, 4))).toContain('lag 4, squared');
  });

  it('a sum of twelve uniform numbers instead of a normal', async () => {
    const z = await draw(SEED, 0);
    const sums = Float32Array.from({ length: DRAWS }, (_, i) => {
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += normalCdf(z[(i * 12 + k) % DRAWS]!);
      return sum;
    });
    expect(alarms(distribution(sums))).toContain('kurtosis');
  });

  it('tails cut at 4', async () => {
    const z = await draw(SEED, 0);
    const cut = z.map((value) => Math.max(-4, Math.min(4, value)));
    expect(alarms(distribution(cut))).toEqual(['beyond 4']);
  });
});
