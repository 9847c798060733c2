import { describe, expect, it } from 'vitest';
import { effortWithin, spreadOver } from './effort.js';
import type { Evidence } from './evidence.js';
import { findingsOf, isWrong, type Grounds } from './findings.js';
import { certifiesWrongly } from './outcome.js';
import { unitFaultsOf } from './unit-faults.js';

const labels = Array.from({ length: 40 }, (_, at) => at % 4);
const spread: Evidence = {
  classes: 4,
  plain: labels,
  noisy: labels,
  scores: labels.flatMap(() => [0, 0, 0, 0]),
};
const GROUNDS: Grounds = { given: spread, unfit: null, labels, units: [], better: null, labelFinding: null };
const kinds = (grounds: Partial<Grounds>) => findingsOf({ ...GROUNDS, ...grounds }).map(({ kind }) => kind);

describe('findings', () => {
  it('are none where nothing speaks against the flags', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ labels: null })).toEqual([]);
  });

  it('come in the order in which they are to be mended', () => {
    const sigma = { kind: 'sigma', sigma: 25, rescaled: 0.1 } as const;
    const dark = { kind: 'dark', largest: 1 / 255, levels: true } as const;
    const labelFinding = {
      fault: { kind: 'shifted', by: 1, classes: 4 },
      right: 9,
      before: 0,
      images: 9,
    } as const;
    const treatment = {
      normalisation: { inputScale: 255, mean: [0], std: [1] },
      layout: 'nchw',
      bgr: false,
      transposed: false,
    } as const;
    const candidate = { name: 'other', change: 'scale', flags: 1, treatment } as const;
    const better = { tried: { candidate, evidence: spread }, by: 'answers', chance: 1e-9 } as const;
    expect(kinds({ units: [sigma], better, labelFinding })).toEqual(['better', 'labels', 'sigma']);
    expect(kinds({ units: [dark, sigma], better, labelFinding })).toEqual(['dark', 'sigma']);
    const unfit = { message: 'It is too small.', remedy: 'Resize it.' };
    expect(kinds({ given: null, unfit, better })).toEqual(['better']);
    expect(findingsOf({ ...GROUNDS, given: null, unfit })).toEqual([{ kind: 'unfit', ...unfit }]);
  });

  it('tell of votes for one class only where the images are of several', () => {
    const one = labels.map(() => 2);
    const same = { ...spread, plain: one, noisy: one };
    const found = { kind: 'one-class', class: 2, share: 1, noisy: false };
    expect(findingsOf({ ...GROUNDS, given: same })).toEqual([found]);
    expect(findingsOf({ ...GROUNDS, given: same, labels: null })).toEqual([found]);
    expect(kinds({ given: same, labels: one })).toEqual([]);
    const few = { ...same, plain: one.slice(0, 6), noisy: one.slice(0, 6) };
    expect(kinds({ given: few, labels: labels.slice(0, 6) })).toEqual([]);
  });

  it('remark last on many answers that noise takes, which is no fault', () => {
    const noisy = labels.map((label, at) => (at % 10 < 6 ? (label + 1) % 4 : label));
    const found = findingsOf({ ...GROUNDS, given: { ...spread, noisy } });
    expect(found).toEqual([{ kind: 'noise', lost: { lost: 24, copies: 40, ofRight: true } }]);
    expect(found.filter(isWrong)).toEqual([]);
    const sigma = { kind: 'sigma', sigma: 25, rescaled: 0.1 } as const;
    const both = findingsOf({ ...GROUNDS, given: { ...spread, noisy }, units: [sigma] });
    expect(both.map(isWrong)).toEqual([true, false]);
  });

  it('tell of noise under which all images get one class', () => {
    const drowned = { ...spread, noisy: labels.map(() => 1) };
    expect(findingsOf({ ...GROUNDS, given: drowned })).toEqual([
      { kind: 'one-class', class: 1, share: 1, noisy: true },
    ]);
    expect(kinds({ given: { ...spread, noisy: [] } })).toEqual([]);
  });
});

describe('units', () => {
  const pixels = { smallest: 0, largest: 1, levels: true };
  const kindsOf = (inputScale: number, mean: number[], std: number[], sigma = 0.25, values = pixels) =>
    unitFaultsOf({ normalisation: { inputScale, mean, std }, sigma, values }).map(({ kind }) => kind);

  it.each([
    [1, [0], [1], []],
    [1, [0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616], []],
    [1, [0.5], [0.5], []],
    [255, [0], [1], []],
    [255, [123.68, 116.779, 103.939], [1], []],
    [255, [125.3, 123, 113.9], [63, 62.1, 66.7], []],
    [16, [8], [4], []],
    [1, [125.3, 123, 113.9], [63, 62.1, 66.7], ['mean-above-scale']],
    [1, [0], [255], ['mean-above-scale']],
    [255, [0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616], ['mean-below-scale']],
    [255, [0.5], [1], ['mean-below-scale']],
    [255, [0], [0.5], ['mean-below-scale']],
  ])('of scale %f, mean %j and std %j: %j', (inputScale, mean, std, found) => {
    expect(kindsOf(inputScale, mean, std)).toEqual(found);
  });

  it('of σ are those of pixels in [0, 1]', () => {
    expect(kindsOf(1, [0], [1], 2)).toEqual([]);
    const [fault] = unitFaultsOf({
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      sigma: 25.5,
      values: pixels,
    });
    expect(fault).toEqual({ kind: 'sigma', sigma: 25.5, rescaled: 0.1 });
  });

  it('of images that are all but black were lost, and black images alone say nothing', () => {
    expect(kindsOf(1, [0], [1], 0.25, { ...pixels, largest: 1 / 255 })).toEqual(['dark']);
    expect(kindsOf(1, [0], [1], 0.25, { ...pixels, largest: 2 / 255 })).toEqual([]);
    expect(kindsOf(1, [0], [1], 0.25, { ...pixels, largest: 0 })).toEqual([]);
  });
});

describe('effort', () => {
  it('is all that there is where there is time', () => {
    const all = { candidates: 20, images: 100, rows: 1, msPerRow: 1 };
    expect(effortWithin(2_000, all)).toEqual({ candidates: 20, images: 100, finalists: 0 });
    expect(effortWithin(1_999, all)).toEqual({ candidates: 20, images: 49, finalists: 9 });
  });

  it('is fewer images, then fewer alternatives, and never more than twice the time but for the fewest', () => {
    expect(effortWithin(500, { candidates: 20, images: 100, rows: 1, msPerRow: 1 })).toEqual({
      candidates: 20,
      images: 12,
      finalists: 2,
    });
    expect(effortWithin(100, { candidates: 20, images: 100, rows: 1, msPerRow: 1 })).toEqual({
      candidates: 5,
      images: 10,
      finalists: 1,
    });
    expect(effortWithin(1, { candidates: 20, images: 4, rows: 2, msPerRow: 9 })).toEqual({
      candidates: 1,
      images: 4,
      finalists: 1,
    });
    // Noise costs the finalists alone.
    expect(effortWithin(2_000, { candidates: 20, images: 100, rows: 3, msPerRow: 1 })).toEqual({
      candidates: 20,
      images: 50,
      finalists: 3,
    });
  });

  it('is spread over all images', () => {
    expect(spreadOver([5, 6, 7, 8, 9, 10], 3)).toEqual([5, 7, 9]);
    expect(spreadOver([5, 6], 3)).toEqual([5, 6]);
  });
});

describe('certificates that contradict their labels', () => {
  const all = { images: 20, certified: 20, correct: 0, ofOneClass: 8, ofOneLabel: 5 };
  it.each([
    [all, true],
    [{ ...all, correct: 1 }, true],
    [{ ...all, correct: 2 }, false],
    [{ ...all, certified: 17 }, false],
    [{ ...all, images: 9, certified: 9 }, false],
    [{ ...all, correct: 3, ofOneClass: 20 }, true],
    [{ ...all, correct: 3, ofOneClass: 20, ofOneLabel: 15 }, false],
  ])('%j: %s', (outcomes, due) => {
    expect(certifiesWrongly(outcomes)).toBe(due);
  });
});
