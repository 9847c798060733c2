import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import type { Certificate } from '../../coordinator/results/certificates.js';
import { votesOf } from '../../shared/counts.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { clopperPearsonLower, mostExpected, normalQuantile } from '../harness/binomial.js';
import { ROOT, runCommand } from '../harness/command.js';
import { readLinearModel, type LinearModel } from '../harness/linear-model.js';
import { normalNumbers, referenceCertify } from '../harness/reference-certify.js';
import { certifyArgs, rowsOf, type Flags } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/*
 * The tool against classifiers whose true radius and p_A are known in closed form (examples/oracle). α is 0.05 here, not
 * 0.001, so that a bound that errs twice as often as it may is seen. "Rate" is the probability that a right tool fails a
 * check with another seed; seeds are fixed, so no check fails by chance.
 */
const ALPHA = 0.05;
const RATE = 1e-4;

interface Truth {
  readonly index: number;
  readonly label: number;
  readonly class: number | null;
  readonly radius: number;
  readonly margins: readonly number[];
  readonly sigmas: readonly { readonly sigma: number; readonly pA: number; readonly failure: number }[];
}
const truthOf = (name: string) =>
  (JSON.parse(readFileSync(`${ROOT}examples/oracle/${name}.json`, 'utf8')) as { images: Truth[] }).images;

async function certify(name: string, flags: Flags): Promise<Certificate[]> {
  using folder = new TemporaryFolder();
  const files = { model: `examples/oracle/${name}.onnx`, data: `examples/oracle/${name}.npz` };
  const { code, stderr } = await runCommand(
    certifyArgs({ ...files, alpha: ALPHA, seed: 2019, ...flags, out: folder.path }),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return await rowsOf(folder.path);
}

/** A certificate of a wrong class, of an image on a boundary, or of more than the true radius. */
const isWrong = (row: Certificate, truth: Truth) =>
  row.outcome === 'certified' && (row.class !== truth.class || row.radius > truth.radius);

function expectSound(rows: Certificate[], truths: Truth[]): void {
  expect(rows.map(({ image }) => image)).toEqual(truths.map(({ index }) => index));
  const wrong = rows.filter((row, i) => isWrong(row, truths[i]!));
  expect(wrong.length, 'wrong certificates').toBeLessThanOrEqual(mostExpected(rows.length, ALPHA, RATE));
  const ties = rows.filter((_, i) => truths[i]!.class === null);
  const certifiedTies = ties.filter(({ outcome }) => outcome === 'certified');
  expect(certifiedTies.length, 'certified ties').toBeLessThanOrEqual(mostExpected(ties.length, ALPHA, RATE));
}

/** Labels as in the data set, `correct` for certificates alone, and p_lower with delta_upper one whole. */
function expectConsistent(rows: Certificate[], truths: Truth[]): void {
  rows.forEach((row, i) => {
    expect(row.label).toBe(truths[i]!.label);
    const certified = row.outcome === 'certified';
    expect(row.correct).toBe(certified ? row.class === row.label : null);
    expect(row.radius > 0).toBe(certified);
    expect(row.alpha).toBe(ALPHA);
    if (certified) expect(Number(row.p_lower) + Number(row.delta_upper)).toBeCloseTo(1, 11);
  });
}

const PAIRS: [string, Flags][] = [
  ['gain with spending', { stop: 'gain', bound: 'spending', 'min-gain': 'quick', 'max-samples': 4096 }],
  ['gain with anytime', { stop: 'gain', bound: 'anytime', 'min-gain': 'quick', 'max-samples': 4000 }],
  ['fixed with clopper-pearson', { stop: 'fixed', n0: 100, 'max-samples': 1000 }],
];

describe.each([0.25, 0.5])('two classes, σ = %d', (sigma) => {
  const truths = truthOf('oracle');

  it.each(PAIRS)('%s: wrong certificates are at most Bin(200, α) (rate 1e-4 each)', async (_, flags) => {
    const rows = await certify('oracle', { ...flags, sigma });
    expectSound(rows, truths);
    expectConsistent(rows, truths);
    // An abstention is never an error, but clear cases must be certified: p_A of 2 σ and more is above 0.977.
    const clear = rows.filter((_row, i) => truths[i]!.radius > 2 * sigma);
    expect(clear.every(({ outcome }) => outcome === 'certified')).toBe(true);
    clear.forEach(({ image, radius, class: certified }) => {
      expect(certified).toBe(truths[image]!.class);
      expect(radius).toBeGreaterThan(1.2 * sigma);
    });
  });
});

describe('four classes, σ = 0.25', () => {
  it.each(PAIRS.slice(0, 2))(
    '%s: wrong certificates are at most Bin(107, α) (rate 1e-4)',
    async (_, flags) => {
      const truths = truthOf('four-classes');
      const rows = await certify('four-classes', { ...flags, sigma: 0.25 });
      expectSound(rows, truths);
      expectConsistent(rows, truths);
    },
  );
});

describe('Cohen et al.: fixed, n0 = 100, n = 2000, σ = 0.25', () => {
  const CERTIFY = { sigma: 0.25, n0: 100, n: 2000, alpha: ALPHA };
  const truths = truthOf('oracle');
  let rows: Certificate[];
  let model: LinearModel;
  let images: Float32Array[];

  beforeAll(async () => {
    rows = await certify('oracle', { sigma: 0.25, stop: 'fixed', n0: 100, 'max-samples': 2000 });
    model = await readLinearModel(`${ROOT}examples/oracle/oracle.onnx`);
    images = await readImages(`${ROOT}examples/oracle/oracle.npz`);
  });

  const pOf = (truth: Truth) => truth.sigmas.find(({ sigma }) => sigma === 0.25)!;

  it('votes follow the true p_A (chi-square over the images with 10 expected failures, rate 1e-4)', () => {
    let chiSquare = 0;
    let degrees = 0;
    let [rare, rareExpected] = [0, 0];
    rows.forEach(({ looks }, i) => {
      const { n, ...counts } = looks.at(-1)!;
      const { pA, failure } = pOf(truths[i]!);
      const failures = n - votesOf(counts, truths[i]!.class ?? 0);
      if (n * failure >= 10) {
        chiSquare += (failures - n * failure) ** 2 / (n * pA * failure);
        degrees += 1;
      } else {
        rare += failures;
        rareExpected += n * failure;
      }
    });
    // Wilson and Hilferty's approximation: the cube root of χ²/d is normal.
    const z = (Math.cbrt(chiSquare / degrees) - (1 - 2 / (9 * degrees))) / Math.sqrt(2 / (9 * degrees));
    expect(degrees).toBeGreaterThan(100);
    expect(Math.abs(z)).toBeLessThan(3.9);
    // The others together: a sum of rare events, nearly Poisson.
    expect(Math.abs(rare - rareExpected)).toBeLessThan(4 * Math.sqrt(rareExpected) + 4);
  });

  it('the radius is Clopper and Pearson of the counts, computed otherwise', () => {
    for (const row of rows) {
      const chosen = row.looks[0]!;
      const leader = chosen.classes[chosen.votes.indexOf(Math.max(...chosen.votes))]!;
      const fresh = votesOf(row.looks[1]!, leader) - votesOf(chosen, leader);
      const lower = clopperPearsonLower(fresh, CERTIFY.n, ALPHA);
      const radius = CERTIFY.sigma * normalQuantile(lower);
      expect(row.outcome).toBe(lower > 0.5 + 1e-6 ? 'certified' : 'abstained');
      if (row.outcome !== 'certified') continue;
      expect(row.class).toBe(leader);
      expect(votesOf(row.counts, leader)).toBe(fresh);
      expect(row.radius).toBeLessThanOrEqual(radius + 1e-9);
      expect(row.radius).toBeGreaterThan(radius - 1e-6);
      expect(Number(row.p_lower)).toBeLessThanOrEqual(lower);
      expect(Number(row.p_lower)).toBeGreaterThan(lower - 1e-7);
    }
  });

  it('agrees with CERTIFY written from its definition, image by image (5 standard errors, rate 1e-4 in all)', () => {
    expect(truths.map((truth) => truth.margins[0])).toEqual(images.map((image) => marginOf(model, image)));
    const normal = normalNumbers(1);
    const radiusOf = (votes: number) => {
      const lower = clopperPearsonLower(Math.min(CERTIFY.n, Math.max(0, votes)), CERTIFY.n, ALPHA);
      return lower > 0.5 ? CERTIFY.sigma * normalQuantile(lower) : 0;
    };
    let certified = 0;
    rows.forEach((row, i) => {
      const truth = truths[i]!;
      const reference = referenceCertify(model, images[i]!, CERTIFY, normal);
      // Nearer to the boundary the 100 samples of the selection may choose either class.
      if (truth.radius < 0.5 * CERTIFY.sigma) return;
      const { pA, failure } = pOf(truth);
      const apart = 5 * Math.sqrt(2 * CERTIFY.n * pA * failure) + 3;
      expect([row.class, reference.class]).toEqual([truth.class, truth.class]);
      expect(row.radius).toBeLessThanOrEqual(radiusOf(reference.votes + apart) + 1e-9);
      expect(row.radius).toBeGreaterThanOrEqual(radiusOf(reference.votes - apart) - 1e-6);
      certified += 1;
    });
    expect(certified).toBeGreaterThan(150);
  });
});

/** w·x + b of class 0 in double: exact, as weights and pixels lie on coarse binary grids. */
const marginOf = ({ weights, bias }: LinearModel, image: Float32Array) =>
  image.reduce((sum, pixel, i) => sum + pixel * weights[i]!, bias[0]!);

async function readImages(data: string): Promise<Float32Array[]> {
  using folder = new TemporaryFolder();
  const { file, count } = await importDataSet({ data, into: folder.file('images') });
  const reader = await DataSetReader.open(file);
  try {
    const images: Float32Array[] = [];
    const { numerator, denominator } = reader.step;
    for (let image = 0; image < count; image++) {
      const points = await reader.readValues(image);
      images.push(Float32Array.from(points, (point) => (point * numerator) / denominator));
    }
    return images;
  } finally {
    await reader.close();
  }
}
