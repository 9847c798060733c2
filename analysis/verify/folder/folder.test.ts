import { describe, expect, it } from 'vitest';
import { canonicalText, digestOf } from './canonical-text.js';
import { crc32 } from './crc32.js';
import { appendNumbers, eachField } from './fields.js';
import { gridOf } from './grid.js';
import { readRecord } from './record.js';
import { ImageVotes } from './votes-by-image.js';
import { sha256 } from './sha256.js';
import { NO_VOTES, added, leaderOf, rivalOf, tallyOf } from './tally.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('digests', () => {
  // FIPS 180-4, examples; the third is 1,000,000 times "a".
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('are those of the standard', (text, digest) => {
    expect(sha256(bytesOf(text))).toBe(digest);
  });

  it('of jobs are of canonical JSON', () => {
    const value = { b: [1, 1e-7, true], a: null, c: { z: 'ü"' } };
    expect(canonicalText(value)).toBe('{"a":null,"b":["1","1e-7",true],"c":{"z":"ü\\""}}');
    expect(digestOf({})).toBe(sha256(bytesOf('{}')));
  });

  it('of 32 bits are that of the check value, also in pieces', () => {
    expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926);
    expect(crc32(bytesOf('6789'), crc32(bytesOf('12345')))).toBe(0xcbf43926);
  });
});

describe('protobuf', () => {
  const read = (...bytes: number[]) => {
    const fields: unknown[] = [];
    const whole = eachField(Uint8Array.from(bytes), { from: 0, to: bytes.length }, (field, value) =>
      fields.push([field, value]),
    );
    return whole ? fields : null;
  };

  it('is read field by field', () => {
    expect(read(0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69)).toEqual([
      [1, 150],
      [2, { from: 5, to: 7 }],
    ]);
  });

  it.each([
    [0x08],
    [0x80],
    [0x12, 0x05, 0x01],
    [0x0d, 1, 2, 3, 4],
    [0x08, ...Array.from({ length: 11 }, () => 0x80)],
  ])('that is none is refused', (...bytes) => {
    expect(read(...bytes)).toBeNull();
  });

  it('has repeated numbers packed or one by one', () => {
    const into: number[] = [];
    const bytes = Uint8Array.from([1, 0x96, 0x01, 0x80]);
    expect(appendNumbers(bytes, 7, into) && appendNumbers(bytes, { from: 0, to: 3 }, into)).toBe(true);
    expect(into).toEqual([7, 1, 150]);
    expect(appendNumbers(bytes, { from: 3, to: 4 }, into)).toBe(false);
  });
});

describe('a record', () => {
  const message = (field: number, ...content: number[]) => [8 * field + 2, content.length, ...content];
  const shard = message(1, 0x10, 0x00, 0x18, 0x02);
  const record = (...fields: number[][]) => readRecord(Uint8Array.from([[0x08, 0x01], ...fields].flat()));

  it('with votes packed and one by one is read', () => {
    const packed = message(4, ...shard, ...message(2, 1), ...message(3, 2));
    const single = message(4, ...shard, 0x10, 1, 0x18, 1, 0x20, 1, 0x28, 9);
    expect(record(packed, single)).toMatchObject({
      counted: [
        { image: 0, begin: 0, end: 2, classes: [1], votes: [2], invalid: 0, micros: 0 },
        { classes: [1], votes: [1], invalid: 1, micros: 9 },
      ],
      cancelled: false,
    });
  });

  it('of failures names the image, or that of the shard', () => {
    const code = message(2, 0x41);
    const detail = message(3, 0x42);
    expect(
      record(
        message(5, ...message(1, 0x08, 7), ...code, ...detail, 0x20, 1),
        message(8, 0x08, 9, ...code),
        [0x50, 1],
      ),
    ).toMatchObject({
      failedShards: [{ image: 7, code: 'A', detail: 'B' }],
      failedImages: [{ image: 9, code: 'A', detail: '' }],
      cancelled: true,
    });
  });

  it.each([
    ['its bytes are no record', [0x80]],
    ['the votes of a shard cannot be read', message(4, 0x80)],
    ['the votes of a shard cannot be read', message(4, ...shard, ...message(2, 0x80))],
    ['the votes of a shard cannot be read', message(4, ...shard, ...message(3, 0x80))],
    ['the votes of a shard cannot be read', message(4, ...message(1, 0x80))],
    ['the classes of a shard are not those of its votes', message(4, ...shard, ...message(2, 1))],
    [
      'the classes of a shard are not those of its votes',
      message(4, ...shard, ...message(2, 2, 1), ...message(3, 1, 1)),
    ],
    [
      'the votes of a shard do not add up to its samples',
      message(4, ...shard, ...message(2, 1), ...message(3, 1)),
    ],
    [
      'the votes of a shard do not add up to its samples',
      message(4, ...shard, ...message(2, 1, 2), ...message(3, 0, 2)),
    ],
    ['the votes of a shard do not add up to its samples', message(4)],
  ])('that says %s is refused', (fault, fields) => {
    expect(record(fields)).toBe(fault);
  });

  it('of shards that were handed back has no votes', () => {
    expect(record(message(6, 0x18, 2))).toMatchObject({ counted: [], failedShards: [], failedImages: [] });
  });

  it('of another protocol is refused, and fields of other kinds are passed over', () => {
    expect(readRecord(Uint8Array.from([0x08, 0x02]))).toBe('it is of another protocol');
    expect(
      record(
        [0x10, 5],
        message(4, 0x08, 1, ...message(4, 1), ...message(5, 1), ...shard, ...message(2, 1), ...message(3, 2)),
      ),
    ).toMatchObject({ jobDigest: '', counted: [{ votes: [2] }] });
    expect(record(message(8, ...message(1, ...message(1, 1)), ...message(9, 1)))).toMatchObject({
      failedImages: [{ image: 0 }],
    });
  });
});

it('the votes of an image are those of whole shards that are recorded', () => {
  const votes = new ImageVotes(gridOf([64, 128]));
  const shard = { image: 0, begin: 0, end: 64, classes: [3], votes: [60], invalid: 4, micros: 7 };
  expect(votes.take(shard, 0)).toBe(shard);
  expect(votes.take({ ...shard }, 1)).toBe(shard);
  const tally = { votes: new Map([[3, 60]]), invalid: 4 };
  expect(votes.prefixes([10])).toEqual([null]);
  expect(votes.prefixes([64, 128])).toEqual([{ tally, micros: 7 }, null]);
  expect(votes.prefixes([64], 0)).toEqual([null]);
  expect(votes.prefixes([1000])).toEqual([null]);
  expect([votes.shardsBefore(0), votes.shardsBefore(1)]).toEqual([[], [shard]]);
});

describe('tallies', () => {
  const tally = tallyOf({ classes: [1, 4, 6], votes: [3, 5, 5], invalid: 2 });

  it('have a leader and a rival, the lowest of equal ones', () => {
    expect(leaderOf(tally)).toBe(4);
    expect(leaderOf(NO_VOTES)).toBeNull();
    expect(rivalOf(tally, 4)).toEqual({ outcome: 6, votes: 5 });
    expect(rivalOf({ ...tally, invalid: 9 }, 4)).toEqual({ outcome: 'invalid', votes: 9 });
    expect(rivalOf(NO_VOTES, null)).toBeNull();
  });

  it('are added and taken away', () => {
    const sum = added(tally, tallyOf({ classes: [0, 4], votes: [1, 1], invalid: 1 }));
    expect([...sum.votes]).toEqual([
      [0, 1],
      [1, 3],
      [4, 6],
      [6, 5],
    ]);
    expect(added(sum, sum, -1)).toEqual(NO_VOTES);
  });
});

it('the grid is that of docs/architecture.md', () => {
  const looks = Array.from({ length: 11 }, (_, j) => 64 * 2 ** j);
  const grid = gridOf([...looks, 100_000]);
  expect(grid).toHaveLength(162);
  expect(grid.filter(({ begin }) => begin < 512)).toHaveLength(8);
  expect(grid.filter(({ begin }) => begin < 16_384)).toHaveLength(80);
});
