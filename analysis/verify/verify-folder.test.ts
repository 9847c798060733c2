import { describe, expect, it } from 'vitest';
import { JOBS, filesOf, rowsOf, rowsText, text, whats, with_ } from '../../test/support/forged-results.js';
import { jobJson, resultFiles, resultJob } from '../../test/support/result-files.js';
import type { Job } from '../../shared/job.js';
import { verifyFolder } from './verify-folder.js';

describe.each(Object.keys(JOBS))('a folder of %s', (name) => {
  const files = filesOf(name);

  it('is found to hold, image by image', () => {
    const { findings, rows, votes, looks } = verifyFolder(files);
    expect(findings.kept).toEqual([]);
    expect(rows).toHaveLength(JOBS[name]![0].images ?? 2);
    expect(votes!.shards).toBeGreaterThan(0);
    expect(looks).toBeGreaterThan(0);
  });

  it('is found not to hold where its last row is claimed of another image, or is gone', () => {
    const lines = files.resultsJsonl!.toString().trimEnd().split('\n');
    expect(
      whats(with_(files, { resultsJsonl: text(`${lines.slice(0, -1).join('\n')}\n`) })).length,
    ).toBeGreaterThan(0);
  });
});

describe('forged tables', () => {
  const files = filesOf('fixed');
  const replaced = (name: 'resultsTsv' | 'topkTxt' | 'resultsJsonl', from: RegExp | string, by: string) =>
    whats(with_(files, { [name]: text(Buffer.from(files[name]!).toString().replace(from, by)) })).join('\n');

  it.each([
    ['resultsTsv', 'idx', 'id', 'Its header is not'],
    ['resultsTsv', /\n$/, '', 'Its header is not'],
    ['resultsTsv', /\n0\t0/, '\n0\t1', 'Its row is not that'],
    ['resultsTsv', /\n[^\n]*\n$/, '\n', 'It has 3 rows'],
    ['topkTxt', /^\d+ /, '1 ', 'Its line is not that'],
    ['topkTxt', /^\d+ /, '0 0 ', 'Its line is not that'],
    ['topkTxt', /\n[^\n]*\n$/, '\n', 'It has 3 lines'],
    ['topkTxt', /\n$/, '', 'It has 0 lines'],
    ['resultsJsonl', /\n$/, '', 'does not end with a line end'],
    ['resultsJsonl', '{', '{ ', 'not written as smoothcert writes it'],
    ['resultsJsonl', '{', '', 'it is no JSON'],
    ['resultsJsonl', '"image":1', '"image":0', 'is there twice'],
    ['resultsJsonl', '"image":3', '"image":9', 'The job has no image 9'],
    ['resultsJsonl', '"outcome":"certified"', '"outcome":"sure"', 'row.outcome is none of'],
  ] as const)('%s with %s as %j are found', (name, from, by, found) => {
    expect(replaced(name, from, by)).toContain(found);
  });

  it('have a column of invalid votes where there are some', () => {
    const [asked] = JOBS['fixed']!;
    const invalid = resultFiles(resultJob(asked), (image, sample) => (image === 0 && sample === 40 ? -1 : 0));
    expect(whats(invalid)).toEqual([]);
    expect(Buffer.from(invalid.topkTxt!).toString().split('\n')[0]!.split(' ')).toHaveLength(12);
  });

  it('without a ledger say no time, and times are numbers', () => {
    expect(whats(with_(files, { ledger: null }))).toEqual([]);
    const tsv = Buffer.from(files.resultsTsv!).toString().replace(/\d\n$/, 'x\n');
    expect(whats(with_(files, { ledger: null, resultsTsv: text(tsv) })).join()).toContain(
      'no number of seconds',
    );
  });

  it('of images without labels have −1', () => {
    const bare = rowsText(rowsOf(files).map((row) => ({ ...row, label: null, correct: null })));
    const [header, ...lines] = Buffer.from(files.resultsTsv!).toString().split('\n');
    const unlabelled = lines.map((line) => {
      const [idx, label, predict, radius, correct, time] = line.split('\t');
      return label === undefined || correct === undefined
        ? line
        : [idx, -1, predict, radius, 0, time].join('\t');
    });
    const tsv = [header, ...unlabelled].join('\n');
    const other = { resultsJsonl: bare, resultsTsv: text(tsv), topkTxt: null };
    expect(whats(with_(files, other))).toEqual([]);
  });

  it('of predictions say no time without a ledger', () => {
    expect(whats(with_(filesOf('predict'), { ledger: null }))).toEqual([]);
  });

  it('may be missing, and rows too', () => {
    const none = { resultsJsonl: null, resultsTsv: null, topkTxt: null };
    expect(verifyFolder(with_(files, none))).toMatchObject({ rows: [], looks: 0 });
    expect(whats(with_(files, { ...none, resultsJsonl: text('') }))).toEqual([]);
  });

  it('are compared with the rows that there are, also with none', () => {
    const none = with_(files, { resultsJsonl: text(''), ledger: null });
    expect(whats(none)).toEqual([
      'It has 4 rows, and results.jsonl 0.',
      'It has 4 lines, and results.jsonl 0, or it does not end with a line end.',
    ]);
    expect(verifyFolder(none).missing).toEqual([0, 1, 2, 3]);
  });

  it('of images that share a total leave none out', () => {
    const budget = filesOf('budget');
    const some = rowsText(rowsOf(budget).filter(({ image }) => image !== 1));
    const { findings, missing } = verifyFolder(
      with_(budget, { ledger: null, resultsJsonl: some, resultsTsv: null }),
    );
    expect(missing).toEqual([1]);
    expect(findings.kept).toEqual([
      {
        where: 'results.jsonl',
        what: 'The total of the job is spent, and 1 of the images that share it have no row.',
      },
    ]);
  });

  it('of images that do not share a total may leave some out, which are named', () => {
    const some = rowsText(rowsOf(files).filter(({ image }) => image !== 2));
    const other = with_(files, { ledger: null, resultsJsonl: some, resultsTsv: null, topkTxt: null });
    expect(verifyFolder(other).missing).toEqual([2]);
    expect(whats(other)).toEqual([]);
  });

  it('of more samples than the total of a budget are found', () => {
    const budget = filesOf('budget');
    const other = resultJob({ images: 4, stop: { kind: 'budget', totalSamples: 800 } });
    const forged = { ...other, claim: { ...other.claim, matchedGain: undefined } };
    expect(
      whats(with_(budget, { jobJson: text(jobJson(JSON.parse(JSON.stringify(forged)) as Job)) })).join(),
    ).toContain('more than the total of the job');
  });
});

it('findings are counted beyond those that are kept', () => {
  const files = filesOf('fixed');
  const { findings } = verifyFolder(
    with_(files, { resultsJsonl: text('x\n'.repeat(1100)), resultsTsv: null, topkTxt: null }),
  );
  expect(findings.total).toBe(1100);
  expect(findings.kept).toHaveLength(1000);
});
