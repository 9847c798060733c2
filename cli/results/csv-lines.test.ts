import { describe, expect, it } from 'vitest';
import { csvRows } from '../../input/pictures/csv.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines, tsvLines } from '../../coordinator/results/result-lines.js';
import type { Job } from '../../shared/job.js';
import {
  FIXED,
  TARGET,
  allShards,
  counted,
  makeJob,
  makeRecord,
  type Voter,
} from '../../test/support/jobs.js';
import { csvLines } from './csv-lines.js';

/** Image 2 abstains, all others are certified as class 3. */
const votes: Voter = (image, sample) => (image === 2 ? sample % 2 : sample % 100 === 50 ? 1 : 3);
const NAMES = {
  files: ['a, b/1.png', '"q".png', '=cmd|x', '-1.png'],
  classes: ['ape', '+bee', 'c\\nd', 'dog'],
};
const labelOf = (image: number) => [3, 1, 2, 0][image]!;

function filesOf(job: Job, labels: (image: number) => number | null = labelOf) {
  const fold = new JobFold(job);
  fold.apply(makeRecord(job, { counted: allShards(fold).map((shard) => counted(votes, shard)) }));
  const csv = [...csvLines(fold, labels, NAMES)].join('');
  const [header, ...lines] = [...csvRows(csv)] as [string[], ...string[][]];
  const rows = lines.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at]!])));
  const tsv = [...tsvLines(fold, labels)].slice(1).map((line) => line.trimEnd().split('\t'));
  const jsonl = [...jsonLines(fold, labels, NAMES)].map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  );
  return { csv, header, rows, tsv, jsonl };
}

describe('results.csv', () => {
  const { header, rows, tsv, jsonl } = filesOf(makeJob({ images: 4 }));

  it('has a row an image, with the radii, labels and times of results.tsv', () => {
    expect(rows).toHaveLength(4);
    const columns = rows.map(({ image, label, radius, correct, seconds }) => [
      image,
      label,
      radius,
      correct,
      seconds,
    ]);
    expect(columns).toEqual(
      tsv.map(([idx, label, , radius, correct, time]) => [idx, label, radius, correct, time]),
    );
  });

  it('has outcomes, proofs, samples and reasons of results.jsonl', () => {
    const told = ['outcome', 'class', 'p_lower', 'samples', 'stop'];
    for (const [at, row] of rows.entries())
      expect(told.map((name) => row[name])).toEqual(
        told.map((name) => `${(jsonl[at]![name] ?? '') as string | number}`),
      );
    expect(header.at(-1)).toBe('seconds');
  });

  it('has names that are read back as they are, and none that is a formula', () => {
    expect(rows.map(({ file }) => file)).toEqual(['a, b/1.png', '"q".png', "'=cmd|x", "'-1.png"]);
    expect(rows.map((row) => row['label_name'])).toEqual(['dog', "'+bee", 'c\\nd', 'ape']);
    expect(rows.map((row) => row['class_name'])).toEqual(['dog', 'dog', '', 'dog']);
  });

  it('has nothing where no label is known, and 0 for an abstention of a labelled image', () => {
    expect(rows[2]).toMatchObject({ class: '', correct: '0', radius: '0.000000' });
    const unlabelled = filesOf(makeJob({ images: 4 }), () => null).rows;
    expect(unlabelled.map(({ label, correct }) => [label, correct])).toEqual(Array(4).fill(['', '']));
  });

  it('has radii that were asked for as they were written', () => {
    const job = makeJob({ ...TARGET, stop: { kind: 'target', radii: ['0.10'] }, images: 1 });
    expect(filesOf(job).rows[0]).toMatchObject({ radius: '0.10' });
  });

  it('of approximations has no column of a radius or of a class that is certified', () => {
    const approximate = filesOf(makeJob({ ...FIXED, bound: 'clt', images: 3 }));
    expect(approximate.header).not.toContain('radius');
    expect(approximate.header).not.toContain('class');
    expect(approximate.rows[0]).toMatchObject({ outcome: 'approximate', approximate_class: '3' });
  });

  it('of predictions has p-values', () => {
    const job = makeJob({ images: 1, stop: { kind: 'predict' }, bound: 'anytime', looks: [64, 96] });
    const { header: ofPredictions, rows: predicted } = filesOf(job);
    expect(ofPredictions).not.toContain('radius');
    expect(predicted[0]).toMatchObject({ outcome: 'predicted', class: '3', correct: '1' });
    expect(Number(predicted[0]!['p_value'])).toBeLessThan(0.001);
  });
});
