import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FRAME_OVERHEAD, HEADER_BYTES, frameAt } from '../../adapters/local/ledger-frames.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Pool } from '../../worker/draw/pool.js';
import { finish, lasting, localJob, poolFor, type LocalJob } from '../harness/local-job.js';

const REFUSALS = ['LEDGER_DAMAGED', 'JOB_DIFFERS', 'PROTOCOL_MISMATCH'];

let local: LocalJob;
let pool: Pool;
let whole: Buffer;
let undisturbed: string[];

beforeAll(async () => {
  local = await localJob({ images: '0:3', maxSamples: '192' });
  pool = poolFor(local);
  const file = path.join(local.folder, 'undisturbed');
  undisturbed = await finish(local, file, lasting(pool));
  whole = await readFile(file);
});

afterAll(async () => {
  await pool.close();
  local[Symbol.dispose]();
});

/** Resumes from these bytes; the results, or the code of the refusal, which must leave the file as it is. */
async function resumeFrom(bytes: Buffer): Promise<string[] | string> {
  const file = path.join(local.folder, 'disturbed');
  await writeFile(file, bytes);
  try {
    return await finish(local, file, lasting(pool));
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    expect(REFUSALS).toContain(error.code);
    expect(await readFile(file)).toEqual(bytes);
    return error.code;
  }
}

/** Where the last record begins. */
function lastFrame(): number {
  let at = HEADER_BYTES;
  for (let length = frameAt(whole, at); length !== null; length = frameAt(whole, at)) {
    const next = at + FRAME_OVERHEAD + length;
    if (next === whole.length) return at;
    at = next;
  }
  throw new Error('the undisturbed ledger has no whole last record');
}

test('the job is small, and its ledger has several records', () => {
  expect(undisturbed).toHaveLength(3);
  expect(whole.length).toBeLessThan(4_000);
  expect(lastFrame()).toBeGreaterThan(HEADER_BYTES + 100);
});

test('cut at every byte: the same results, or refused where even the header is cut', async () => {
  for (let length = 0; length < whole.length; length++) {
    const outcome = await resumeFrom(whole.subarray(0, length));
    expect(outcome, `cut to ${length} bytes`).toEqual(length < HEADER_BYTES ? 'LEDGER_DAMAGED' : undisturbed);
  }
});

test('one bit flipped in every byte: refused, or in the last record drawn again to the same results', async () => {
  const last = lastFrame();
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << (at % 8);
    const outcome = await resumeFrom(flipped);
    if (at < last) expect(REFUSALS, `byte ${at}`).toContain(outcome);
    else expect(outcome, `byte ${at}`).toEqual(undisturbed);
  }
});
