import { writeFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { DIGITS, MODELS, certifyArgs, rowsOf, type Flags } from '../harness/results.js';
import { News } from '../support/news.js';
import { onnxModel, type Operator } from '../support/onnx.js';
import { Scrape } from '../support/scrape.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const folder = folderOfAllTests();
const CLASSES = 10;
/** Fixed in the file, so that it is the batch that everything is compared with. */
const BATCH = 64;

const op = (type: string, inputs: string[], output: string, attributes: Operator['attributes'] = {}) => ({
  type,
  inputs,
  outputs: [output],
  attributes,
});

/** A linear classifier of 8 × 8 pictures and what is made of its scores, `linear`, into `scores`. */
function modelOf(name: string, after: readonly Operator[]): string {
  const file = folder.file(name);
  const matrix = Array.from({ length: 64 * CLASSES }, (_, at) => Math.sin(3 * at + 1));
  // Two pixels that differ by at most 0.17 in every picture: with noise of 0.25 by more than 1.4 in one sample of 14,000.
  const feature = Array.from({ length: 64 }, (_, pixel) => (pixel === 17 ? 1 : pixel === 36 ? -1 : 0));
  const weights = {
    matrix: { shape: [64, CLASSES], values: matrix },
    column: { shape: [64, 1], values: feature },
    limit: { shape: [1], values: [1.4] },
    zero: { shape: [1], values: [0] },
  };
  const operators = [op('Flatten', ['pixels'], 'flat'), op('MatMul', ['flat', 'matrix'], 'linear'), ...after];
  const shapes = { inputShape: [BATCH, 1, 8, 8], outputShape: [BATCH, CLASSES] };
  writeFileSync(file, onnxModel({ ...shapes, operators, weights }));
  return file;
}

/** All rows of a batch are answered with their mean as soon as one has a rare feature. */
const MIXES_RARELY = [
  op('MatMul', ['flat', 'column'], 'feature'),
  op('ReduceMax', ['feature'], 'largest', { axes: [0], keepdims: 1 }),
  op('Less', ['limit', 'largest'], 'isRare'),
  op('ReduceMean', ['linear'], 'mean', { axes: [0], keepdims: 1 }),
  op('Where', ['isRare', 'mean', 'linear'], 'scores'),
];

let rare: string;
beforeAll(() => void (rare = modelOf('rare.onnx', MIXES_RARELY)));

const JOB: Flags = { data: `${MODELS}/images.npz`, sigma: 0.25, images: '0:8', seed: 3, 'min-gain': 0 };
const certify = (out: string, flags: Flags) =>
  runCommand(certifyArgs({ ...JOB, processes: 2, out, ...flags }));

const CHANGED = new RegExp(
  'Error MODEL_NOT_DETERMINISTIC: Run a second time among other rows, sample \\d+ of image [0-7] changed by [\\d,]+ times what ' +
    "rounding explains: the model's answer changes with the other rows of its batch, or from run to run\\.\n" +
    'This job has no certificates, and nothing that it counted may be used\\.',
);

describe('a model that mixes the rows of few batches', () => {
  it('passes the checks at the start: without audits it is certified', async () => {
    const out = folder.file('unseen');
    const { code, stdout } = await certify(out, { model: rare, 'audit-share': 0 });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}audit +none of [\d,]+ batches was run a second time \(--audit-share 0\)\n/);
    expect((await rowsOf(out)).some(({ outcome }) => outcome === 'certified')).toBe(true);
  });

  it('is found by audits: the job has no certificates, now and when it is resumed', async () => {
    const out = folder.file('seen');
    const first = await certify(out, { model: rare, 'audit-share': 0.2 });
    expect(first).toMatchObject({ code: 2, stdout: '' });
    expect(first.stderr).toMatch(CHANGED);
    expect((await readdir(out)).sort()).toEqual(['images.jsonl', 'job.json', 'ledger']);
    const again = await certify(out, { model: rare, 'audit-share': 0 });
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: first.stderr });
    const told = await certify(out, { model: rare, 'audit-share': 0, 'json-lines': true });
    expect(told).toMatchObject({ code: 2, stderr: first.stderr });
    expect(new News(told.stdout).order).toEqual(['begun']);
    expect(await runCommand(['results', out])).toMatchObject({ code: 2, stdout: '', stderr: first.stderr });
    expect(await readdir(out)).not.toContain('results.jsonl');
  });

  it('fails the job of a service as a whole, which shows what it audited', async () => {
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const flags = ['--store', folder.file('store'), '--grpc', grpc, '--http', http, '--audit-share', '0.2'];
    await using server = new Part('serve', ['serve', ...flags, '--processes', '2']);
    await server.says(/Ready/);
    const out = folder.file('submitted');
    const [, ...job] = certifyArgs({ ...JOB, model: rare, out, server: grpc });
    const submitted = await runCommand(['submit', ...job]);
    expect(submitted.code).toBe(2);
    expect(submitted.stderr).toMatch(CHANGED);
    expect(await readdir(out).catch(() => [])).not.toContain('results.jsonl');
    const [id] = /j-[0-9a-f]+/.exec(server.log)!;
    const shown = await runCommand(['job', id, '--server', grpc, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      state: 'failed',
      error: { code: 'MODEL_NOT_DETERMINISTIC' },
      progress: { certified: 0, abstained: 0 },
    });
    const scrape = new Scrape(await (await fetch(`http://${http}/metrics`)).text());
    expect(scrape.value('smoothcert_audited_batches_total')).toBeGreaterThan(0);
  });
});

describe('a model whose rows are independent', () => {
  it('is certified to the same bytes whether every batch is audited or none is', async () => {
    const written = await Promise.all(
      [0, 1].map(async (share) => {
        const out = folder.file(`digits-${share}`);
        const flags = {
          ...DIGITS,
          images: '0:12',
          'max-samples': 4096,
          'audit-share': share,
          json: true,
        } as const;
        const { code, stdout, stderr } = await certify(out, flags);
        expect(code, stderr).toBe(0);
        const { batches } = JSON.parse(stdout) as {
          batches: { batches: number; audited: number; tied: number };
        };
        expect(batches.audited).toBe(share * batches.batches);
        expect(batches.tied).toBe(0);
        return readFile(`${out}/results.jsonl`, 'utf8');
      }),
    );
    expect(written[1]).toBe(written[0]);
  });

  it('whose scores are all equal is told to vote in ties, which go to class 0', async () => {
    const model = modelOf('constant.onnx', [op('Mul', ['linear', 'zero'], 'scores')]);
    const out = folder.file('constant');
    const { code, stdout } = await certify(out, { model, 'max-samples': 1024 });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\n {2}ties +([\d,]+) of \1 votes in this run are ties, which go to the lowest class: /,
    );
    expect((await rowsOf(out)).every((row) => row.class === 0)).toBe(true);
  });
});

it('the note that is printed at the start stands in job.json, stays when it is resumed, and is shown with the results', async () => {
  const out = folder.file('noted');
  const flags = { model: `${MODELS}/cross-talk.onnx`, 'max-samples': 512 };
  const { stderr } = await certify(out, flags);
  const note = /^Note: (The model runs at batch 1, which is slower: .*)\n$/.exec(stderr)![1]!;
  const written = await readFile(`${out}/job.json`, 'utf8');
  expect(JSON.parse(written)).toMatchObject({ notes: [note] });
  expect((await certify(out, flags)).stderr).toBe(stderr);
  expect(await readFile(`${out}/job.json`, 'utf8')).toBe(written);
  expect((await runCommand(['results', out])).stdout).toContain(`\nNote: ${note}\n`);
});
