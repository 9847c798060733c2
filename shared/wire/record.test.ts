import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../errors.js';
import { smoothcert } from './generated.js';
import { record } from '../../test/support/ledger-records.js';
import { decodeRecord, encodeRecord, type CountedShard, type LedgerRecord } from './record.js';

const one: CountedShard = {
  shard: { image: 0, begin: 64, end: 128 },
  counts: { classes: [1, 4], votes: [60, 3], invalid: 1 },
  micros: 10,
};
const plain: LedgerRecord = {
  jobDigest: 'ab'.repeat(32),
  fingerprint: 'cd'.repeat(32),
  task: 't',
  counted: [one],
  failed: [],
  returned: [],
  dropped: [],
  failedImages: [],
  cancelled: false,
};
const wire = smoothcert.v1.LedgerRecord;
const plainWire = {
  protocol: 1,
  jobDigest: Buffer.from(plain.jobDigest, 'hex'),
  task: 't',
  fingerprint: Buffer.from(plain.fingerprint, 'hex'),
};
const malformed = expect.objectContaining({ code: 'LEDGER_DAMAGED' }) as unknown;

describe('a record', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(record, (r) => {
        expect(decodeRecord(encodeRecord(r))).toEqual(r);
      }),
    );
  });

  it('has its microseconds rounded and saturated', () => {
    const slow = {
      ...plain,
      counted: [
        { ...one, micros: 1e12 },
        { ...one, micros: 1.6 },
      ],
    };
    expect(decodeRecord(encodeRecord(slow)).counted.map(({ micros }) => micros)).toEqual([0xffff_ffff, 2]);
  });

  it('is read also where a text of it holds half a character, which no protobuf carries', () => {
    const half = 'it broke \ud83d';
    const shard = { image: 0, begin: 0, end: 64 };
    const record: LedgerRecord = {
      ...plain,
      failed: [{ shard, code: 'INFERENCE_FAILED', detail: half }],
      failedImages: [{ image: 0, code: 'INFERENCE_FAILED', detail: half }],
    };
    const { failed, failedImages } = decodeRecord(encodeRecord(record));
    expect([failed[0]!.detail, failedImages[0]!.detail]).toEqual(['it broke \ufffd', 'it broke \ufffd']);
  });

  it('of another protocol is refused with both numbers', () => {
    const bytes = wire.encode({ ...plainWire, protocol: 2 }).finish();
    expect(() => decodeRecord(bytes)).toThrow(
      expect.objectContaining({
        code: 'PROTOCOL_MISMATCH',
        message: 'This record is of protocol 2, and this smoothcert reads protocol 1.',
      }),
    );
    expect(() => decodeRecord(new Uint8Array())).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_MISMATCH' }),
    );
  });

  it('keeps a failure whose code it does not know as INTERNAL', () => {
    const failed = [{ shard: one.shard, code: 'NEW_CODE', detail: 'x' }, { shard: one.shard }];
    const failedImages = [{}];
    const found = decodeRecord(wire.encode({ ...plainWire, failed, failedImages }).finish());
    expect(found.failed.map((f) => f.code)).toEqual(['INTERNAL', 'INTERNAL']);
    expect(found.failed[1]!.detail).toBe('');
    expect(found.failedImages).toEqual([{ image: 0, code: 'INTERNAL', detail: '' }]);
  });
});

const faults: [string, Partial<CountedShard>][] = [
  ['one vote too few', { counts: { classes: [1, 4], votes: [59, 3], invalid: 1 } }],
  ['one invalid vote too many', { counts: { classes: [1, 4], votes: [60, 3], invalid: 2 } }],
  ['a class twice', { counts: { classes: [1, 1], votes: [60, 3], invalid: 1 } }],
  ['classes in another order', { counts: { classes: [4, 1], votes: [60, 3], invalid: 1 } }],
  ['a class without votes', { counts: { classes: [1, 4, 5], votes: [60, 3, 0], invalid: 1 } }],
  ['more classes than votes', { counts: { classes: [1, 4], votes: [63], invalid: 1 } }],
  ['more votes than classes', { counts: { classes: [1], votes: [60, 3], invalid: 1 } }],
  [
    'an empty shard',
    { shard: { image: 0, begin: 64, end: 64 }, counts: { classes: [], votes: [], invalid: 0 } },
  ],
  ['a shard that ends before it begins', { shard: { image: 0, begin: 128, end: 64 } }],
];

describe('what is not well-formed', () => {
  it.each(faults)('is not read: %s', (_, fault) => {
    const { shard: range, counts } = { ...one, ...fault };
    const written = {
      ...plainWire,
      counted: [{ shard: range, ...counts, classes: [...counts.classes], votes: [...counts.votes] }],
    };
    expect(() => decodeRecord(wire.encode(written).finish())).toThrow(malformed);
  });

  it.each(faults)('is not written: %s', (_, fault) => {
    expect(() => encodeRecord({ ...plain, counted: [one, { ...one, ...fault }] })).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });

  const empty = { image: 1, begin: 5, end: 5 };
  it.each<[string, Partial<LedgerRecord>]>([
    ['a job digest of another length', { jobDigest: 'ab' }],
    ['an empty shard that failed', { failed: [{ shard: empty, code: 'CHILD_DIED', detail: '' }] }],
    ['an empty shard that was returned', { returned: [empty] }],
    ['an empty shard that was dropped', { dropped: [empty] }],
  ])('is neither written nor read: %s', (_, fault) => {
    expect(() => encodeRecord({ ...plain, ...fault })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    const bad = { ...plain, ...fault };
    const bytes = wire
      .encode({
        ...plainWire,
        jobDigest: Buffer.from(bad.jobDigest, 'hex'),
        failed: bad.failed.map((f) => ({ ...f })),
        returned: [...bad.returned],
        dropped: [...bad.dropped],
      })
      .finish();
    expect(() => decodeRecord(bytes)).toThrow(malformed);
  });

  it('is not read where a shard is missing', () => {
    const written = { ...plainWire, counted: [{ invalid: 3 }] };
    expect(() => decodeRecord(wire.encode(written).finish())).toThrow(malformed);
  });
});

describe('bytes that are not a record', () => {
  const onlyTyped = (bytes: Uint8Array) => {
    try {
      const found = decodeRecord(bytes);
      expect(decodeRecord(encodeRecord(found))).toEqual(found);
    } catch (error) {
      expect(error).toBeInstanceOf(SmoothcertError);
      expect(['LEDGER_DAMAGED', 'PROTOCOL_MISMATCH']).toContain((error as SmoothcertError).code);
    }
  };

  it('are refused with an error of the catalogue, at random', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), onlyTyped), { numRuns: 2000 });
  });

  it('are refused with an error of the catalogue, cut anywhere and changed anywhere', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (r, cut, at, flip) => {
        const bytes = encodeRecord(r);
        onlyTyped(bytes.subarray(0, cut % bytes.length));
        const changed = Uint8Array.from(bytes);
        changed[at % bytes.length]! ^= flip;
        onlyTyped(changed);
        onlyTyped(Buffer.concat([bytes, changed]));
      }),
      { numRuns: 500 },
    );
  });
});
