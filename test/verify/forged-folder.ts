import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { HEADER_BYTES, encodeFrame, encodeHeader, framesIn } from '../../adapters/local/ledger-frames.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { decodeRecord, encodeRecord, type LedgerRecord } from '../../shared/wire/record.js';
import { runCommand } from '../harness/command.js';

/** Another content of a folder: of its job, and of the records of its ledger. */
export interface Forgery {
  readonly job?: (job: Job) => Job;
  readonly records?: (records: readonly LedgerRecord[]) => readonly LedgerRecord[];
}

/** Copies a folder with another ledger and job: digests and checksums are made again, and results that follow from them. */
export async function forge(original: string, into: string, { job, records }: Forgery): Promise<void> {
  await cp(original, into, { recursive: true });
  const file = JSON.parse(await readFile(`${into}/job.json`, 'utf8')) as { job_digest: string; job: Job };
  const forged = job === undefined ? file.job : job(file.job);
  const digest = jobDigest(forged);
  await writeFile(
    `${into}/job.json`,
    `${JSON.stringify({ ...file, job_digest: digest, job: forged }, null, 2)}\n`,
  );
  const { payloads } = framesIn((await readFile(`${into}/ledger`)).subarray(HEADER_BYTES));
  const before = payloads.map((payload) => decodeRecord(payload));
  const after = (records?.(before) ?? before).map((record) => ({ ...record, jobDigest: digest }));
  await writeFile(
    `${into}/ledger`,
    Buffer.concat([encodeHeader(digest), ...after.map((record) => encodeFrame(encodeRecord(record)))]),
  );
  await rm(`${into}/topk.txt`, { force: true });
  const { code, stderr } = await runCommand(['results', into]);
  if (code !== 0) throw new Error(stderr);
}

/** Returns records in which the shards of some images have no vote but for the class that has most of theirs. */
export function unanimous(
  records: readonly LedgerRecord[],
  isForged: (image: number) => boolean,
): LedgerRecord[] {
  const sums = new Map<number, Map<number, number>>();
  for (const { shard, counts } of records.flatMap(({ counted }) => counted)) {
    const sum = sums.get(shard.image) ?? new Map<number, number>();
    sums.set(shard.image, sum);
    counts.classes.forEach((one, i) => sum.set(one, (sum.get(one) ?? 0) + counts.votes[i]!));
  }
  const leaderOf = (image: number) => [...sums.get(image)!].sort(([, a], [, b]) => b - a)[0]![0];
  return records.map((record) => ({
    ...record,
    counted: record.counted.map((one) =>
      isForged(one.shard.image)
        ? {
            ...one,
            counts: {
              classes: [leaderOf(one.shard.image)],
              votes: [one.shard.end - one.shard.begin],
              invalid: 0,
            },
          }
        : one,
    ),
  }));
}

/** Returns records without the votes of some images, as if these had not been drawn. */
export function without(
  records: readonly LedgerRecord[],
  isLeftOut: (image: number) => boolean,
): LedgerRecord[] {
  return records.map((record) => ({
    ...record,
    counted: record.counted.filter(({ shard }) => !isLeftOut(shard.image)),
    dropped: record.dropped.filter(({ image }) => !isLeftOut(image)),
    returned: record.returned.filter(({ image }) => !isLeftOut(image)),
  }));
}

/** Removes files of a folder. */
export const remove = (folder: string, ...files: string[]): Promise<unknown> =>
  Promise.all(files.map((file) => rm(`${folder}/${file}`)));
