import { describe, expect, it } from 'vitest';

import { ABSTAINED, makeResult, makeSet } from '../../test/support/result-sets.js';
import { tableHtml } from '../tables/table-html.js';
import { tableText } from '../tables/table.js';
import { resultTables } from './result-tables.js';

const RADII = [0.1, 0.3, 0.3, 0.6];
const SET = makeSet(
  [
    ...RADII.map((radius, at) => makeResult(at, { radius })),
    makeResult(4, ABSTAINED),
    makeResult(5, { correct: false, class: 5 }),
  ],
  { label: 'a' },
);
const tableOf = (name: string, sets = [SET]) => resultTables(sets).find((table) => table.name === name)!;

describe('the tables of results', () => {
  it('have the numbers of each job', () => {
    const { columns, rows } = tableOf('results');
    expect(Object.fromEntries(columns.map(({ label }, at) => [label, rows[0]![at]]))).toEqual({
      job: 'a',
      images: 6,
      'certified, right': 4,
      'certified, wrong': 1,
      abstained: 1,
      'average certified radius': (0.1 + 0.3 + 0.3 + 0.6) / 6,
      'mean radius': (0.1 + 0.3 + 0.3 + 0.6 + 0.5) / 6,
      'samples an image, mean': 128,
      median: 128,
      'wrong certificates, at most': 1,
    });
  });

  it('have certified accuracy at steps of 0.25 and of half a σ, to the first that no votes certify', () => {
    const byRadius = tableOf('accuracy-by-radius').rows.map(([radius, count, share, certain]) => [
      radius,
      count,
      share,
      certain,
    ]);
    expect(byRadius.slice(0, 4)).toEqual([
      [0, 4, 4 / 6, 3 / 6],
      [0.25, 3, 3 / 6, 2 / 6],
      [0.5, 1, 1 / 6, 0],
      [0.75, 0, 0, 0],
    ]);
    // 512 unanimous samples certify 2.2 σ = 1.1.
    expect(byRadius.map(([radius]) => radius)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25]);
    expect(tableOf('accuracy-by-sigma').rows.map(([sigmas]) => sigmas)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(tableOf('accuracy-by-sigma').rows[1]).toEqual([0.5, 3 / 6]);
  });

  it('of several jobs line up, and each has its uncertainties', () => {
    const other = { ...SET, label: 'b' };
    expect(resultTables([SET, other]).map(({ name }) => name)).toEqual([
      'results',
      'accuracy-by-radius',
      'accuracy-by-sigma',
      'accuracy-by-radius-1',
      'accuracy-by-radius-2',
      'stops',
    ]);
    expect(tableOf('accuracy-by-radius', [SET, other]).rows[1]).toEqual([0.25, 0.5, 0.5]);
  });

  it('of target are at its radii, and have nothing at those of others', () => {
    const job = { stop: { kind: 'target', radii: ['0.1', '0.3'] }, bound: 'anytime' } as const;
    const target = makeSet([makeResult(0, { radius: 0.3 }), makeResult(1, { radius: 0.1 })], {
      job,
      label: 't',
    });
    expect(tableOf('accuracy-by-radius', [target]).rows.map((row) => row.slice(0, 3))).toEqual([
      [0.1, 2, 1],
      [0.3, 1, 0.5],
    ]);
    expect(tableOf('accuracy-by-sigma', [target])).toBeUndefined();
    const { rows } = tableOf('accuracy-by-radius', [SET, target]);
    expect(rows.find(([radius]) => radius === 0.25)!.at(-1)).toBeNull();
    expect(rows.find(([radius]) => radius === 0.3)!.at(-1)).toBe(0.5);
    expect(tableOf('results', [SET, target]).rows[1]).toContain(null);
  });

  it('of predictions have no radii', () => {
    const job = { stop: { kind: 'predict' }, bound: 'anytime' } as const;
    const predicted = makeSet([makeResult(0, { outcome: 'predicted' })], { job });
    expect(resultTables([predicted]).map(({ name }) => name)).toEqual(['results', 'stops']);
    expect(tableText(tableOf('results', [predicted]))).not.toMatch(/radius|wrong certificates/);
    const both = tableOf('results', [SET, predicted]);
    expect(both.rows[1]!.at(-1)).toBeNull();
  });

  it('of a job that goes on say so, and have no band', () => {
    const part = makeSet([makeResult(0)], { images: 3, label: 'part' });
    expect(tableOf('results', [part]).title).toContain('so far');
    const table = tableOf('accuracy-by-radius', [part]);
    expect(table.title).toContain('so far');
    expect(table.columns.map(({ label }) => label).join()).not.toContain('population');
    expect(tableOf('results', [makeSet([], { images: 3 })]).rows[0]).toContain(null);
  });

  it('of images that share samples have no band', () => {
    const job = { stop: { kind: 'budget', totalSamples: 900 } } as const;
    const table = tableOf('accuracy-by-radius', [makeSet([makeResult(0), makeResult(1)], { job })]);
    expect(table.columns.map(({ label }) => label)).not.toContain('population, from');
    expect(table.rows[0]).toHaveLength(table.columns.length);
  });

  it('round shares down, and the upper end of a band up', () => {
    const text = tableText(tableOf('accuracy-by-radius'));
    expect(text).toMatch(/\n {2,}0 +4 +66\.6 % +50\.0 % +\d+\.\d % +22\.2 % +95\.7 %\n/);
  });

  it('are HTML that names columns and rows, and takes no markup from outside', () => {
    const html = tableHtml(tableOf('results', [{ ...SET, label: '<b>"&' }]));
    expect(html).toContain('<caption>Results: radii');
    expect(html).toContain('<th scope="col" class="number">images</th>');
    expect(html).toContain('<th scope="row">&lt;b&gt;&quot;&amp;</th>');
    expect(html).toContain('<td class="number">6</td>');
    expect(html).not.toContain('<b>');
  });
});
