import { describe, expect, it } from 'vitest';
import { FIXED, allShards, counted, makeJob, makeRecord, type Voter } from '../../test/support/jobs.js';
import type { Job } from '../../shared/job.js';
import { JobFold } from '../core/job-fold.js';
import { jsonLines, tsvLines } from './result-lines.js';
import { NO_ROW_NAMES } from './row-names.js';

/** Image 0 is certified as class 3, image 1 abstains. */
const votes: Voter = (image, sample) => (image === 1 ? sample % 2 : sample % 100 === 50 ? 1 : 3);
const NAMES = { files: ['cat/1.png', 'a "b"\\t.png'], classes: ['ape', 'bee', 'cat', 'dog'] };
const labelOf = (image: number) => (image === 0 ? 2 : 7);

function foldOf(job: Job): JobFold {
  const fold = new JobFold(job);
  fold.apply(makeRecord(job, { counted: allShards(fold).map((shard) => counted(votes, shard)) }));
  return fold;
}

const fold = foldOf(makeJob({ images: 2 }));
const rows = (names = NO_ROW_NAMES) =>
  [...jsonLines(fold, labelOf, names)].map((line) => JSON.parse(line) as Record<string, unknown>);

describe('rows of images and classes with names', () => {
  it('have each name behind what it names, and all else as without', () => {
    const [first, second] = rows(NAMES);
    expect(Object.entries(first!).slice(0, 7)).toEqual([
      ['image', 0],
      ['file', 'cat/1.png'],
      ['label', 2],
      ['label_name', 'cat'],
      ['outcome', 'certified'],
      ['class', 3],
      ['class_name', 'dog'],
    ]);
    // A label beyond the names has none, and an abstention no class.
    expect(Object.keys(second!).slice(0, 5)).toEqual(['image', 'file', 'label', 'outcome', 'class']);
    const bare = rows(NAMES).map((row) => {
      const names = ['file', 'label_name', 'class_name'];
      return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([key]) => !names.includes(key))));
    });
    expect(bare).toEqual(rows().map((row) => JSON.stringify(row)));
  });

  it('have those that are known', () => {
    expect(rows({ files: null, classes: NAMES.classes })[0]).not.toHaveProperty('file');
    expect(rows({ files: [null, ''], classes: null }).map((row) => 'file' in row)).toEqual([false, false]);
    expect(Object.keys(rows({ files: NAMES.files, classes: null })[0]!)).not.toContain('class_name');
  });

  it('have two more columns in results.tsv, behind all others', () => {
    const lines = [...tsvLines(fold, labelOf, NAMES)];
    expect(lines[0]).toBe('idx\tlabel\tpredict\tradius\tcorrect\ttime\tfile\tclass_name\n');
    expect(lines[1]).toMatch(/^0\t2\t3\t0\.\d{6}\t0\t\d\.\d{6}\tcat\/1\.png\tdog\n$/);
    expect(lines[2]).toMatch(/^1\t7\t-1\t0\.000000\t0\t\d\.\d{6}\t"a ""b""\\t\.png"\t\n$/);
  });

  it.each(['=1+1', '+1', '-d', '@SUM(A1)', '=HYPERLINK("http://x","y")'])(
    'are no formulas in results.tsv: %s',
    (name) => {
      const text = [...tsvLines(fold, labelOf, { files: [name, name], classes: ['a', 'b', 'c', name] })][1]!;
      const quoted = name.includes('"') ? `"'${name.replaceAll('"', '""')}"` : `'${name}`;
      expect(text.trimEnd().split('\t').slice(6)).toEqual([quoted, quoted]);
    },
  );

  it('name the class of an approximation', () => {
    const approximate = foldOf(makeJob({ ...FIXED, bound: 'clt', images: 1 }));
    const [line] = [...jsonLines(approximate, labelOf, NAMES)];
    expect(JSON.parse(line!)).toMatchObject({ class: null, approximate_class: 3, class_name: 'dog' });
  });
});
