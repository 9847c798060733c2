import fc from 'fast-check';
import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/errors.js';
import type { Shard } from '../../shared/shards.js';
import type { CountedShard, LedgerRecord } from '../../shared/wire/record.js';

/** Any record of a ledger. */
export const uint32 = fc.nat(0xffff_ffff);
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString('hex'));
export const shard: fc.Arbitrary<Shard> = fc
  .tuple(uint32, fc.nat(1e9), fc.integer({ min: 1, max: 5000 }))
  .map(([image, begin, length]) => ({ image, begin, end: begin + length }));
export const code = fc.constantFrom(...(Object.keys(ERROR_CATALOGUE) as ErrorCode[]));
export const text = fc.string({ unit: 'grapheme', maxLength: 40 });

export const counted: fc.Arbitrary<CountedShard> = fc
  .tuple(
    shard,
    fc.uniqueArray(uint32, { maxLength: 12 }),
    fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 12, maxLength: 12 }),
    fc.nat(99),
    uint32,
  )
  .map(([{ image, begin }, unsorted, many, invalid, micros]) => {
    const classes = unsorted.sort((a, b) => a - b);
    const votes = many.slice(0, classes.length);
    const total = votes.reduce((sum, v) => sum + v, invalid);
    const missing = total === 0 ? 1 : 0;
    return {
      shard: { image, begin, end: begin + total + missing },
      counts: { classes, votes, invalid: invalid + missing },
      micros,
    };
  });

export const record: fc.Arbitrary<LedgerRecord> = fc.record({
  jobDigest: hex(32),
  fingerprint: fc.oneof(hex(32), fc.constant('')),
  task: text,
  counted: fc.array(counted, { maxLength: 5 }),
  failed: fc.array(fc.record({ shard, code, detail: text }), { maxLength: 3 }),
  returned: fc.array(shard, { maxLength: 3 }),
  dropped: fc.array(shard, { maxLength: 3 }),
  failedImages: fc.array(fc.record({ image: uint32, code, detail: text }), { maxLength: 2 }),
  cancelled: fc.boolean(),
});
