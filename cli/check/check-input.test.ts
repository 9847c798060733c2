import { describe, expect, it } from 'vitest';
import type { Ground } from '../../analysis/check/comparison.js';
import type { Finding } from '../../analysis/check/findings.js';
import { indicesOf, quickCheck } from './check-input.js';
import { adviceOf, noteOf, type Subject } from './finding-words.js';

const CONFIG = {
  model: 'no-such-model.onnx',
  output: null,
  device: 'cpu',
  noise: 'gaussian',
  sigma: 0.25,
  features: false,
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  bgr: false,
} as const;
const DATA = {
  file: 'no-such-data.canonical',
  digest: '',
  lattice: { step: { numerator: 1, denominator: 255 }, rounding: { largest: 0, mean: 0 } },
  clipping: { values: 0, farthest: 0 },
  count: 4,
  imageShape: [1, 8, 8],
  labels: null,
  classNames: null,
  files: null,
};

describe('a quick check', () => {
  it.each([true, false])('that cannot be made stops nothing, strict: %s', async (strict) => {
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    const { signal } = new AbortController();
    expect(await quickCheck(CONFIG, DATA, [0, 1], { strict, tell, signal })).toBeNull();
    expect(told).toEqual([expect.stringMatching(/^The preprocessing could not be checked: /)]);
  });

  it('looks at the images of the job', () => {
    expect(indicesOf({ start: 3, stop: 10, step: 3 })).toEqual([3, 6, 9]);
    expect(indicesOf({ start: 0, stop: 1, step: 1 })).toEqual([0]);
  });
});

const treatment = {
  normalisation: CONFIG.normalisation,
  layout: 'nchw',
  bgr: false,
  transposed: false,
} as const;
const SUBJECT: Subject = { given: treatment, imageShape: [3, 8, 8], classNames: null, labelRange: [1, 10] };
const figures = {
  images: 50,
  copies: 2,
  plain: 0.9,
  noisy: 0.8,
  agreement: 0.9,
  largest: { class: 3, share: 0.6 },
  largestNoisy: { class: 3, share: 0.6 },
  confidence: 0.9,
};
const evidence = { classes: 2, plain: [0], noisy: [], scores: [1, 0] };
const blue = {
  name: 'blue first',
  change: 'channels',
  flags: 1,
  treatment: { ...treatment, bgr: true },
} as const;
const labels = (fault: Extract<Finding, { kind: 'labels' }>['finding']['fault']): Finding => ({
  kind: 'labels',
  finding: { fault, right: 45, before: 5, images: 50 },
});
const better = (chance: number | null, given: typeof figures | null, by: Ground = 'answers'): Finding => ({
  kind: 'better',
  better: { tried: { candidate: blue, evidence }, by: chance === null ? null : by, chance },
  given,
  found: figures,
});
const range = { mean: 125.3, std: 63, inputScale: 1 };

/** Findings, and what their remedy begins with. */
const worded: [Finding, string][] = [
  [better(1e-9, { ...figures, plain: 0.2 }), 'Add --bgr.'],
  [better(1e-9, null), 'Add --bgr.'],
  [better(1e-9, figures, 'scores'), 'Add --bgr.'],
  [better(null, figures), 'Look up what the model was trained with; to try this one: add --bgr.'],
  [labels({ kind: 'shifted', by: 1, classes: 12 }), 'Save them as y - 1, and give them with --labels.'],
  [labels({ kind: 'shifted', by: -1, classes: 12 }), 'Save them as y + 1, and give them with --labels.'],
  [
    labels({ kind: 'name-order', reverse: false }),
    'Save the labels as np.array(sorted(range(K), key=str))[y]',
  ],
  [labels({ kind: 'name-order', reverse: true }), 'Save the labels as np.argsort('],
  [labels({ kind: 'permuted', classOf: new Map([[1, 0]]) }), 'Number the labels as the model was trained'],
  [{ kind: 'unfit', message: 'The model takes no such images.', remedy: 'Resize them.' }, 'Resize them.'],
  [{ kind: 'noise', lost: { lost: 60, copies: 80, ofRight: true } }, 'A smaller --sigma gives smaller radii'],
  [{ kind: 'dark', largest: 1 / 255, levels: true }, 'Save floats in [0, 1] as x.astype(np.float32)'],
  [{ kind: 'mean-above-scale', ...range }, 'Add --input-scale 255'],
  [{ kind: 'mean-below-scale', mean: 0.5, std: 0.25, inputScale: 255 }, 'Leave --input-scale out'],
  [
    { kind: 'sigma', sigma: 25.5, rescaled: 0.1 },
    'If it was meant for pixels of 0 to 255, give --sigma 0.1.',
  ],
  [{ kind: 'one-class', class: 3, share: 0.98, noisy: false }, 'Check the preprocessing'],
  [{ kind: 'one-class', class: 3, share: 1, noisy: true }, 'Use a smaller --sigma'],
];

describe('the words for a finding', () => {
  it.each(worded)('%j', (finding, remedy) => {
    const words = adviceOf(finding, SUBJECT);
    expect(words.remedy.startsWith(remedy), words.remedy).toBe(true);
    const note = noteOf(finding, SUBJECT);
    expect(note).toMatch(/^[A-Z-].*\. smoothcert check shows more\.$/);
    expect(note).not.toMatch(/undefined|NaN|null/);
  });

  it('of labels say that they wrap around where one less, or one more, is no class', () => {
    const wrapped = (by: 1 | -1, labelRange: [number, number]) =>
      adviceOf(labels({ kind: 'shifted', by, classes: 10 }), { ...SUBJECT, labelRange });
    expect(wrapped(1, [0, 9])).toEqual({
      what: 'The labels are too large by one, and 0 stands for class 9: 45 of 50 images would be right instead of 5.',
      remedy: 'Save them as (y - 1) % 10, and give them with --labels.',
    });
    expect(wrapped(-1, [0, 9]).remedy).toBe('Save them as (y + 1) % 10, and give them with --labels.');
    expect(wrapped(-1, [0, 8]).remedy).toBe('Save them as y + 1, and give them with --labels.');
  });

  it('of another preprocessing name the test that decides', () => {
    const what = (by: Ground) => adviceOf(better(1e-9, { ...figures, plain: 0.9 }, by), SUBJECT).what;
    expect(what('answers')).toBe(
      'Another preprocessing fits the model better (blue first): 45 of 50 images are right without noise, and 45 of 50 as given (probability by chance 1.0e-9).',
    );
    expect(what('scores')).toContain(
      'as given (its scores fit the labels better, with a probability by chance of 1.0e-9).',
    );
  });

  it('of folders name one that sorts before a smaller number, and say how to rename them', () => {
    const finding = labels({ kind: 'name-order', reverse: false });
    const classNames = ['0', '1', '10', '11', '2', '3', '4', '5', '6', '7', '8', '9'];
    const { what, remedy } = adviceOf(finding, { ...SUBJECT, classNames });
    expect(what).toContain('names as text ("10" comes before "2", so it is class 2), and');
    expect(remedy).toContain('Rename the folders');
  });
});
