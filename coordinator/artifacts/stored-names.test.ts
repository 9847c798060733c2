import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeImageNames } from '../../shared/image-names.js';
import { NO_NAMES } from '../../shared/job-names.js';
import { ServiceBed, endOf, sha256, store } from '../../test/support/service-bed.js';
import { jobIdOf } from '../jobs/new-job-id.js';
import { namesOfJob } from './stored-names.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const NAMES = {
  files: ['a/0.png', 'a/1.png', 'b/2.png', 'b/3.png', 'c/4.png', ''],
  classes: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
};
const request = (images: string | null, requestId = 'one') => ({
  spec: bed.spec({ names: { ...NO_NAMES, images } }),
  requestId,
  validateOnly: false,
});

describe('a job whose images and classes have names', () => {
  it('has them in its rows, and all else as a job without', async () => {
    const digest = await store(bed.artifacts, encodeImageNames(NAMES), 'file');
    const manager = await bed.serving();
    bed.worker();
    await manager.createJob(request(digest));
    await endOf(manager, ID);
    const { jsonl, tsv } = await bed.results(ID);
    const rows = jsonl.trimEnd().split('\n');
    const read = rows.map((row) => JSON.parse(row) as Record<string, unknown>);
    expect(read.map(({ file = '' }) => file)).toEqual(NAMES.files);
    expect(read.map((row) => row['label_name'])).toEqual(NAMES.classes.slice(0, 6));
    for (const row of read)
      expect(row['class_name']).toBe(
        typeof row['class'] === 'number' ? NAMES.classes[row['class']] : undefined,
      );
    const bare = rows.map((row) => row.replace(/"(file|label_name|class_name)":"[^"]*",/g, ''));
    const expected = await bed.expected(ID);
    expect(`${bare.join('\n')}\n`).toBe(expected.jsonl);
    expect(tsv.replace(/\t[^\t\n]*\t[^\t\n]*$/gm, '')).toBe(expected.tsv);
  });

  it('is refused where the server has no such file, or one that holds no names', async () => {
    const manager = await bed.serving();
    const missing = manager.createJob(request(sha256('x')));
    await expect(missing).rejects.toMatchObject({
      code: 'ARTIFACT_MISSING',
      message: expect.stringContaining('the names of its images') as string,
    });
    const other = await store(bed.artifacts, Buffer.from('{"files":1}'), 'file');
    await expect(manager.createJob(request(other, 'two'))).rejects.toThrow('images_digest');
    const large = await store(bed.artifacts, Buffer.alloc(2 ** 24 + 1, 0x20), 'file');
    await expect(manager.createJob(request(large, 'three'))).rejects.toThrow('images_digest');
  });

  it('says so where its names were changed in the store', async () => {
    const digest = await store(bed.artifacts, encodeImageNames(NAMES), 'file');
    const file = await bed.artifacts.file(digest);
    await writeFile(file, (await readFile(file, 'utf8')).replace('zero', 'hero'));
    const { spec } = request(digest);
    await expect(namesOfJob(bed.artifacts, spec)).rejects.toMatchObject({ code: 'DATA_DIGEST_MISMATCH' });
  });
});
