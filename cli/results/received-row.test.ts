import { describe, expect, it } from 'vitest';
import type { CertificateRow } from '../../api/job-view.js';
import { resultRowOf } from '../../coordinator/results/result-rows.js';
import { tsvLine } from '../../coordinator/results/tsv-lines.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { allShards, counted, makeJob, makeRecord, voterOf } from '../../test/support/jobs.js';
import { readRow } from './service-results.js';

/** Rows that a server makes of one clear image, and what it might send in their place. */

const job = makeJob({ images: 1, looks: [100, 200], stop: { kind: 'gain', minGain: 0 } });
const fold = new JobFold(job);
const voter = voterOf(job.draw.classes, () => 0.95);
for (const shard of allShards(fold)) fold.apply(makeRecord(job, { counted: [counted(voter, shard)] }));
const row = resultRowOf(fold, 0, 0)!;
const { outcome, class: certified, correct, samples } = row;
const message: CertificateRow = {
  image: 0,
  label: 0,
  outcome,
  class: certified,
  correct,
  radius: 'radius' in row ? row.radius : 0,
  samples,
  json: JSON.stringify(row),
  tsv: tsvLine(row, 1_234_567),
};
const withRow = (change: object, around: Partial<CertificateRow> = {}): CertificateRow => ({
  ...message,
  ...around,
  json: JSON.stringify({ ...row, ...change }),
});

describe('a row that a server sends', () => {
  it('is read where all of it follows from its line of results.jsonl', () => {
    expect(outcome).toBe('certified');
    expect(readRow(job, message)).toMatchObject({ image: 0, outcome: 'certified', radius: message.radius });
    const named = { file: 'a.png', class_name: '=b' };
    const tsv = `${message.tsv}\ta.png\t'=b`;
    expect(readRow(job, withRow(named, { tsv }))).toMatchObject({ image: 0 });
  });

  const cells = message.tsv.split('\t');
  const table = (at: number, cell: string) => cells.map((own, i) => (i === at ? cell : own)).join('\t');
  const forged: Readonly<Record<string, CertificateRow>> = {
    'another image in the table': { ...message, tsv: table(0, '1000') },
    'another class in the table': { ...message, tsv: table(2, '1') },
    'a larger radius in the table': { ...message, tsv: table(3, '12345') },
    'another verdict in the table': { ...message, tsv: table(4, cells[4] === '1' ? '0' : '1') },
    'no time': { ...message, tsv: table(5, 'soon') },
    'a control sequence in the table': { ...message, tsv: `${message.tsv}\x1b]0;x\x07` },
    'further cells': { ...message, tsv: `${message.tsv}\ta\tb` },
    'a class that the model has not': withRow({ class: job.draw.classes }, { class: job.draw.classes }),
    'another class than its message': { ...message, class: 1 },
    'another radius than its message': { ...message, radius: 9.5 },
    'another label than its message': { ...message, label: 1 },
    'a wrong verdict': withRow({ correct: !row.correct }),
    'another bound': withRow({ bound: 'clt' }),
    'no class': withRow({ class: null, correct: null }, { class: null }),
    'a radius without a certificate': withRow(
      { outcome: 'abstained', class: null, correct: null },
      { outcome: 'abstained', class: null },
    ),
  };
  it.each(Object.entries(forged))('is refused with %s', (_, one) => {
    expect(() => readRow(job, one)).toThrow(expect.objectContaining({ code: 'MESSAGE_MALFORMED' }));
  });
});
