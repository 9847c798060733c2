import { expect, it } from 'vitest';
import type { FiguresAnswer, ImageKind, ImagesAnswer } from '../../../api/page-api.js';
import type { ImagesQuery } from '../../../coordinator/http/api/api-parts.js';
import type { Figure } from '../../../report/figures/figure.js';
import { resultJob } from '../../../test/support/result-files.js';
import { JobResults } from './job-results.js';

const ID = 'j-1';
const COUNTS = { classes: [1, 2, 4, 6, 7, 9], votes: [5, 90, 5, 1, 2, 7], invalid: 0 };

/** A line of results.jsonl as certify writes it. */
const lineOf = (image: number, fields: object = {}) =>
  JSON.stringify({
    image,
    label: 2,
    outcome: 'certified',
    class: 2,
    correct: true,
    radius: 0.25,
    norm: 'l2',
    p_lower: '0.800000000000',
    stop: 'gain',
    samples: 110,
    counts: COUNTS,
    ...fields,
  });
const NONE = { class: null, correct: null, radius: 0, p_lower: null };
/** One of each kind, not in image order. */
const LINES = [
  lineOf(4, { radius: 0.5, samples: 300, file: 'cat/4.png' }),
  lineOf(0, { radius: 0.5, samples: 200 }),
  lineOf(1, { label: 3, radius: 0.125 }),
  lineOf(3, { ...NONE, outcome: 'abstained', stop: 'abstain' }),
  lineOf(5, { ...NONE, outcome: 'approximate', stop: 'samples' }),
  lineOf(2, { ...NONE, outcome: 'failed', stop: 'MODEL_FAILED', samples: 0, detail: 'It failed.' }),
  lineOf(6, { label: null, radius: 0.75, samples: 50 }),
];

function kept(): JobResults {
  const results = new JobResults();
  results.begin(ID, resultJob({ images: 8 }), 8);
  results.add(ID, LINES.slice(0, 3));
  results.add(ID, LINES.slice(3));
  return results;
}

const USUAL: ImagesQuery = { sort: 'image', descending: false, outcome: 'all', from: 0, count: 60 };
const asked = (query: Partial<ImagesQuery>, results = kept()): ImagesAnswer =>
  JSON.parse(results.images(ID, { ...USUAL, ...query })) as ImagesAnswer;
const imagesOf = ({ images }: ImagesAnswer) => images.map(({ image }) => image);

it.each<[ImageKind, number[]]>([
  ['all', [0, 1, 2, 3, 4, 5, 6]],
  ['certified', [0, 1, 4, 6]],
  ['certified-right', [0, 4]],
  ['certified-wrong', [1]],
  ['abstained', [3, 5]],
  ['failed', [2]],
])('lists the images that are %s', (outcome, images) => {
  const found = asked({ outcome });
  expect([found.total, imagesOf(found)]).toEqual([images.length, images]);
});

it('sorts by each order in both directions, equal ones by image, and gives a part', () => {
  expect(imagesOf(asked({ sort: 'radius', descending: true }))).toEqual([6, 0, 4, 1, 2, 3, 5]);
  expect(imagesOf(asked({ sort: 'radius' }))).toEqual([2, 3, 5, 1, 0, 4, 6]);
  expect(imagesOf(asked({ sort: 'samples', outcome: 'certified' }))).toEqual([6, 1, 0, 4]);
  expect(imagesOf(asked({ descending: true }))).toEqual([6, 5, 4, 3, 2, 1, 0]);
  const part = asked({ from: 5, count: 4 });
  expect([part.total, imagesOf(part)]).toEqual([7, [5, 6]]);
});

it('tells of an image its file, its error, and the classes with most votes', () => {
  const [failed] = asked({ outcome: 'failed' }).images;
  expect(failed).toMatchObject({ file: null, stop: 'MODEL_FAILED', detail: 'It failed.', correct: null });
  const [named] = asked({ from: 4, count: 1 }).images;
  expect(named).toMatchObject({ file: 'cat/4.png', label: 2, class: 2, radius: 0.5, samples: 300 });
  expect(named!.votes).toEqual([
    { class: 2, votes: 90 },
    { class: 9, votes: 7 },
    { class: 1, votes: 5 },
    { class: 4, votes: 5 },
    { class: 7, votes: 2 },
  ]);
});

it('passes over lines that are no results, and knows nothing of a job that was not begun or is forgotten', () => {
  const results = kept();
  results.add(ID, [JSON.stringify({ image: 'x' }), lineOf(7, { radius: -1 })]);
  results.add('j-2', [lineOf(0)]);
  expect(asked({}, results).total).toBe(7);
  results.forget(ID);
  expect(asked({}, results)).toEqual({ total: 0, images: [] });
  const none = JSON.stringify({ sequence: 3, numbers: null, figures: [] });
  const drawn = { samples: 0, sequence: 3 };
  expect([results.figures(ID, drawn), results.figures('j-2', drawn)]).toEqual([none, none]);
});

it('makes the same figures in whatever order its lines came, and begins anew', () => {
  const other = new JobResults();
  other.begin(ID, resultJob({ images: 8 }), 8);
  other.add(ID, [...LINES].reverse());
  const drawn = { samples: 1_000, sequence: 8 };
  const json = kept().figures(ID, drawn);
  expect(other.figures(ID, drawn)).toBe(json);
  expect((JSON.parse(json) as FiguresAnswer<Figure>).figures.length).toBeGreaterThan(0);
  other.begin(ID, resultJob({ images: 8 }), 8);
  expect(asked({}, other).total).toBe(0);
});
