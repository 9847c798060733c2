/**
 * Tests that the drawn noise has its law, and is independent where it must be. Every check below is a p-value
 * of the true law, and passes if it is above FALSE_ALARM. Seeds are fixed, so the outcome is too; with random
 * seeds the about 300 checks would fail in one run of about 3,000. Planted defects show what is caught.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { NOISE_KINDS, type NoiseKind } from '../../shared/job.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { chiSquare, latticeLaw, poisson, twoSided, type LatticeLaw } from '../../test/support/lattice-law.js';
import { NoiseKernel } from './noise-kernel.js';

const DIMENSION = 1024;
const SAMPLES = 1024;
const SEED = 0x736d6f6f74686365n;
const FALSE_ALARM = 1e-6;
const RATIOS = ['32', '63.75', '255'] as const;
const GAUSSIAN = latticeLaw(thresholdsOf('gaussian', '63.75'));

type PValues = Record<string, number>;

/** Where samples are drawn; by default the first 1,024 of image 0, Gaussian noise at 63.75. */
interface From {
  readonly kind?: NoiseKind;
  readonly ratio?: string;
  readonly seed?: bigint;
  readonly image?: number;
  readonly sample?: number;
}

/** Draws 2^20 steps K. */
async function draw(from: From = {}): Promise<Int32Array> {
  const { kind = 'gaussian', ratio = '63.75', seed = SEED, image = 0, sample = 0 } = from;
  const gain = new Float32Array(DIMENSION).fill(1);
  const shift = new Float32Array(DIMENSION);
  const kernel = await NoiseKernel.create({
    dimension: DIMENSION,
    batch: SAMPLES,
    seed,
    kind,
    ratio,
    gain,
    shift,
  });
  kernel.draw(0, image, sample, SAMPLES);
  return Int32Array.from(kernel.input);
}

/** p-values of the moments 1 to 4, of the tails and of all cells. */
function distribution(steps: Int32Array, { largest, probabilities, moments }: LatticeLaw): PValues {
  const n = steps.length;
  const counts = new Float64Array(probabilities.length);
  const sums = [0, 0, 0, 0, 0];
  for (const k of steps) {
    counts[k + largest]! += 1;
    for (let power = 1; power <= 4; power++) sums[power]! += k ** power;
  }
  const moment = (power: number): number => {
    const variance = moments[2 * power]! - moments[power]! ** 2;
    return twoSided(sums[power]!, n * moments[power]!, n * variance);
  };
  return {
    mean: moment(1),
    variance: moment(2),
    'third moment': moment(3),
    'fourth moment': moment(4),
    'beyond 1 in 3e3': tail(counts, probabilities, 3e-4),
    'beyond 1 in 2e4': tail(counts, probabilities, 6.3e-5),
    'beyond 1 in 3e5': tail(counts, probabilities, 3e-6),
    cells: chiSquare(
      counts,
      probabilities.map((probability) => n * probability),
    ),
  };
}

/** p-value of the number of steps in the two outermost ranges that have at most the probability `share` together. */
function tail(counts: Float64Array, probabilities: Float64Array, share: number): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  let count = 0;
  let expected = 0;
  for (let low = 0, high = counts.length - 1; low < high; low++, high--) {
    const more = n * (probabilities[low]! + probabilities[high]!);
    if (expected + more > n * share) break;
    expected += more;
    count += counts[low]! + counts[high]!;
  }
  return poisson(count, expected);
}

/** p-values of the correlations of x[i] with y[i + lag] and of their squares, and of a table of 12 by 12 classes of them. */
function dependence(name: string, x: Int32Array, y: Int32Array, law: LatticeLaw, lag = 0): PValues {
  const { classOf, shares } = classesOf(law);
  const [, , variance, , fourth] = law.moments as [number, number, number, number, number];
  const pairs = x.length - lag;
  const table = new Float64Array(shares.length ** 2);
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < pairs; i++) {
    const a = x[i]!;
    const b = y[i + lag]!;
    sum += a * b;
    sumOfSquares += (a * a - variance) * (b * b - variance);
    table[classOf[a + law.largest]! * shares.length + classOf[b + law.largest]!]! += 1;
  }
  const expected = shares.flatMap((one) => shares.map((other) => pairs * one * other));
  return {
    [name]: twoSided(sum, 0, pairs * variance ** 2),
    [`${name}, squared`]: twoSided(sumOfSquares, 0, pairs * (fourth - variance ** 2) ** 2),
    [`${name}, classes`]: chiSquare(table, expected),
  };
}

/** Divides the steps into about 12 classes of about the same probability. */
function classesOf({ probabilities }: LatticeLaw): {
  readonly classOf: Uint8Array;
  readonly shares: readonly number[];
} {
  const shares: number[] = [];
  let below = 0;
  const classOf = Uint8Array.from(probabilities, (probability) => {
    const at = Math.min(11, Math.floor(12 * (below + probability / 2)));
    below += probability;
    shares[at] = (shares[at] ?? 0) + probability;
    return at;
  });
  return { classOf, shares };
}

function alarms(values: PValues): string[] {
  return Object.keys(values).filter((name) => !(values[name]! > FALSE_ALARM));
}

describe.each(NOISE_KINDS.flatMap((kind) => RATIOS.map((ratio) => [kind, ratio] as const)))(
  '2^20 draws of %s noise at %s',
  (kind, ratio) => {
    const law = latticeLaw(thresholdsOf(kind, ratio));
    let steps: Int32Array;
    beforeAll(async () => {
      steps = await draw({ kind, ratio });
    });

    it('have the exact law', () => {
      expect(alarms(distribution(steps, law))).toEqual([]);
    });

    it('are independent along the elements of a sample', () => {
      for (const lag of [1, 2, 3, 4, 8, 16, 32]) {
        expect(alarms(dependence(`lag ${lag}`, steps, steps, law, lag))).toEqual([]);
      }
    });

    it('are independent of the next sample, image and seed', async () => {
      expect(alarms(dependence('sample', steps, steps, law, DIMENSION))).toEqual([]);
      const others = {
        image: await draw({ kind, ratio, image: 1 }),
        seed: await draw({ kind, ratio, seed: SEED + 1n }),
      };
      for (const [name, other] of Object.entries(others)) {
        expect(alarms(dependence(name, steps, other, law))).toEqual([]);
      }
    });
  },
);

describe('2^20 draws', () => {
  it.each([7, 2 ** 32 - 1])('have the law for image %d, another seed and far samples too', async (image) => {
    const steps = await draw({ seed: 1n, image, sample: 2 ** 40 });
    expect(alarms(distribution(steps, GAUSSIAN))).toEqual([]);
  });

  it('are independent of what is 2^31 or 2^32 away', async () => {
    const steps = await draw();
    const others = {
      sample: await draw({ sample: 2 ** 32 }),
      image: await draw({ image: 2 ** 31 }),
      seed: await draw({ seed: SEED + 2n ** 32n }),
    };
    for (const [name, other] of Object.entries(others)) {
      expect(alarms(dependence(name, steps, other, GAUSSIAN))).toEqual([]);
    }
  });

  it('have the law at each of the 32 places of a group', async () => {
    const steps = await draw();
    for (let place = 0; place < 32; place++) {
      const there = steps.filter((_, i) => i % 32 === place);
      expect(alarms(distribution(there, GAUSSIAN))).toEqual([]);
    }
  });
});

describe('planted defects are caught', () => {
  let steps: Int32Array;
  beforeAll(async () => {
    steps = await draw();
  });

  it('a scale off by 0.5 %', async () => {
    for (const ratio of ['63.43', '64.07']) {
      const found = alarms(distribution(await draw({ ratio }), GAUSSIAN));
      expect(found).toContain('variance');
    }
  });

  it('noise rounded down instead of to the nearest step', () => {
    const down = steps.map((k, i) => (i % 2 === 0 ? k : Math.max(-GAUSSIAN.largest, k - 1)));
    expect(alarms(distribution(down, GAUSSIAN))).toContain('mean');
  });

  it('a fifth of the draws of one step moved to the next', () => {
    const moved = steps.map((k, i) => (k === 10 && i % 5 === 0 ? 11 : k));
    expect(alarms(distribution(moved, GAUSSIAN))).toEqual(['cells']);
  });

  it('the noise of a sample used again for the next', () => {
    const twice = steps.slice();
    for (let s = 0; s < SAMPLES; s += 2) {
      twice.copyWithin((s + 1) * DIMENSION, s * DIMENSION, (s + 1) * DIMENSION);
    }
    const found = alarms(dependence('sample', twice, twice, GAUSSIAN, DIMENSION));
    expect(found).toEqual(['sample', 'sample, squared', 'sample, classes']);
  });

  it('a sign that is the sign of the neighbour', () => {
    const signed = steps.map((k, i) => (i % 2 === 0 ? k : Math.abs(k) * Math.sign(steps[i - 1]!)));
    const found = alarms(dependence('lag 1', signed, signed, GAUSSIAN, 1));
    expect(found).toEqual(['lag 1', 'lag 1, classes']);
  });

  it('tails cut at 4 scales', () => {
    const cut = steps.map((k) => Math.max(-255, Math.min(255, k)));
    expect(alarms(distribution(cut, GAUSSIAN))).toContain('beyond 1 in 2e4');
  });
});
