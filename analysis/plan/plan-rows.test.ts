import { describe, expect, it } from 'vitest';
import { priorPopulation } from '../populations/priors.js';
import { RepeatedRule } from '../laws/repeated-rule.js';
import { repeatedLaw } from '../laws/repeated-law.js';
import { twoStageLaw } from '../laws/fresh-laws.js';
import { comparedRadii } from './paper-figures.js';
import { planRows, type PlanRequest } from './plan-rows.js';
import { Planner, boundOf, type Planned } from './planner.js';

const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const population = priorPopulation({ name: 'concentrated', parameters: { beta: 0.4 }, images: 12 }, NOISE);
const RADII = [0, 0.4];
const REQUEST: PlanRequest = {
  samples: [100],
  mostSamples: [40, 500],
  alphas: [0.001, 0.01],
  selections: [50, 100],
  prices: [0.2],
  targets: ['0.4', '0.9'],
};
const planner = new Planner(population, RADII, comparedRadii(NOISE));
const rows = [...planRows(planner, REQUEST)];
const rowOf = (wanted: (planned: Planned) => boolean) => rows.find(({ planned }) => wanted(planned))!;

describe('the rows of a plan', () => {
  it('are those of every rule at every level, but where nothing could be certified', () => {
    const names = rows.map(
      ({ planned }) => `${planned.rule} ${boundOf(planned)} ${planned.n} ${planned.alpha}`,
    );
    const early = (alpha: number) => [
      `gain spending 40 ${alpha}`,
      `gain anytime 40 ${alpha}`,
      `target anytime 40 ${alpha}`,
      `gain spending 500 ${alpha}`,
      `gain anytime 500 ${alpha}`,
      `two-stage clopper-pearson 500 ${alpha}`,
      `target anytime 500 ${alpha}`,
    ];
    const fixed = (alpha: number) => Array<string>(2).fill(`fixed clopper-pearson 100 ${alpha}`);
    expect(names).toEqual([...fixed(0.001), ...early(0.001), ...fixed(0.01), ...early(0.01)]);
  });

  it('of target have as many of the radii as so many samples can reach', () => {
    const targets = rows.flatMap(({ planned }) => (planned.rule === 'target' ? [planned.targets] : []));
    expect(targets).toEqual([['0.4'], ['0.4', '0.9'], ['0.4'], ['0.4', '0.9']]);
  });

  it('have no target where not one radius is asked for, or none can be reached', () => {
    const without = [...planRows(planner, { ...REQUEST, targets: [] })];
    expect(without.filter(({ planned }) => planned.rule === 'target')).toEqual([]);
    const far = [...planRows(planner, { ...REQUEST, targets: ['1.9'] })];
    expect(far.filter(({ planned }) => planned.rule === 'target')).toEqual([]);
  });

  it('count the samples that choose the class', () => {
    const samples = rows.flatMap(({ planned, means }) => (planned.rule === 'fixed' ? [means.samples] : []));
    expect(samples).toEqual([150, 200, 150, 200]);
  });

  it('are means of the law of one image', () => {
    const claim = { alpha: 0.001, maxSamples: 500 };
    const mean = (of: (delta: number) => number) =>
      population.images.reduce((sum, { delta }) => sum + of(delta), 0) / population.images.length;
    const gain = {
      ...claim,
      bound: 'spending',
      matchedGain: 0.2,
      stop: { kind: 'gain', minGain: 0.2 },
    } as const;
    const rule = new RepeatedRule(gain, NOISE);
    const { means } = rowOf(({ rule: one, n }) => one === 'gain' && n === 500);
    expect(means.meanRadius).toBeCloseTo(
      mean((delta) => repeatedLaw(rule, delta).radius),
      12,
    );
    expect(means.samples).toBeCloseTo(
      mean((delta) => repeatedLaw(rule, delta).samples),
      9,
    );
    expect(means.farthest).toBeCloseTo(repeatedLaw(rule, 0).radius, 12);
    const two = twoStageLaw({ ...claim, minGain: 0.2 }, NOISE);
    expect(rowOf(({ rule: one }) => one === 'two-stage').means.meanRadius).toBeCloseTo(
      mean((delta) => two(delta).radius),
      12,
    );
  });

  it('have the figures of the paper for fixed alone', () => {
    expect(rows.filter(({ paper }) => paper !== null).map(({ planned }) => planned.rule)).toEqual(
      Array<string>(4).fill('fixed'),
    );
  });

  it('pass errors on that are no impossible claim', () => {
    expect(() => [...planRows(planner, { ...REQUEST, mostSamples: [0] })]).toThrow(/No theorem covers/);
  });
});

describe('the figures of the paper', () => {
  const paperOf = (name: 'uniform' | 'concentrated', parameters: object, n: number) => {
    const images = priorPopulation({ name, parameters, images: 400 }, NOISE);
    const one = new Planner(images, RADII, comparedRadii(NOISE));
    const [row] = planRows(one, {
      ...REQUEST,
      samples: [n],
      mostSamples: [],
      alphas: [0.001],
      selections: [100],
    });
    return row!.paper!;
  };

  it('hold about where their assumption does: p uniform on [½, 1)', () => {
    const paper = paperOf('uniform', { beta: 0.5 }, 10_000);
    expect(paper.theta).toBeCloseTo(2.02, 1);
    expect(paper.violated).toEqual([]);
  });

  it('are violated near p = 1, where the largest radius is far below the true ones', () => {
    const paper = paperOf('concentrated', { beta: 0.9, power: 10 }, 1_000);
    expect(paper.violated.map((sentence) => sentence.slice(0, 3))).toEqual(['4.3', '4.5', '4.6', '4.6']);
    expect(paper.dropMost).toBeGreaterThan(paper.drop46);
    expect(paper.dropMean).toBeGreaterThan(paper.drop46);
    // Just beyond the cap of n = 1,000, 0.5 · Φ⁻¹(0.001^(1/1000)) = 1.2314.
    expect(paper.dropMostAt).toBeCloseTo(1.235, 9);
    expect(paper.ratioExact).toBeLessThan(paper.ratio45);
  });

  it('keep everything where there is nothing to lose', () => {
    const images = { name: 'hopeless', noise: NOISE, images: [{ delta: 0.9, right: true }] };
    const one = new Planner(images, RADII, comparedRadii(NOISE));
    const [row] = planRows(one, { ...REQUEST, selections: [100], mostSamples: [] });
    expect(row!.paper).toMatchObject({ ratioExact: 1, dropMean: 0, dropMost: 0, meanRadius43: 0 });
  });

  it('are for Gaussian noise', () => {
    const laplace = { kind: 'laplace', scale: 0.5 } as const;
    const one = new Planner({ ...population, noise: laplace }, RADII);
    const [row] = planRows(one, { ...REQUEST, mostSamples: [] });
    expect(row!.paper).toBeNull();
    expect(row!.means.acr).toBeGreaterThan(0);
  });
});
