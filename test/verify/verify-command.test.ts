import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEADER_BYTES, encodeFrame, framesIn } from '../../adapters/local/ledger-frames.js';
import { decodeRecord, encodeRecord } from '../../shared/wire/record.js';
import { contentOf, runCommand } from '../harness/command.js';
import { DIGITS } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';
import { makeFolder } from './altered-folder.js';

/** `smoothcert verify` as a command: exit codes, the report, and votes that are drawn again. */

const folder = folderOfAllTests();
const original = (): string => folder.file('original');
const REDRAW = ['--model', DIGITS.model, '--data', DIGITS.data];

const verify = async (path: string, ...flags: string[]) => {
  const { code, stdout, stderr } = await runCommand(['verify', path, ...flags]);
  return { code, stdout, stderr };
};
const objectOf = async (path: string, ...flags: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout } = await verify(path, '--json', ...flags);
  return { ...(JSON.parse(stdout) as Record<string, unknown>), code };
};

beforeAll(() => makeFolder(original(), { stop: 'fixed', 'max-samples': 500, 'topk-rows': true }));

describe('verify of a folder', () => {
  it('says what was checked and what was not, and changes nothing', async () => {
    const before = await contentOf(original());
    const { code, stdout, stderr } = await verify(original());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('holds: nothing that was checked is wrong.\n');
    for (const line of ['job', 'votes', 'results', 'bounds', 'other files', 'replay'])
      expect(stdout).toMatch(new RegExp(`^ {2}${line} {2,}\\S`, 'm'));
    expect(stdout).toContain('whether the model really votes so');
    expect(stdout).toContain('the labels are those of the data set, which --model and --data would show');
    expect(stdout).toContain('that each certificate uses its best look');
    expect(await contentOf(original())).toEqual(before);
    expect(await verify(original(), '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('ends with exit code 4 and the place if something does not hold', async () => {
    const forged = folder.file('forged');
    await cp(original(), forged, { recursive: true });
    const rows = await readFile(`${forged}/results.jsonl`, 'utf8');
    await writeFile(`${forged}/results.jsonl`, rows.replace(/"radius":0\.(\d)/, '"radius":1.$1'));
    const { code, stdout } = await verify(forged);
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /does not hold: \d+ findings\.\n {2}results\.jsonl, image 0: Its counts do not prove the radius 1\./,
    );
    expect(await objectOf(forged)).toMatchObject({ code: 4, holds: false, kind: 'folder' });
  });

  it('says once that results.jsonl is empty', async () => {
    const emptied = folder.file('emptied');
    await cp(original(), emptied, { recursive: true });
    await writeFile(`${emptied}/results.jsonl`, '');
    const { code, stdout } = await verify(emptied);
    expect(code).toBe(4);
    expect(stdout).toMatch(/does not hold: [1-4] findings?\.\n/);
    expect(stdout.match(/results\.jsonl: It is empty, /g)).toHaveLength(1);
  });

  it('prints nothing of a file that could control a terminal', async () => {
    const forged = folder.file('hostile');
    await cp(original(), forged, { recursive: true });
    const job = await readFile(`${forged}/job.json`, 'utf8');
    const named = job.replace('"smoothcert"', '"smooth\\u001b[31mcert": 1,\n  "smoothcert"');
    await writeFile(`${forged}/job.json`, named);
    const later = await verify(forged);
    expect(later).toMatchObject({ code: 2, stdout: '' });
    expect(later.stderr).toMatch(
      /^Error PROTOCOL_MISMATCH: .* cannot be checked by this version: .*\\u\{1b\}\[31mcert/,
    );
    await writeFile(`${forged}/job.json`, named.replace(/"job_digest": "./, '"job_digest": "x'));
    const { code, stdout } = await verify(forged);
    expect(code).toBe(4);
    expect(stdout).toContain('\\u{1b}[31mcert');
    expect(later.stderr + stdout).not.toContain('\u001b');
  });

  it('works without a ledger, as of a job of a server, and says so', async () => {
    const other = folder.file('without a ledger');
    await cp(original(), other, { recursive: true });
    await rm(`${other}/ledger`);
    const { code, stdout } = await verify(other);
    expect(code).toBe(0);
    expect(stdout).toContain('whether the counts are those of a ledger: there is none');
  });

  it('is refused where there is nothing to verify, and for flags that do not go together', async () => {
    expect(await verify(folder.path)).toMatchObject({ code: 2, stdout: '' });
    expect(await verify(folder.file('nowhere'))).toMatchObject({ code: 2, stdout: '' });
    expect(await verify(original(), '--model', 'm.onnx')).toMatchObject({ code: 2 });
    expect(await verify(original(), '--share', '0.5')).toMatchObject({ code: 2 });
    expect(await verify(original(), ...REDRAW, '--share', '0.5', '--shards', '1')).toMatchObject({ code: 2 });
    expect(await verify(`${original()}/results.tsv`, ...REDRAW)).toMatchObject({ code: 2 });
    expect(await verify(`${original()}/job.json`)).toMatchObject({ code: 2 });
  });
});

describe('verify with the model and the data', () => {
  it('draws a part again, finds the same votes, and says what it would have missed', async () => {
    const found = await objectOf(original(), ...REDRAW, '--shards', '5');
    expect(found).toMatchObject({
      code: 0,
      holds: true,
      redrawn: { drawn: 5, differentShards: 0, differentVotes: 0, sameBits: true, failed: 0 },
    });
    expect((found['notChecked'] as string[]).join()).not.toMatch(/labels|really votes so/);
    const { shards, missed } = found['redrawn'] as { shards: number; missed: Record<string, number> };
    // One shard in a hundred is at least one; five of all are drawn.
    const ofOne = Math.max(1, Math.round(shards / 100));
    expect(ofOne).toBe(1);
    expect(missed['onePercent']).toBeCloseTo(1 - 5 / shards, 12);
  });

  it('finds votes that were forged with their checksums, and with results that follow from them', async () => {
    const forged = folder.file('forged votes');
    await cp(original(), forged, { recursive: true });
    await forgeOneVote(`${forged}/ledger`);
    expect(await runCommand(['results', forged, '--topk-rows'])).toMatchObject({ code: 0 });
    expect(await verify(forged)).toMatchObject({ code: 0 });
    const { code, stdout } = await verify(forged, ...REDRAW, '--share', '1');
    expect(code).toBe(4);
    expect(stdout).toContain('The model votes otherwise: the ledger has class');
  });

  it('refuses another model and other data', async () => {
    const other = ['--model', 'test/fixtures/models/probabilities.onnx', '--data', DIGITS.data];
    expect(await verify(original(), ...other)).toMatchObject({ code: 2 });
    const data = ['--model', DIGITS.model, '--data', 'test/fixtures/models/images.npz'];
    expect(await verify(original(), ...data)).toMatchObject({ code: 2 });
  });
});

/** Moves one vote of the last shard of a ledger to another class, and recomputes the checksum. */
async function forgeOneVote(file: string): Promise<void> {
  const bytes = await readFile(file);
  const { payloads } = framesIn(bytes.subarray(HEADER_BYTES));
  const at = payloads.findLastIndex((payload) => decodeRecord(payload).counted.length > 0);
  const frames = payloads.map((payload, i) => {
    const record = decodeRecord(payload);
    if (i !== at) return encodeFrame(encodeRecord(record));
    const [first, ...rest] = record.counted;
    const { classes, votes, invalid } = first!.counts;
    const counts = { classes, votes: [votes[0]! - 1, ...votes.slice(1)], invalid: invalid + 1 };
    return encodeFrame(encodeRecord({ ...record, counted: [{ ...first!, counts }, ...rest] }));
  });
  await writeFile(file, Buffer.concat([bytes.subarray(0, HEADER_BYTES), ...frames]));
}

describe('verify of a table', () => {
  it('finds the α of our own fixed results, and what is wrong in others', async () => {
    const tsv = `${original()}/results.tsv`;
    const found = await objectOf(tsv, '--sigma', '0.25', '--samples', '500', '--alpha', '0.001');
    expect(found).toMatchObject({ code: 0, holds: true, kind: 'table', roundedUp: 0 });
    expect((found['fits'] as object[])[0]).toMatchObject({
      n: 500,
      alpha: 0.001,
      rounding: 'down',
      unexplained: 0,
    });
    expect((found['checked'] as Record<string, string>)['radii']).toMatch(/^explained by .*: all \d+$/);
    const text = await readFile(tsv, 'utf8');
    const shifted = text.replace(/\t(0\.\d{5})\d\t/g, '\t$15\t').replace(/\t0\.(\d)/g, '\t0.0$1');
    await writeFile(folder.file('shifted.tsv'), shifted);
    const unexplained = await verify(folder.file('shifted.tsv'), '--sigma', '0.25');
    expect(unexplained.code).toBe(0);
    expect(unexplained.stdout).toMatch(/^ {2}radii +not explained by Clopper–Pearson with .*: not checked$/m);
    expect(unexplained.stdout).not.toContain(' explained by α');
    expect(unexplained.stdout).toContain('  radii: no claim that was tried explains them\n');
    const other = folder.file('other.tsv');
    await writeFile(other, text.replace(/^60\t/m, '0\t'));
    const { code, stdout } = await verify(other);
    expect(code).toBe(4);
    expect(stdout).toContain('Image 0 is there twice');
  });
});
