import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { certificateOf } from '../../coordinator/results/certificates.js';
import { replay } from '../../coordinator/run/replay.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { jobDigest } from '../../shared/job.js';
import { contentOf, startCommand, type RunningCommand } from '../harness/command.js';
import { ledgerGrows } from '../harness/digits-job.js';
import { framesOf, recordsOf } from '../harness/ledger-frames.js';
import { childrenOf, isAlive, residentMiB, seededRandom } from '../harness/processes.js';
import { certifyArgs, jobOf, writeUint8Npy } from '../harness/results.js';
import { writeSlowModel } from '../harness/slow-model.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const IMAGES = 10_000;
const MS_A_SAMPLE = 100;
const BATCH = 2;
/** One shard an image: an image takes 1.6 s of a process, and is decided then. */
const SAMPLES = 16;
/** Drawing goes on for up to this long behind its first record. */
const LONGEST_DRAWING_MS = 1_500;
/** Loading the model twice and probing it takes more than twice as long. */
const LONGEST_START_MS = 1_200;
/** From Ctrl-C: the batch that runs, the record, the results, the end of the processes. Many times that, for a busy machine. */
const GRACE_MS = 5_000;
/** Measured: 80 to 95 each. */
const MOST_MIB = 250;
const MOST_GROWTH_MIB = 32;
const POLL_MS = 2;

const folder = folderOfAllTests();
let out: string;
let job: string[];

beforeAll(async () => {
  out = folder.file('out');
  const [model, data] = [folder.file('slow.onnx'), folder.file('images.npy')];
  await writeSlowModel(model, MS_A_SAMPLE, BATCH);
  const random = seededRandom(5);
  const pixels = Uint8Array.from({ length: 64 * IMAGES }, () => random(256));
  await writeUint8Npy(data, [IMAGES, 8, 8], pixels);
  job = certifyArgs({
    model,
    data,
    out,
    sigma: 0.25,
    seed: 3,
    batch: BATCH,
    processes: 2,
    alpha: 0.25,
    'max-samples': SAMPLES,
  });
});

const ledger = () => readFile(folder.file('out', 'ledger')).catch(() => Buffer.alloc(0));

/** Ends the command with all its processes, and by Ctrl-C within the grace. */
async function interrupt(command: RunningCommand, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  const children = await childrenOf(command.pid);
  const begun = performance.now();
  command.kill(signal);
  const { code, stderr, ...ended } = await command.exited;
  if (signal === 'SIGINT') {
    expect(performance.now() - begun).toBeLessThan(GRACE_MS);
    // Before Node has begun to run the command, a signal ends it as any process.
    if (ended.signal === null) expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  }
  while ((await Promise.all(children.map(isAlive))).includes(true)) await delay(POLL_MS);
}

/** Images of which every sample is recorded; fails if a sample is recorded twice. */
function recordedImages(bytes: Buffer): number[] {
  const shards = recordsOf(bytes).flatMap(({ counted }) => counted.map(({ shard }) => shard));
  for (const { begin, end } of shards) expect([begin, end]).toEqual([0, SAMPLES]);
  const images = shards.map(({ image }) => image);
  expect(new Set(images).size).toBe(images.length);
  return images.sort((a, b) => a - b);
}

/** The certificates of the ledger's decided images, as results.jsonl has them. */
async function certificates(): Promise<string> {
  const content = await jobOf(out);
  const fold = new JobFold(content);
  const opened = await FileLedger.open(folder.file('out', 'ledger'), jobDigest(content));
  await replay(fold, opened).finally(() => opened.close());
  const lines = [...fold.images.keys()].map((image) => certificateOf(fold, image, null));
  return lines.flatMap((line) => (line === null ? [] : [`${JSON.stringify(line)}\n`])).join('');
}

test('10,000 images, 100 ms a sample, interrupted at random: nothing recorded is lost, drawn again or told too early', async () => {
  const seed = randomInt(1, 2 ** 31 - 1);
  console.log(`interrupted at random moments of seed ${seed}`);
  const random = seededRandom(seed);
  const [parents, all]: [number[], number[]] = [[], []];
  let before = await ledger();
  for (const signal of ['SIGINT', 'SIGKILL', 'SIGINT'] as const) {
    await using command = startCommand(job, { ownGroup: true });
    expect(await ledgerGrows(command, out, Math.max(before.length, 48)), signal).toBe(true);
    await delay(random(LONGEST_DRAWING_MS));
    const [parent, ...children] = await Promise.all(
      [command.pid, ...(await childrenOf(command.pid))].map(residentMiB),
    );
    parents.push(parent!);
    all.push(parent!, ...children);
    await interrupt(command, signal);

    const now = await ledger();
    const { payloads } = framesOf(before);
    const { payloads: grown, torn } = framesOf(now);
    expect(grown.length).toBeGreaterThan(payloads.length);
    expect(grown.slice(0, payloads.length)).toEqual(payloads);
    const recorded = recordedImages(now);
    if (signal === 'SIGINT') {
      expect(torn).toBe(0);
      const results = await readFile(folder.file('out', 'results.jsonl'), 'utf8');
      const images = results.trimEnd().split('\n');
      expect(images.map((line) => (JSON.parse(line) as { image: number }).image)).toEqual(recorded);
      expect(results).toBe(await certificates());
      expect(Object.keys((await contentOf(out))!)).toEqual([
        'images.jsonl',
        'job.json',
        'ledger',
        'results.csv',
        'results.jsonl',
        'results.tsv',
      ]);
    }
    before = now;
  }
  expect(Math.max(...all)).toBeLessThan(MOST_MIB);
  expect(Math.max(...parents) - Math.min(...parents)).toBeLessThan(MOST_GROWTH_MIB);

  // And before it has drawn a shard: what is there stays, and all that is recorded is that nothing was drawn.
  const { ledger: recorded, ...others } = (await contentOf(out))!;
  const images = recordedImages(before);
  for (const signal of ['SIGINT', 'SIGKILL', 'SIGINT'] as const) {
    await using command = startCommand(job, { ownGroup: true });
    await delay(random(LONGEST_START_MS));
    await interrupt(command, signal);
    const content = (await contentOf(out))!;
    expect(content).toMatchObject(others);
    expect(content['ledger']!.startsWith(recorded!)).toBe(true);
    expect(recordedImages(await ledger())).toEqual(images);
  }
});
