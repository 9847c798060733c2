import { readFile, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { FileLedger } from '../../adapters/local/file-ledger.js';
import { SmoothcertError } from '../../shared/errors.js';
import { jobDigest } from '../../shared/job.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { TSV_HEADER } from '../../coordinator/results/tsv-lines.js';
import { foldOf as foldOfRecords } from '../../test/support/folds.js';
import { FIXED, allShards, certificate, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';
import { refusingRefuted, writeResults, writeTopkRows } from './write-results.js';

const folder = folderOfEachTest();

const JOB = makeJob({ images: 4 });

/** Images are drawn in this order, a record each. */
const foldOf = (images: number[], job = JOB) => {
  const shardsOf = (image: number) => allShards(new JobFold(job)).filter((shard) => shard.image === image);
  const counts = (image: number) => shardsOf(image).map((shard) => counted(() => 3, shard));
  return foldOfRecords(
    job,
    images.map((image) => makeRecord(job, { counted: counts(image) })),
  );
};

const linesOf = async (name: string) => (await readFile(folder.file(name), 'utf8')).split('\n');

describe('the results', () => {
  it('are the decided images in image order, whichever came first, in both files', async () => {
    const fold = foldOf([3, 1]);
    await writeResults(folder.path, fold, Int32Array.of(3, 3, 3, 5));
    expect(await readdir(folder.path)).toEqual(['results.csv', 'results.jsonl', 'results.tsv']);
    const json = await linesOf('results.jsonl');
    expect(json.pop()).toBe('');
    expect(json.map((line) => JSON.parse(line) as unknown)).toEqual([
      certificate(fold, 1, 3),
      certificate(fold, 3, 5),
    ]);
    const tsv = await linesOf('results.tsv');
    expect(tsv[0]).toBe(TSV_HEADER);
    expect(tsv.slice(1).map((line) => line.split('\t').slice(0, 3).join())).toEqual(['1,3,3', '3,5,3', '']);
    expect(Number(tsv[1]!.split('\t')[5])).toBeCloseTo(fold.images.get(1)!.micros / 1e6, 6);
  });

  it('replace earlier ones', async () => {
    await writeResults(folder.path, foldOf([0]), null);
    await writeResults(folder.path, foldOf([0, 1, 2, 3]), null);
    expect(await linesOf('results.jsonl')).toHaveLength(5);
    expect(await linesOf('results.tsv')).toHaveLength(6);
  });

  it('of nothing are a header', async () => {
    await writeResults(folder.path, new JobFold(JOB), null);
    expect(await linesOf('results.jsonl')).toEqual(['']);
    expect(await linesOf('results.tsv')).toEqual([TSV_HEADER, '']);
  });
});

describe('rows for top-k certificates', () => {
  it('are a file of their own, one line an image', async () => {
    const fold = foldOf([1, 0], makeJob({ ...FIXED, images: 2 }));
    await writeTopkRows(folder.path, fold, Int32Array.of(3, 5));
    expect(await readdir(folder.path)).toEqual(['topk.txt']);
    expect(await linesOf('topk.txt')).toEqual(['0 0 0 100 0 0 0 0 0 0 3', '0 0 0 100 0 0 0 0 0 0 5', '']);
  });
});

describe('drawing that ends with an error', () => {
  const died = new SmoothcertError('DATA_DIGEST_MISMATCH', 'The images changed.', 'Convert them again.');
  const failed = [{ shard: { image: 1, begin: 0, end: 64 }, detail: 'It changed.' }];

  it.each([
    [
      'refutes the job by what it recorded: results of an earlier run are removed',
      'MODEL_NOT_DETERMINISTIC',
      [],
    ],
    [
      'keeps them where nothing refutes the job',
      'INFERENCE_FAILED',
      ['results.csv', 'results.jsonl', 'results.tsv', 'topk.txt'],
    ],
  ] as const)('%s', async (_, code, kept) => {
    const fold = foldOf([0]);
    await writeResults(folder.path, fold, null);
    await writeFile(folder.file('topk.txt'), 'x');
    const ledger = await FileLedger.open(folder.file('ledger'), jobDigest(JOB));
    const draw = async () => {
      // Recorded, and not folded: one process found it while another one ended the drawing.
      await ledger.append(makeRecord(JOB, { failed: failed.map((one) => ({ ...one, code })) }));
      throw died;
    };
    const outcome = refusingRefuted(folder.path, new JobFold(JOB), ledger, draw);
    await expect(outcome).rejects.toMatchObject({ code: kept.length === 0 ? code : died.code });
    await ledger.close();
    expect((await readdir(folder.path)).sort()).toEqual(['ledger', ...kept]);
  });
});
