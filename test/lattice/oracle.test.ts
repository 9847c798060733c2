import { describe, expect, it } from 'vitest';
import { compileDecision } from '../../coordinator/core/look.js';
import { NOISE_KINDS, type Claim } from '../../shared/job.js';
import { runnerUpReason } from '../../statistics/bounds/runner-up.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { thresholdsOf } from '../../statistics/noises/thresholds.js';
import { errorOfRule, hardestPoints } from '../exact/chain.js';
import { ruleOf, twoClassesRunnerUp } from '../exact/rules.js';
import { mostExpected, normalCdf, upperTail } from '../harness/binomial.js';
import { certifyAll, halfSpaceAt, jobOf, LEVELS, trueRadius, type Outcome } from './half-space.js';
import { CELLS, claimOf, exactError, radiiOf, type Cell } from './oracle-cells.js';

/**
 * Votes drawn by the shipped kernel, folded and decided as a job's are, for classifiers whose true radius is known. Wrong certificates
 * must not be more than α allows; and as many as the exact law of the counts says, neither more nor fewer.
 */

/** Images of a cell. bench/lattice-oracle.mjs sets it. */
const IMAGES = Number(process.env['ORACLE_IMAGES'] ?? 1000);
/** Probability that a right program fails one comparison, with another seed. */
const RATE = 1e-9;

/** P(the noise moves an element beyond the margin), by formulas that share nothing with the product's. */
const FAILURE: Record<Cell['kind'], (z: number) => number> = {
  gaussian: (z) => normalCdf(-z),
  laplace: (z) => Math.exp(-z) / 2,
  uniform: (z) => Math.max(0, (1 - z) / 2),
};

/** Wrong certificates of images that have one true radius. */
interface Answer extends Outcome {
  readonly images: number;
  /** Probability of a wrong certificate, by the exact law of the counts. */
  readonly error: number;
}

interface Twist {
  /** Of the noise that is drawn: 1, but for planted errors. */
  readonly narrowing?: number;
  readonly simultaneous?: true;
}

/** Returns a half-space whose true radius is about `z` scales, and the job of a cell about images on it. */
function jobOn(cell: Cell, z: number, images: number, seed: number, more: Partial<Claim>) {
  const space = halfSpaceAt(cell.kind, z);
  const { images: range, ...claim } = claimOf(cell, space.scale, images);
  const { alpha, bound, stop, looks, ...added } = claim;
  const options = { images: range.stop, alpha, bound, stop, looks, claim: { ...added, ...more } };
  return { space, job: jobOf(space, { ...options, draw: { seed: String(seed) } }) };
}

async function ask(
  cell: Cell,
  z: number,
  images: number,
  seed: number,
  { narrowing = 1, ...more }: Twist = {},
): Promise<Answer> {
  const { space, job } = jobOn(cell, z, images, seed, more);
  const ratio = Number(job.draw.noise.lattice!.ratio) * narrowing;
  const outcome = await certifyAll(job, space, narrowing === 1 ? undefined : String(ratio));
  const delta = FAILURE[cell.kind](trueRadius(space) / space.scale);
  const decision = compileDecision(job.claim, job.draw.noise);
  return { ...outcome, images, error: exactError(cell, decision, delta) };
}

/** Returns true if that many wrong certificates, or fewer, or more, are no wonder. */
function isUsual({ images, wrong, error }: Answer): boolean {
  const orMore = upperTail(wrong, images, error);
  const orFewer = upperTail(images - wrong, images, 1 - error);
  return Math.min(orMore, orFewer) > RATE;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function report(cell: Cell, answers: readonly Answer[], allowed: number): void {
  const { kind, rule, bound, alpha } = cell;
  const total = (of: (answer: Answer) => number): string => sum(answers.map(of)).toFixed(0).padStart(9);
  const name = `oracle: ${kind.padEnd(9)}${rule.padEnd(10)}${bound.padEnd(16)}${String(alpha).padEnd(5)}`;
  const counts = [total((a) => a.images), total((a) => a.certified), total((a) => a.wrong)].join('');
  console.log(`${name}${counts}${total((a) => a.images * a.error)}${String(allowed).padStart(9)}`);
}

describe('certificates of half-spaces on the lattice are as often wrong as the exact law says, and at most α:', () => {
  it.each(
    CELLS.map((cell, index) => {
      const { kind, rule, bound, alpha } = cell;
      return [`${kind} noise, ${rule} with ${bound}, α = ${alpha}`, cell, index] as const;
    }),
  )('%s', async (_, cell, index) => {
    const radii = radiiOf(cell);
    const each = Math.round(IMAGES / radii.length);
    const answers: Answer[] = [];
    for (const [i, z] of radii.entries()) answers.push(await ask(cell, z, each, 1000 * index + i));
    const allowed = mostExpected(each * radii.length, cell.alpha, RATE);
    report(cell, answers, allowed);
    expect(sum(answers.map(({ wrong }) => wrong))).toBeLessThanOrEqual(allowed);
    for (const answer of answers) {
      expect(answer.error).toBeLessThanOrEqual(cell.alpha);
      expect(isUsual(answer), JSON.stringify(answer)).toBe(true);
    }
    // The hardest of these radii is certified wrongly, or nothing would be tested.
    expect(Math.max(...answers.map(({ error }) => error))).toBeGreaterThan(0.15 * cell.alpha);
  });
});

describe('with the runner-up at most α of the certificates of half-spaces are wrong:', () => {
  const cells = CELLS.filter(
    ({ kind, rule, bound }) => kind === 'gaussian' && runnerUpReason(rule, bound, gaussian) === null,
  );
  it.each(
    cells.map((cell, index) => [`${cell.rule} with ${cell.bound}, α = ${cell.alpha}`, cell, index] as const),
  )('%s and the runner-up', async (_, cell, index) => {
    const radii = [0.003, ...hardestWithRunnerUp(cell)];
    const each = Math.round(IMAGES / radii.length);
    const outcomes: Outcome[] = [];
    for (const [i, z] of radii.entries()) {
      const { space, job } = jobOn(cell, z, each, 1e8 + 1000 * index + i, { runnerUp: true });
      outcomes.push(await certifyAll(job, space));
    }
    const images = each * radii.length;
    const allowed = mostExpected(images, cell.alpha, RATE);
    const [certified, wrong] = [sum(outcomes.map((o) => o.certified)), sum(outcomes.map((o) => o.wrong))];
    console.log(
      `oracle: 2nd      ${cell.rule.padEnd(10)}${cell.bound.padEnd(16)}${String(cell.alpha).padEnd(5)}${String(images).padStart(9)}${String(certified).padStart(9)}${String(wrong).padStart(9)}${'-'.padStart(9)}${String(allowed).padStart(9)}`,
    );
    expect(wrong).toBeLessThanOrEqual(allowed);
    // Radii are near enough to the true one that some are wrong.
    expect(wrong).toBeGreaterThan(0);
    expect(certified).toBeGreaterThan(images / 5);
  });
});

/** Returns true radii just below those that a cell certifies wrongly most often with the runner-up, in scales of the noise. */
function hardestWithRunnerUp(cell: Cell): number[] {
  const { looks, matchedGain = 0, alpha } = claimOf(cell, 1, 1);
  const rule =
    cell.rule === 'gain'
      ? twoClassesRunnerUp(alpha, looks, matchedGain)
      : ruleOf('clopper-pearson', alpha / 2, [100]);
  const points = hardestPoints(rule).filter((delta, i) => delta < 0.499 && i % 6 === 0);
  return points
    .map((delta) => ({ delta, error: errorOfRule(rule, delta) }))
    .sort((a, b) => b.error - a.error)
    .slice(0, 3)
    .map(({ delta }) => gaussian.radiusOf(delta));
}

/** Images of a set that is certified together. */
const TOGETHER = 20;

describe('of sets that are certified together, at most α have a wrong certificate:', () => {
  const cells = CELLS.filter(({ kind }) => kind === 'gaussian');
  const sets = Math.round(IMAGES / TOGETHER);
  it.each(
    cells.map((cell, index) => [`${cell.rule} with ${cell.bound}, α = ${cell.alpha}`, cell, index] as const),
  )('%s, the hardest radius', async (_, cell, index) => {
    const together = { ...cell, alpha: 1 - (1 - cell.alpha) ** (1 / TOGETHER) };
    const z = radiiOf(together)[1]!;
    const answers: Answer[] = [];
    for (let set = 0; set < sets; set++) {
      answers.push(await ask(cell, z, TOGETHER, 1e6 * (index + 1) + set, { simultaneous: true }));
    }
    const wrong = answers.filter((answer) => answer.wrong > 0).length;
    const error = 1 - (1 - answers[0]!.error) ** TOGETHER;
    const allowed = mostExpected(sets, cell.alpha, RATE);
    console.log(
      `oracle: together ${cell.rule.padEnd(10)}${cell.bound.padEnd(16)}${String(cell.alpha).padEnd(5)}${String(sets).padStart(9)}${String(sum(answers.map((a) => (a.certified > 0 ? 1 : 0)))).padStart(9)}${String(wrong).padStart(9)}${(sets * error).toFixed(0).padStart(9)}${String(allowed).padStart(9)}`,
    );
    expect(wrong).toBeLessThanOrEqual(allowed);
    expect(error).toBeLessThanOrEqual(cell.alpha);
    expect(Math.min(upperTail(wrong, sets, error), upperTail(sets - wrong, sets, 1 - error))).toBeGreaterThan(
      RATE,
    );
  });
});

describe('the oracle', () => {
  it.each(NOISE_KINDS)('knows how often %s noise leaves a half-space', (kind) => {
    for (const z of [0.003, 0.5, 0.9, 2, 4]) {
      const { scale, margin } = halfSpaceAt(kind, z);
      const { largest, values } = thresholdsOf(kind, String(scale * LEVELS));
      const beyond = margin < largest ? 2n ** 64n - values[margin + largest]! : 0n;
      const delta = FAILURE[kind]((margin + 0.5) / LEVELS / scale);
      expect(Math.abs(Number(beyond) / 2 ** 64 - delta)).toBeLessThan(1e-12);
    }
  });

  it.each(NOISE_KINDS)('catches a planted error: %s noise that is a fifth too narrow', async (kind) => {
    const cell: Cell = { kind, rule: 'fixed', bound: 'clopper-pearson', alpha: 0.05 };
    const [, z = 0] = radiiOf(cell);
    const right = await ask(cell, z, 400, 1);
    const planted = await ask(cell, z, 400, 1, { narrowing: 0.8 });
    expect([isUsual(right), isUsual(planted)]).toEqual([true, false]);
    expect(planted.wrong).toBeGreaterThan(mostExpected(400, cell.alpha, RATE));
  });
});
