import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CertificateRow } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { ServiceBed, dataSet, endOf, happens } from '../../test/support/service-bed.js';
import { meanwhile, replacing, updatesOf } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { labelsIn } from '../artifacts/stored-data-set.js';
import { jobIdOf } from '../jobs/new-job-id.js';
import type { JobManager } from '../jobs/job-manager.js';
import { storedRows } from '../results/stored-results.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const CHANGED = { code: 'DATA_DIGEST_MISMATCH' };
const request = (requestId = 'one') => ({ spec: bed.spec(), requestId, validateOnly: false });

/** Overwrites an artifact's file, as somebody does who can write to the store; what is returned puts it back. */
async function overwrite(digest: string, change: (bytes: Buffer) => void): Promise<() => Promise<void>> {
  const file = await bed.artifacts.file(digest);
  const before = await readFile(file);
  const after = Buffer.from(before);
  change(after);
  expect(Buffer.compare(before, after)).not.toBe(0);
  await writeFile(file, after);
  return () => writeFile(file, before);
}

const otherLabels = () =>
  overwrite(bed.dataDigest, (bytes) => {
    for (let image = 1; image <= 6; image++) bytes.writeInt32LE(77, bytes.length - 4 * image);
  });

async function waitsForIt(manager: JobManager): Promise<void> {
  const said = async () =>
    (await manager.getJob(ID)).waitingFor?.includes('was changed in the store') ?? false;
  await meanwhile(bed, happens(said));
}

async function rowsOf(manager: JobManager, id: string): Promise<CertificateRow[]> {
  const rows: CertificateRow[] = [];
  for await (const row of manager.certificates(id, 0, never)) rows.push(row);
  return rows;
}

describe('a data set that was changed in the store', () => {
  it('gives no labels: its job waits, says why, and goes on once it is as it was', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    const putBack = await otherLabels();
    bed.worker();
    await waitsForIt(manager);
    expect(await manager.getJob(ID)).toMatchObject({ state: 'running', endMs: null, error: null });
    expect(await rowsOf(manager, ID)).toEqual([]);
    await putBack();
    await meanwhile(bed, endOf(manager, ID));
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('after its labels were read harms nothing', async () => {
    const labelOf = await labelsIn(bed.artifacts, bed.dataDigest);
    await otherLabels();
    expect([0, 1, 5].map(labelOf)).toEqual([0, 1, 5]);
  });

  it('does not keep its job from being cancelled, without results', async () => {
    const manager = await bed.serving();
    await manager.createJob(request());
    await otherLabels();
    bed.worker();
    await waitsForIt(manager);
    await manager.cancelJob(ID);
    const ended = await endOf(manager, ID);
    expect(ended).toMatchObject({ state: 'cancelled', error: CHANGED });
    expect((await bed.ending(ID)).results).toBeNull();
  });

  it('is no data set for a new job, wherever it was changed', async () => {
    const manager = await bed.serving();
    for (const at of [48, 128]) {
      // Image numbers and pixels: the file is as long as it was, and still a data set.
      const putBack = await overwrite(bed.dataDigest, (bytes) => void (bytes[at]! ^= 1));
      await expect(manager.createJob(request())).rejects.toMatchObject(CHANGED);
      await putBack();
    }
    const putBack = await overwrite(bed.dataDigest, (bytes) => void dataSet({ start: 1 }).copy(bytes));
    await expect(labelsIn(bed.artifacts, bed.dataDigest)).rejects.toMatchObject(CHANGED);
    await putBack();
    expect(await manager.createJob(request())).toMatchObject({ id: ID });
  });
});

describe('results that were changed in the store', () => {
  const otherRow = (bytes: Buffer) => void bytes.write('9', bytes.indexOf('"label":') + '"label":'.length);

  async function ended(): Promise<JobManager> {
    const manager = await bed.serving();
    bed.worker();
    await manager.createJob(request());
    await endOf(manager, ID);
    return manager;
  }

  it('give no row, and are stored anew by the end of an equal job', async () => {
    const manager = await ended();
    const rows = await rowsOf(manager, ID);
    const { jsonl, tsv } = (await bed.ending(ID)).results!;
    await overwrite(jsonl, otherRow);
    const first = manager.certificates(ID, 0, never).next();
    await expect(first).rejects.toMatchObject(CHANGED);
    await expect(updatesOf(manager, ID)).rejects.toMatchObject(CHANGED);
    await overwrite(tsv, (bytes) => void bytes.fill(0));
    const { id } = await manager.createJob(request('two'));
    await endOf(manager, id);
    expect(await rowsOf(manager, ID)).toEqual(rows);
    expect(rows).toHaveLength(6);
  });

  it.each(['jsonl', 'tsv'] as const)('while they are read are found out at the end (%s)', async (which) => {
    await ended();
    const results = (await bed.ending(ID)).results!;
    let reads = 0;
    const artifacts = replacing<ArtifactStore>(bed.artifacts, {
      read: async function* (digest, begin, end) {
        const again = digest === results[which] && ++reads === 2;
        for await (const piece of bed.artifacts.read(digest, begin, end)) {
          yield again ? Buffer.from(Buffer.from(piece).toString().replaceAll('0', '1')) : piece;
        }
      },
    });
    const reading = async () => {
      let rows = 0;
      for await (const { image } of storedRows(artifacts, results, 0)) rows += image >= 0 ? 1 : 0;
      return rows;
    };
    await expect(reading()).rejects.toMatchObject(CHANGED);
    expect(await reading()).toBe(6);
  });
});
