import { describe, expect, it } from 'vitest';
import { sure, whats, withLattice, with_ } from '../../test/support/forged-results.js';
import { frameOf, ledgerOf, resultFiles, resultJob } from '../../test/support/result-files.js';
import { makeRecord } from '../../test/support/jobs.js';
import { verifyFolder } from './verify-folder.js';

describe('a forged ledger', () => {
  const job = resultJob({ images: 1, maxSamples: 64, stop: { kind: 'gain', minGain: 0 } });
  const shard = { image: 0, begin: 0, end: 64 };
  const votes = (classes: number[], counts: number[], invalid = 0) => ({
    counts: { classes, votes: counts, invalid },
    shard,
    micros: 5,
  });
  const files = resultFiles(job, () => 0);
  const report = (...records: Parameters<typeof makeRecord>[1][]) =>
    verifyFolder(
      with_(files, {
        ledger: ledgerOf(
          job,
          records.map((content) => makeRecord(job, content)),
        ),
      }),
    );
  const joined = (...records: Parameters<typeof makeRecord>[1][]) =>
    report(...records)
      .findings.kept.map(({ what }) => what)
      .join('\n');
  const unanimous = votes([0], [64]);

  it('of the same votes holds', () => {
    expect(joined({ counted: [{ ...unanimous, micros: 640 }] })).toBe('');
  });

  it('of which the first record of a shard is another one does not hold', () => {
    const { findings, votes: found } = report(
      { counted: [votes([0, 1], [63, 1])] },
      { counted: [unanimous] },
    );
    expect(findings.kept.map(({ what }) => what).join()).toContain("not the sum of the ledger's");
    expect(found).toMatchObject({ shards: 1, repeated: 1, repeatedOtherwise: 1 });
  });

  it('with two different counts of the same samples is found where every count is to be the same', () => {
    const twice = [{ counted: [{ ...unanimous, micros: 640 }] }, { counted: [votes([0, 1], [63, 1])] }];
    expect(joined(...twice)).toContain('two different counts of these samples');
    expect(joined({ counted: [{ ...unanimous, micros: 640 }] }, { counted: [unanimous] })).toBe('');
    const any = { ...job, draw: { ...job.draw, numeric: 'any' } } as const;
    const records = twice.map((content) => makeRecord(any, content));
    const elsewhere = verifyFolder(
      with_(
        resultFiles(any, () => 0),
        { ledger: ledgerOf(any, records), resultsTsv: null },
      ),
    );
    expect(elsewhere.votes).toMatchObject({ repeated: 1, repeatedOtherwise: 1 });
    expect(elsewhere.findings.kept.map(({ what }) => what).join()).not.toContain('two different counts');
  });

  it('of other times is found in results.tsv', () => {
    expect(joined({ counted: [unanimous] })).toContain('Its row is not that of results.jsonl and the ledger');
  });

  it('without the votes of a row is found', () => {
    expect(joined({})).toContain('does not hold all of its first 64 samples');
  });

  it('with shards of another grid, image, class or fingerprint does not count them', () => {
    const off = { ...unanimous, shard: { image: 0, begin: 1, end: 65 } };
    const image = { ...unanimous, shard: { ...shard, image: 7 } };
    const found = report({ counted: [off, image, votes([10], [64])] });
    expect(found.votes).toMatchObject({ shards: 0, foreign: 3, fingerprint: null });
    const other = report(
      { counted: [{ ...unanimous, micros: 640 }] },
      { fingerprint: 'cc', counted: [votes([], [], 64)] },
    );
    expect(other.votes).toMatchObject({ shards: 1, foreign: 1 });
    expect(other.findings.kept).toEqual([]);
  });

  it('says a job that an audit has refuted, one that was cancelled, and an image that was given up', () => {
    const failed = [{ shard, code: 'MODEL_NOT_DETERMINISTIC', detail: 'x' }] as const;
    expect(joined({ failed, counted: [{ ...unanimous, micros: 640 }] })).toContain(
      'votes are not independent',
    );
    expect(report({ cancelled: true }).votes!.cancelled).toBe(true);
    const failedImages = [
      { image: 0, code: 'CHILD_DIED', detail: 'Gone.' },
      { image: 9, code: 'CHILD_DIED', detail: '' },
    ] as const;
    const given = resultFiles(resultJob({ images: 1 }), sure, [{ failedImages }]);
    expect(whats(given)).toEqual([]);
    const lost = resultFiles(resultJob({ images: 2 }), () => -1);
    expect(whats(lost)).toEqual([]);
  });

  it('that gives another reason for a failure, or none, is found', () => {
    const given = (code: 'CHILD_DIED' | 'CHILD_HUNG', detail: string) => ({
      failedImages: [{ image: 0, code, detail }] as const,
    });
    const failed = resultFiles(resultJob({ images: 1 }), sure, []);
    expect(whats(failed)).toEqual([]);
    const gone = resultFiles(job, () => 0, []);
    expect(whats(gone)).toEqual([]);
    const before = (reason: ReturnType<typeof given>) => resultFiles(job, () => 0, [reason], 'before');
    expect(whats(before(given('CHILD_DIED', 'Gone.')))).toEqual([]);
    for (const other of [given('CHILD_HUNG', 'Gone.'), given('CHILD_DIED', 'Lost.'), {}]) {
      const ledger = ledgerOf(job, [makeRecord(job, other)]);
      expect(whats(with_(before(given('CHILD_DIED', 'Gone.')), { ledger })).join()).toContain(
        'does not say that it failed',
      );
    }
    const fixed = resultJob({ images: 1, bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 20 } });
    expect(whats(resultFiles(fixed, () => 0, [given('CHILD_DIED', 'Gone.')], 'before'))).toEqual([]);
  });

  it('with a record that cannot be read is found, and the others count', () => {
    const unread = Buffer.concat([files.ledger!, frameOf(Buffer.from([8, 2]))]);
    expect(whats(with_(files, { ledger: unread }))).toEqual([
      'A record cannot be read: it is of another protocol.',
    ]);
  });

  it('that names a task twice, another job, or is no ledger is found', () => {
    expect(joined({ task: 'a', counted: [unanimous] }, { task: 'a' })).toContain('answers the same task');
    expect(joined({ jobDigest: 'ab'.repeat(32) })).toContain('A record is of another job');
    const found = (ledger: Uint8Array) => whats(with_(files, { ledger })).join('\n');
    expect(found(Buffer.alloc(0))).toContain('not that of a ledger');
    expect(found(Buffer.alloc(60))).toContain('not that of a ledger');
    const { ledger } = files;
    expect(found(Buffer.concat([ledger!, Buffer.from([1])]))).toContain('no whole record');
    expect(found(Buffer.concat([ledger!, Buffer.alloc(8)]))).toContain('no whole record');
    expect(found(Buffer.concat([ledger!, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 9])]))).toContain(
      'no whole record',
    );
    expect(found(ledgerOf(withLattice(job, { dimension: 65 }), []))).toContain('names another job');
  });
});
