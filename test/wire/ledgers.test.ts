import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readJobFile } from '../../cli/certify/job-file.js';
import { replay } from '../../coordinator/run/replay.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { jsonLines } from '../../coordinator/results/results-rows.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { HEADER_BYTES, encodeFrame } from '../../adapters/local/ledger-frames.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { LedgerRecord } from '../../shared/wire/record.js';
import { framesOf, recordsOf } from '../harness/ledger-frames.js';
import { lives } from '../support/coordinator-life.js';
import type { Voter } from '../support/jobs.js';
import { VERSIONS, bytesOf, recorded } from '../support/recorded.js';
import { replacing } from '../support/service-faults.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const { live } = lives();
const folder = folderOfEachTest();

/** A copy, to be written to. */
async function ledgerOf(bytes: Buffer, job: Job): Promise<FileLedger> {
  const file = folder.file('ledger');
  await writeFile(file, bytes);
  return FileLedger.open(file, jobDigest(job));
}

/** The labels are the data set's, which is not needed for a replay: those of the recorded rows stand for them. */
function linesOf(fold: JobFold, results: string): string {
  const rows = results
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { image: number; label: number });
  const labels = new Map(rows.map(({ image, label }) => [image, label]));
  return [...jsonLines(fold, (image) => labels.get(image) ?? null)].join('');
}

/** Votes as they were recorded; of what was never drawn any votes will do, because no certificate rests on it. */
function recordedVotes(records: readonly LedgerRecord[]): Voter {
  const votes = new Map<string, number>();
  for (const { shard, counts } of records.flatMap(({ counted }) => counted)) {
    const classes = counts.classes.flatMap((k, i) => Array<number>(counts.votes[i]!).fill(k));
    const all = [...classes, ...Array<number>(counts.invalid).fill(-1)];
    all.forEach((vote, at) => votes.set(`${shard.image}:${shard.begin + at}`, vote));
  }
  return (image, sample) => votes.get(`${image}:${sample}`) ?? 0;
}

/** Begins with the first records of a ledger, lets today's coordinator go on, and returns its results. */
async function goneOn(job: Job, begun: Buffer, whole: Buffer, results: string): Promise<string> {
  const records = recordsOf(whole);
  const file = await ledgerOf(begun, job);
  const { fingerprint } = records.find((record) => record.counted.length > 0)!;
  const ledger = replacing(file, { append: (record) => file.append({ ...record, fingerprint }) });
  const life = await live(job, 'today', { ledger, voter: recordedVotes(records) });
  await life.endInTime();
  const lines = linesOf(life.fold, results);
  await life.end();
  return lines;
}

/** The header and the first half of the records. */
function half(ledger: Buffer): Buffer {
  const { payloads } = framesOf(ledger);
  const kept = payloads.slice(0, Math.floor(payloads.length / 2));
  expect(kept.length).toBeGreaterThan(0);
  return Buffer.concat([ledger.subarray(0, HEADER_BYTES), ...kept.map(encodeFrame)]);
}

describe.each(VERSIONS)('a ledger of %s', (version) => {
  const RULES = ['clt', 'fixed', 'gain-anytime', 'gain-spending', 'target', 'two-stage'];
  const at = (rule: string, name: string) => bytesOf(version, 'ledgers', rule, name);
  const jobOf = async (rule: string) => (await readJobFile(recorded(version, 'ledgers', rule)))!;

  it('is there for every rule', async () => {
    expect((await readdir(recorded(version, 'ledgers'))).sort()).toEqual(RULES);
  });

  describe.each(RULES)('of the rule %s', (rule) => {
    it.each(['ledger', 'ledger.older', 'ledger.later'])(
      'gives the same results.jsonl, byte for byte: %s',
      async (name) => {
        const job = await jobOf(rule);
        const ledger = await ledgerOf(at(rule, name), job);
        const fold = new JobFold(job);
        await replay(fold, ledger);
        await ledger.close();
        const results = at(rule, 'results.jsonl').toString();
        expect(fold.isDone()).toBe(true);
        expect(linesOf(fold, results)).toBe(results);
      },
    );

    it.each(['ledger.older', 'ledger.later'])(
      'that was begun by another version goes on to them: %s',
      async (name) => {
        const results = at(rule, 'results.jsonl').toString();
        expect(await goneOn(await jobOf(rule), half(at(rule, name)), at(rule, 'ledger'), results)).toBe(
          results,
        );
      },
    );
  });

  it('of an interrupted run goes on to what the whole run gave', async () => {
    const job = (await readJobFile(recorded(version, 'interrupted', 'folder')))!;
    const results = readFileSync(recorded(version, 'interrupted', 'results.jsonl'), 'utf8');
    const begun = bytesOf(version, 'interrupted', 'folder', 'ledger');
    const whole = bytesOf(version, 'interrupted', 'ledger.whole');
    expect(recordsOf(begun).length).toBeLessThan(recordsOf(whole).length);
    expect(await goneOn(job, begun, whole, results)).toBe(results);
  });
});
