import { describe, expect, it } from 'vitest';

import type { ResultSet } from '../../analysis/results/result-set.js';
import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { ABSTAINED, drawnSet, makeResult, makeSet } from '../../test/support/result-sets.js';
import { csvOf } from '../figures/figure-csv.js';
import { COLOURS } from '../figures/curve-style.js';
import type { Figure } from '../figures/figure.js';
import { renderSvg } from '../figures/render-svg.js';
import { resultFigures } from './result-figures.js';

const drawn = (options: ResultJob = {}, label = 'drawn') =>
  drawnSet(resultJob({ images: 20, ...options }), undefined, label);
const withSigma = (set: ResultSet, scale: number): ResultSet => {
  const noise = { ...set.job.draw.noise, scale };
  return { ...set, label: `σ = ${scale}`, job: { ...set.job, draw: { ...set.job.draw, noise } } };
};
const names = (sets: readonly ResultSet[]) => resultFigures(sets).map(({ name }) => name);
const figureOf = (sets: readonly ResultSet[], name: string) =>
  resultFigures(sets).find((figure) => figure.name === name)!;

const SET = drawn();
const COUNTS = ['outcomes', 'stops', 'samples', 'spent', 'p-lower', 'p-votes'];

describe('the figures of results', () => {
  it('of one job are its curve and its counts', () => {
    expect(names([SET])).toEqual(['certified-accuracy', ...COUNTS]);
  });

  it('of several jobs have the curve of each, and their means; an envelope only over σ', () => {
    const several = [
      'certified-accuracy',
      'certified-accuracy-1',
      'certified-accuracy-2',
      'mean-radius',
      ...COUNTS,
    ];
    expect(names([SET, drawn({ alpha: 0.01 }, 'other')])).toEqual(several);
    const envelope = figureOf([SET, withSigma(SET, 0.25)], 'envelope');
    expect(envelope.title).toContain('not one classifier');
    expect(envelope.curves.map(({ label }) => label)).toContain('envelope: not one classifier');
  });

  it('of a job that proves no radius have no curve of radii', () => {
    const clt = drawn({ stop: { kind: 'fixed', selection: 20 }, bound: 'clt' });
    expect(names([clt])).toEqual(['outcomes', 'stops', 'samples', 'spent', 'p-votes']);
    const kinds = figureOf([clt], 'outcomes').x.categories!;
    expect(kinds).toContain('approximate, no certificate');
    expect(kinds.join()).not.toContain('certified,');
  });

  it('of predictions have classes alone', () => {
    const predicted = makeSet([makeResult(0, { outcome: 'predicted', radius: 0, pLower: null })], {
      job: { stop: { kind: 'predict' }, bound: 'anytime' },
    });
    expect(names([predicted])).toEqual(['outcomes', 'stops', 'samples', 'spent', 'p-votes']);
    expect(figureOf([predicted], 'outcomes').x.categories).toEqual(['predicted, right']);
  });

  it('of target have the radii that were asked for, and no others', () => {
    const target = drawn({ stop: { kind: 'target', radii: ['0', '0.25', '0.5'] }, bound: 'anytime' });
    for (const { kind, points } of figureOf([target], 'certified-accuracy').curves.slice(0, -1)) {
      expect(kind).toBe('points');
      expect(points.map(({ x }) => x)).toEqual([0, 0.25, 0.5]);
    }
  });

  it('keep the two uncertainties apart: certificates as lines, images as a band', () => {
    const set = makeSet(Array.from({ length: 100 }, (_, at) => makeResult(at)));
    const { curves, caption } = figureOf([set], 'certified-accuracy');
    expect(curves.map(({ kind }) => kind)).toEqual(['band', 'stairs', 'stairs', 'stairs', 'limit']);
    expect(curves[2]!.label).toBe('certificates: at most 2 wrong (99.8 %)');
    expect(curves[2]!.points).toEqual([
      { x: 0, y: 0.98 },
      { x: 0.5, y: 0.98 },
    ]);
    expect(caption).toContain('Certificates: with probability at least 99.8 % at most 2 of them are wrong');
    expect(caption).toContain('Clopper and Pearson');
  });

  it('of several jobs end with their curves, and say the limit of each', () => {
    const short = makeSet([makeResult(0, { radius: 0.2 }), makeResult(1, { radius: 0.3 })], {
      label: 'short',
    });
    const { x, curves, caption } = figureOf([short, withSigma(short, 0.0625)], 'certified-accuracy');
    expect(x.most).toBeCloseTo(0.315, 12);
    const limits = ['short', 'σ = 0.0625'].map(
      (label) => new RegExp(String.raw`([\d.]+) \(${label}\)`).exec(caption)![1]!,
    );
    // Limits grow with σ: the second one is an eighth of the first, and alone within the figure.
    const [first, second] = limits.map(Number);
    expect(first! / second!).toBeCloseTo(8, 2);
    expect(first).toBeGreaterThan(0.315);
    expect(curves.flatMap(({ kind, points }) => (kind === 'limit' ? [points[1]!.text] : []))).toEqual([
      `limit ${limits[1]!}`,
    ]);
    const same = figureOf([short, { ...short, label: 'other' }], 'certified-accuracy').caption;
    expect(same).toContain(`can certify: ${limits[0]!} in every job.`);
  });

  it('leave the bar of what is allowed out where it is the usual number', () => {
    const usual = makeSet([makeResult(0)], { job: { maxSamples: 100_000 } });
    const few = makeSet([makeResult(0)], { job: { maxSamples: 2000 } });
    expect(figureOf([usual], 'spent').x.categories).toEqual(['spent, on average']);
    expect(figureOf([usual], 'spent').caption).not.toContain('Allowed');
    expect(figureOf([few], 'spent').curves[0]!.points.map(({ y }) => y)).toEqual([128, 2000]);
  });

  it('are written as CSV with the ends of bands by themselves, and a limit across categories once', () => {
    const cells = (name: string) =>
      csvOf(figureOf([SET], name))
        .trim()
        .split('\n')
        .map((line) => line.split(','));
    const [header, ...lines] = cells('certified-accuracy');
    expect(header).toEqual(['curve', 'kind', 'radius (L2)', 'certified accuracy', 'lower end', 'upper end']);
    for (const [, kind, , y, low, high] of lines) {
      if (kind !== 'band') expect([low, high]).toEqual(['', '']);
      else expect([y, Number(low) < Number(high)]).toEqual(['', true]);
    }
    expect(lines.filter(([, kind]) => kind === 'band')).not.toHaveLength(0);
    const spent = cells('spent');
    expect(spent[0]![2]).toBe('category');
    expect(csvOf(figureOf([SET], 'spent')).match(/,limit,/g)).toHaveLength(1);
  });

  it('have no lower line where no certificate is wrong', () => {
    const sure = drawn({ simultaneous: true });
    const { curves, caption } = figureOf([sure], 'certified-accuracy');
    expect(curves.map(({ label }) => label).join()).not.toContain('at most');
    expect(caption).toContain('with probability at least 99.9 % none of them is wrong');
  });

  it('of a job that goes on say so, and have no band', () => {
    const part = { ...SET, results: SET.results.slice(0, 5) };
    const { curves, caption } = figureOf([part], 'certified-accuracy');
    expect(curves.map(({ kind }) => kind)).not.toContain('band');
    expect(caption).toContain('So far 5 of 20 images have ended');
    expect(names([{ ...SET, results: [] }])).toEqual(['outcomes']);
  });

  it('of images that share samples have no band, and say why', () => {
    const shared = drawn({ stop: { kind: 'budget', totalSamples: 200 } });
    const { curves, caption } = figureOf([shared], 'certified-accuracy');
    expect(curves.map(({ kind }) => kind)).not.toContain('band');
    expect(caption).toContain('there is no band for a population');
    const undrawn = shared.results.filter(({ samples }) => samples === 0).length;
    expect(undrawn).toBeGreaterThan(0);
    expect(figureOf([shared], 'spent').caption).toContain(`of which ${undrawn} had no sample and count as 0`);
    expect(figureOf([SET], 'spent').caption).not.toContain('no sample');
  });

  it('for numbers have every stair of a curve that is thinned where it is drawn', () => {
    const radii = Array.from({ length: 3000 }, (_, at) => (at + 1) / 4000);
    const set = makeSet(radii.map((radius, at) => makeResult(at, { radius })));
    const curveOf = (detail: 'drawn' | 'exact', name: string) =>
      resultFigures([set, { ...set, label: 'other' }], detail)
        .find((figure) => figure.name === name)!
        .curves.find(({ kind }) => kind === 'stairs')!;
    for (const name of ['certified-accuracy', 'certified-accuracy-2']) {
      const expected = [{ x: 0, y: 1 }, ...radii.map((x, at) => ({ x, y: (3000 - at) / 3000 }))];
      expect(curveOf('exact', name).points).toEqual(expected);
      expect(curveOf('drawn', name).points.length).toBeLessThan(802);
    }
  });

  it('without labels are of shares, and have no average certified radius', () => {
    const bare = { ...SET, results: SET.results.map((one) => ({ ...one, label: null, correct: null })) };
    expect(figureOf([bare], 'certified-accuracy').title).toBe('Certified share against radius');
    const means = figureOf([bare, { ...bare, label: 'other' }], 'mean-radius');
    expect(means.curves.map(({ label }) => label)).toEqual(['mean radius, right or wrong']);
    expect(figureOf([bare, SET], 'certified-accuracy').y.label).toContain('without labels share');
  });

  it('of images that all abstain are drawn, too', () => {
    const abstained = makeSet([makeResult(0, ABSTAINED), makeResult(1, ABSTAINED)]);
    expect(names([abstained])).toEqual([
      'certified-accuracy',
      ...COUNTS.filter((name) => name !== 'p-lower'),
    ]);
    for (const figure of resultFigures([abstained]))
      expect(renderSvg(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('of failures that say nothing else have no empty bars', () => {
    const failed = makeSet([
      makeResult(0, { ...ABSTAINED, outcome: 'failed', stop: 'CHILD_DIED', samples: 0 }),
    ]);
    for (const figure of resultFigures([failed]))
      expect(renderSvg(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the figures of results, drawn', () => {
  const figures = resultFigures([
    SET,
    withSigma(SET, 0.25),
    drawn({ noise: 'laplace' }, 'laplace'),
    drawn({ alpha: 0.01 }, 'α'),
  ]);

  it.each(['paper', 'page'] as const)(
    'on %s are whole, with title and description, and without a style sheet',
    (surface) => {
      for (const figure of figures) {
        const svg = renderSvg(figure, surface);
        expect(svg).toMatch(/<title>[^<]+<\/title><desc>[^<]+<\/desc>/);
        expect(svg).not.toMatch(/NaN|Infinity|undefined|href|url\(|<style|style="/);
      }
    },
  );

  it('on a page have no colour that a dark page swallows', () => {
    for (const figure of figures) {
      const colours = new Set(renderSvg(figure, 'page').match(/#[0-9a-f]{6}\b/g));
      for (const colour of colours) expect([...COLOURS, '#777777']).toContain(colour);
    }
  });

  it('survive a journey as JSON', () => {
    for (const figure of figures) {
      const arrived = JSON.parse(JSON.stringify(figure)) as Figure;
      expect(renderSvg(arrived)).toBe(renderSvg(figure));
      expect(csvOf(arrived)).toBe(csvOf(figure));
    }
  });

  it('fit a narrow screen', () => {
    for (const figure of figures) expect(renderSvg(figure, 'page', 320)).toContain('viewBox="0 0 320 ');
  });

  it('escape labels, reasons and names from outside', () => {
    const hostile = makeSet([makeResult(0, { stop: '<script>\u001b[2J' })], {
      label: '<img src=x onerror=alert(1)>',
    });
    for (const figure of resultFigures([hostile, { ...SET, label: 'b"&' }])) {
      const svg = renderSvg(figure);
      expect(svg).not.toContain('<script');
      expect(svg).not.toContain('<img');
      expect(svg).not.toContain('\u001b');
      expect(csvOf(figure)).not.toContain('\u001b');
    }
  });
});

describe('the stairs of a large job', () => {
  it('are drawn with the first curve on top, as the others nearly hide it', () => {
    const many = Array.from({ length: 2000 }, (_, at) => makeResult(at, { radius: at / 4000 }));
    const lines = renderSvg(figureOf([makeSet(many)], 'certified-accuracy')).match(
      /<g [^>]*aria-label="line"/g,
    )!;
    expect(lines.at(-1)).toContain(COLOURS[0]);
  });

  it('are few, and never above the exact curve', () => {
    const many = Array.from({ length: 5000 }, (_, at) =>
      makeResult(at, { radius: ((at * 7919) % 5000) / 4000 }),
    );
    const { points } = figureOf([makeSet(many)], 'certified-accuracy').curves.find(
      ({ label }) => label === 'certified accuracy',
    )!;
    expect(points.length).toBeLessThanOrEqual(802);
    for (const { x, y } of points) expect(y).toBe(many.filter(({ radius }) => radius >= x).length / 5000);
  });
});
