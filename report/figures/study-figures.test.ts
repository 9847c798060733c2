import { describe, expect, it } from 'vitest';

import { studyOf } from '../../analysis/study/study.js';
import { keptSizes } from '../../statistics/kept-sizes.js';
import { makeDrawing } from '../../test/support/drawings.js';
import { studyTables } from '../tables/study-tables.js';
import { tableCsv } from '../tables/table.js';
import { csvOf } from './figure-csv.js';
import { renderSvg } from './render-svg.js';
import { studyFigures } from './study-figures.js';

const SIZES = keptSizes(500);
const images = [0, 0.02, 0.1, 0.3].map((rate) => ({ failures: SIZES.map((n) => Math.floor(n * rate)) }));
const study = studyOf([0.25, 0.5, 0.5].map((scale) => makeDrawing(SIZES, images, { scale })));
const figures = studyFigures(study);
const named = (name: string) => figures.find((figure) => figure.name === name)!;

describe('the figures of a study', () => {
  it('are six of each drawing and three of all, each file once, drawings of one σ numbered', () => {
    const names = figures.map(({ name }) => name);
    const titles = figures.slice(0, 6).map(({ title }) => title);
    expect(figures.slice(6, 12).some(({ title }) => titles.includes(title))).toBe(false);
    expect(new Set(names).size).toBe(names.length);
    const kinds = ['radius', 'accuracy', 'shapes', 'clt', 'rules', 'histogram'];
    const each = ['0.25', '0.5-2', '0.5-3'].flatMap((sigma) => kinds.map((kind) => `${kind}-sigma-${sigma}`));
    expect(names).toEqual([...each, 'loss-by-samples', 'loss-by-sigma', 'clt-by-p']);
  });

  it('show the rows of the study: measured, expected and the cap that nothing crosses', () => {
    const { curves } = named('radius-sigma-0.25');
    const { rows } = study.drawings[0]!;
    expect(curves.map(({ label, kind }) => `${label}: ${kind}`)).toEqual([
      'measured: marks',
      'expected: predicted',
      'Theorem 4.3: predicted',
      'cap: limit',
    ]);
    expect(curves[0]!.points).toEqual(rows.map(({ n, measured }) => ({ x: n, y: measured.meanRadius })));
    for (const [at, { y }] of curves[1]!.points.entries())
      expect(y).toBeLessThanOrEqual(curves[3]!.points[at]!.y);
  });

  it('show no rule above the information limit', () => {
    const { curves } = named('rules-sigma-0.25');
    const limit = curves.find(({ kind }) => kind === 'limit')!.points;
    const rules = curves.filter(({ kind }) => kind !== 'limit');
    expect(rules.map(({ label }) => label)).toEqual([
      'fixed',
      'gain, spending',
      'gain, anytime',
      'budget, spending',
      'two-stage, clopper-pearson, expected',
      'target, anytime, expected',
    ]);
    for (const { points } of rules)
      for (const { x, y } of points) {
        const above = limit.find(({ x: samples }) => samples >= x);
        if (above !== undefined) expect(y).toBeLessThan(above.y);
      }
  });

  it('are drawn, each of them, without a number that is none', () => {
    for (const figure of figures) {
      const svg = renderSvg(figure);
      expect(svg).toContain(figure.title);
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(csvOf(figure).split('\n').length).toBeGreaterThan(2);
    }
  });

  it('show errors of the normal approximation from 1e-6, or a tenth of α, to 1', () => {
    for (const name of ['clt-sigma-0.25', 'clt-by-p']) {
      const { y, curves } = named(name);
      expect(y).toMatchObject({ scale: 'log', least: study.alpha / 10, cut: 1e-6 });
      // Far below there are probabilities, and the axis does not follow them.
      expect(Math.min(...curves.flatMap(({ points }) => points.map((point) => point.y)))).toBeLessThan(1e-6);
      expect(renderSvg(named(name))).not.toMatch(/>[\d.]+e-\d+</);
    }
  });

  it('of one drawing have no curve against σ', () => {
    const alone = studyFigures(studyOf([makeDrawing(SIZES, images)]));
    expect(alone.map(({ name }) => name)).not.toContain('loss-by-sigma');
  });

  it('of noise that is not Gaussian have no Theorem 4.3', () => {
    const [radius] = studyFigures(studyOf([makeDrawing(SIZES, images, { kind: 'laplace' })]));
    expect(radius!.curves.map(({ label }) => label)).toEqual(['measured', 'expected', 'cap']);
  });
});

describe('the tables of a study', () => {
  const tables = studyTables(study);

  it('are six of each drawing and three of all, each file once, every row whole', () => {
    expect(new Set(tables.map(({ name }) => name)).size).toBe(21);
    for (const table of tables) {
      for (const cells of table.rows) expect(cells).toHaveLength(table.columns.length);
      expect(tableCsv(table)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('hold fixed at every size beside the other rules, cheapest first', () => {
    const { rows } = tables.find(({ name }) => name === 'rules-sigma-0.25')!;
    expect(rows.filter((cells) => cells[1] === 'fixed')).toHaveLength(SIZES.length);
    const samples = rows.map(([n]) => n as number);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
  });

  it('say nothing of a loss where nothing is certified', () => {
    const never = [{ failures: SIZES.map((n) => n) }];
    const [sizes] = studyTables(studyOf([makeDrawing(SIZES, never)]));
    for (const cells of sizes!.rows) expect(cells.slice(4, 6)).toEqual([null, null]);
  });

  it('say nothing of the loss of all samples against themselves', () => {
    const [sizes] = tables;
    const lost = tables.find(({ name }) => name === 'loss')!;
    expect(sizes!.rows.at(-1)!.slice(4, 6)).toEqual([null, null]);
    expect(lost.rows.at(-1)!.slice(1)).toEqual([null, null, null]);
    for (const cells of [...sizes!.rows.slice(0, -1), ...lost.rows.slice(0, -1)])
      expect(cells[1]).not.toBeNull();
  });
});
