import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import type { Workplace } from '../data/support.js';

/** How many times as many runs as usual: for a night. Then of other values each time; what fails tells its seed. */
export const TIMES = Math.max(1, Number(process.env['SMOOTHCERT_FUZZ'] ?? 1));
const SEED = Number(process.env['SMOOTHCERT_FUZZ_SEED'] ?? (TIMES > 1 ? Date.now() % 2 ** 31 : 20_260_101));

/** The same runs every time. */
export const RUNS = { seed: SEED, numRuns: 400 * TIMES } as const;

const CODES = /^(DATA_(UNREADABLE|FORMAT|TYPE|SHAPE|RANGE|EMPTY)|LABELS_MISMATCH)$/;

/** Returns true if an attempt succeeded; its error, if it failed, must be one of the errors of data, in one sentence and with a remedy. */
export async function wentWell(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    expect(error.code).toMatch(CODES);
    expect(error.message).toMatch(/^\S[^\n]*\.$/);
    expect(error.message.length).toBeLessThan(2_000);
    expect(error.remedy).toMatch(/^\S[^\n]*\.$/);
    return false;
  }
}

/** Returns true if these bytes, as a file, are a data set. */
export function imports(
  place: Workplace,
  bytes: Uint8Array,
  more: { labels?: string } = {},
): Promise<boolean> {
  const data = place.file('fuzzed');
  writeFileSync(data, bytes);
  return wentWell(place.import(data, more));
}

type Change = (bytes: Buffer) => Buffer;

/** Copies of these bytes with a few of them changed, parts cut out, doubled or put in, or the end missing. */
export function mutations(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: Math.max(0, bytes.length - 1) });
  const some = fc.nat({ max: 64 });
  const flip = fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([i, bits]): Change => (b) => {
    b[i]! ^= bits;
    return b;
  });
  const put = (more: Uint8Array, i: number, rest: number): Change => {
    return (b) => Buffer.concat([b.subarray(0, i), more, b.subarray(rest)]);
  };
  const cut = fc.tuple(at, some).map(([i, n]) => put(Buffer.alloc(0), i, i + n));
  const insert = fc.tuple(at, fc.uint8Array({ maxLength: 32 })).map(([i, more]) => put(more, i, i));
  const double = fc.tuple(at, some).map(([i, n]) => put(Buffer.alloc(0), i + n, i));
  const end = at.map(
    (i): Change =>
      (b) =>
        b.subarray(0, i),
  );
  const change: fc.Arbitrary<Change> = fc.oneof({ weight: 6, arbitrary: flip }, cut, insert, double, end);
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce<Buffer>((changed, apply) => apply(changed), Buffer.from(bytes)));
}
