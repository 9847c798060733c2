import { drawToJson } from '../../shared/wire/job-json.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as values from '../../test/support/wire-messages.js';
import {
  answer,
  entry,
  lease,
  order,
  prepare,
  presence,
  stop,
  task,
} from '../../test/support/cluster-messages.js';
import { damaged, jobId, throwsOnly } from '../../test/support/wire-messages.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { decodeEntry, encodeEntry } from './entry.js';
import * as cluster from '../../shared/wire/cluster.js';
import { smoothcert } from '../../shared/wire/generated.js';

const wire = smoothcert.v1;
/** Always the same one. */
const example = <T>(values: fc.Arbitrary<T>): T => fc.sample(values, { seed: 1, numRuns: 1 })[0]!;

interface Tried {
  readonly name: string;
  readonly roundTrip: (numRuns: number) => void;
  readonly damage: (numRuns: number) => void;
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** A codec with what it carries, ready to be tried. */
function tried<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (v: T) => Uint8Array,
  decode: (b: Uint8Array) => T,
): Tried {
  const again = (bytes: Uint8Array) => {
    const found = throwsOnly(['MESSAGE_MALFORMED', 'PROTOCOL_MISMATCH'], () => decode(bytes));
    // What was accepted can be told on, and says the same.
    if (found !== null) expect(decode(encode(found))).toEqual(found);
  };
  return {
    name,
    decode,
    roundTrip: (numRuns) =>
      fc.assert(
        fc.property(values, (value) => {
          expect(decode(encode(value))).toEqual(value);
        }),
        { numRuns },
      ),
    damage: (numRuns) =>
      fc.assert(
        fc.property(values, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (value, cut, at, flip) => {
          damaged(encode(value), cut, at, flip).forEach(again);
        }),
        { numRuns },
      ),
  };
}

const CODECS = [
  tried('task', task, cluster.encodeTask, cluster.decodeTask),
  tried('stop', stop, cluster.encodeStop, cluster.decodeStop),
  tried('stop query', fc.record({ job: jobId }), cluster.encodeStopQuery, cluster.decodeStopQuery),
  tried('presence', presence, cluster.encodePresence, cluster.decodePresence),
  tried('order', order, cluster.encodeOrder, cluster.decodeOrder),
  tried('prepare', prepare, cluster.encodePrepare, cluster.decodePrepare),
  tried('prepared', answer, cluster.encodePrepared, cluster.decodePrepared),
  tried('lease', lease, cluster.encodeLease, cluster.decodeLease),
  tried('entry', entry, encodeEntry, decodeEntry),
];

const malformed = expect.objectContaining({ code: 'MESSAGE_MALFORMED' }) as Error;

describe.each(CODECS)('the message $name', ({ roundTrip, damage, decode }) => {
  it('is read as it was written', () => roundTrip(200));
  it('is refused with an error of the catalogue, however it was damaged', () => damage(300));
  it('is refused with an error of the catalogue where it is noise', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    // Behind a protocol of ours, so that more than the first check is reached.
    fc.assert(
      fc.property(noise, (bytes) => {
        for (const all of [bytes, Buffer.concat([Buffer.from([8, 1]), bytes])])
          throwsOnly(['MESSAGE_MALFORMED', 'PROTOCOL_MISMATCH'], () => decode(all));
      }),
      { numRuns: 1000 },
    );
  });

  it('of another protocol is refused with both numbers', () => {
    const other = expect.objectContaining({
      code: 'PROTOCOL_MISMATCH',
      message: expect.stringContaining('is of protocol 2, and this smoothcert speaks protocol 1.') as unknown,
    }) as Error;
    expect(() => decode(wire.StopQuery.encode({ protocol: 2 }).finish())).toThrow(other);
    expect(() => decode(new Uint8Array())).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_MISMATCH' }) as Error,
    );
  });
});

const [oneOrder, onePresence, oneEntry] = [example(order), example(presence), example(entry)];
const D = Buffer.alloc(32, 1);
const shards = [{ image: 0, begin: 0, end: 64 }];
const wireTask = { protocol: 1, job: 'j-1', name: 'a.b', shards };
const taskOf = (part: object) => () =>
  cluster.decodeTask(wire.TaskMessage.encode({ ...wireTask, ...part }).finish());

describe('a task', () => {
  it('may have fields of a later version', () => {
    const bytes = Buffer.concat([
      wire.TaskMessage.encode(wireTask).finish(),
      Buffer.from([0xfa, 0x3f, 1, 9]),
    ]);
    expect(cluster.decodeTask(bytes)).toEqual({ job: 'j-1', name: 'a.b', shards });
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a*', 'a.>', 'ä', 'a\n', 'a'.repeat(101)])(
    'has no name %j',
    (name) => {
      expect(taskOf({ name })).toThrow(malformed);
    },
  );

  it.each(['', 'a.b', 'a_b', 'a b', '*', 'a'.repeat(65)])('has no job %j', (job) => {
    expect(taskOf({ job })).toThrow(malformed);
  });

  it('has 1 to 1,024 shards, none of them empty', () => {
    expect(taskOf({ shards: [] })).toThrow(malformed);
    expect(taskOf({ shards: [{}] })).toThrow(/shards\[0\]\.end is not above its begin/);
    expect(taskOf({ shards: [...shards, { image: 0, begin: 5, end: 4 }] })).toThrow(/shards\[1\]\.end/);
    expect(taskOf({ shards: Array.from({ length: 1024 }, () => shards[0]) })).not.toThrow();
    expect(taskOf({ shards: Array.from({ length: 1025 }, () => shards[0]) })).toThrow(
      /more than 1024 entries/,
    );
  });

  it('that no worker could read is not written', () => {
    expect(() => cluster.encodeTask({ job: 'j-1', name: 'a b', shards })).toThrow(
      expect.objectContaining({
        code: 'INTERNAL',
        message: expect.stringContaining('name is not') as unknown,
      }) as Error,
    );
  });
});

describe('a stop signal', () => {
  const news = { job: 'j-1', firstImage: 0, decided: new Uint8Array(1), ended: false };
  const stopOf = (part: object) => () =>
    cluster.decodeStop(wire.StopMessage.encode({ protocol: 1, ...news, ...part }).finish());

  it('has a bitmap of at most 32 KiB that begins at a byte and ends at the last image', () => {
    expect(stopOf({ decided: new Uint8Array(2 ** 15) })).not.toThrow();
    expect(stopOf({ decided: new Uint8Array(2 ** 15 + 1) })).toThrow(/more than 32768 bytes/);
    expect(stopOf({ firstImage: 4 })).toThrow(/not a multiple of 8/);
    expect(stopOf({ firstImage: 2 ** 32 - 8 })).not.toThrow();
    expect(stopOf({ firstImage: 2 ** 32 - 8, decided: new Uint8Array(2) })).toThrow(/no data set has/);
  });
});

describe('a presence', () => {
  const encoded: smoothcert.v1.PresenceMessage.$Properties = wire.PresenceMessage.decode(
    cluster.encodePresence(onePresence),
  );
  const presenceOf = (part: object) => () =>
    cluster.decodePresence(wire.PresenceMessage.encode({ ...encoded, ...part }).finish());
  const refused = Array.from({ length: 300 }, () => ({
    job: 'j-1',
    refusal: { worker: 'w', code: 'DEVICE_UNAVAILABLE' as const, message: 'x'.repeat(5000), remedy: '' },
  }));

  it('tells of 256 refusals at most, with sentences cut', () => {
    const found = cluster.decodePresence(cluster.encodePresence({ ...onePresence, refusals: refused }));
    expect(found.refusals).toHaveLength(256);
    expect(found.refusals[0]!.refusal.message).toHaveLength(4096);
    expect(presenceOf({ refusals: refused.map(({ job }) => ({ job })) })).toThrow(/more than 256 entries/);
  });

  it('keeps a refusal whose code it does not know as INTERNAL', () => {
    const refusals = [{ job: 'j-1', refusal: { code: 'NEW_CODE', message: 'm' } }, { job: 'j-2' }];
    const found = presenceOf({ refusals })();
    expect(found.refusals.map(({ refusal }) => refusal.code)).toEqual(['INTERNAL', 'INTERNAL']);
    expect(found.refusals[0]!.refusal.message).toBe('m');
  });

  it('cuts a sentence in the middle of a character without harm', () => {
    const message = `${'x'.repeat(4095)}😀`;
    const refusals = [
      { job: 'j-1', refusal: { worker: '', code: 'INTERNAL' as const, message, remedy: '\ud800' } },
    ];
    const found = cluster.decodePresence(cluster.encodePresence({ ...onePresence, refusals }));
    expect(found.refusals[0]!.refusal).toMatchObject({
      message: `${'x'.repeat(4095)}\ufffd`,
      remedy: '\ufffd',
    });
  });

  it.each<[string, object]>([
    ['no name', { worker: '' }],
    ['a device that this version does not know', { device: 77 }],
    ['a rate that is none', { samplesPerSecond: NaN }],
    ['a negative rate', { samplesPerSecond: -1 }],
    ['a long text', { numericClass: 'x'.repeat(4097) }],
  ])('is refused with %s', (_, part) => {
    expect(presenceOf(part)).toThrow(malformed);
  });
});

describe('a work order', () => {
  const encoded: smoothcert.v1.WorkOrder.$Properties = wire.WorkOrder.decode(cluster.encodeOrder(oneOrder));
  const orderOf = (part: object) => () =>
    cluster.decodeOrder(wire.WorkOrder.encode({ ...encoded, ...part }).finish());

  it.each<[string, object, RegExp]>([
    ['no draw spec', { drawJson: '' }, /draw_json is missing/],
    ['a draw spec that is no JSON', { drawJson: '{' }, /draw_json is not JSON/],
    ['no model', { model: null }, /model\.digest is missing/],
    ['the model of another job', { model: { digest: 'ef'.repeat(32) } }, /model is another one/],
    ['a short digest', { jobDigest: D.subarray(1) }, /job_digest is not a sha256/],
    ['the digest of another job', { jobDigest: D }, /job_digest is not that of draw_json and claim_json/],
    ['no claim', { claimJson: '' }, /job_digest is not that of/],
    ['the claim of another job', { claimJson: '{}' }, /job_digest is not that of/],
    ['a long claim', { claimJson: ' '.repeat(2 ** 18 + 1) }, /claim_json is longer/],
    [
      'a draw spec of another seed',
      { drawJson: drawToJson({ ...oneOrder.draw, seed: `1${oneOrder.draw.seed}` }) },
      /job_digest is not that of/,
    ],
    ['a short fingerprint', { fingerprint: D.subarray(1) }, /fingerprint is not a sha256/],
    ['no probe images', { probeImages: [] }, /probe_images is empty/],
    ['a probe image beyond its images', { probeImages: [oneOrder.imageLimit] }, /probe_images\[0\] is not/],
    ['no images', { imageLimit: 0 }, /image_limit is not/],
    ['a device that this version does not know', { device: 77 }, /device has the value 77/],
  ])('is refused with %s', (_, part, fault) => {
    expect(orderOf(part)).toThrow(malformed);
    expect(orderOf(part)).toThrow(fault);
  });

  it('runs on the CPU where nothing is said', () => {
    expect(orderOf({ device: 0 })().device).toBe('cpu');
  });
});

describe('an answer about a model', () => {
  const prepared = example(values.prepared);
  const encoded = wire.PreparedMessage.decode(cluster.encodePrepared({ kind: 'prepared', prepared }));
  const answerOf = (part: object) => () =>
    cluster.decodePrepared(
      wire.PreparedMessage.encode({ protocol: 1, preparation: { ...encoded.preparation, ...part } }).finish(),
    );

  it('that this version does not know is refused', () => {
    expect(() => cluster.decodePrepared(wire.PreparedMessage.encode({ protocol: 1 }).finish())).toThrow(
      /is none that/,
    );
  });

  it.each<[string, object]>([
    ['no layout', { layout: 0 }],
    ['no output', { output: '' }],
    ['no classes', { classes: 0 }],
    ['no batch', { batch: 0 }],
    ['no numeric class', { numericClass: '' }],
    ['no fingerprint', { fingerprint: new Uint8Array() }],
    ['a time that is none', { batchMs: NaN }],
    ['no generator', { generator: '' }],
    ['a digest that is none', { modelDigest: 'x' }],
  ])('is refused with %s', (_, part) => {
    expect(answerOf({})).not.toThrow();
    expect(answerOf(part)).toThrow(malformed);
  });
});

describe('a request to look at a model', () => {
  it('is refused without a seed', () => {
    const bytes = wire.PrepareMessage.encode({
      protocol: 1,
      job: 'j-1',
      probeImages: [0],
      spec: { model: { digest: 'ab'.repeat(32) }, data: { digest: 'ab'.repeat(32) }, sigma: 1 },
    }).finish();
    expect(() => cluster.decodePrepare(bytes)).toThrow(/spec\.seed is missing/);
  });
});

describe('a stored job', () => {
  const ended: JobEntry = { ...oneEntry, ending: example(values.ending), job: null };
  const encoded: smoothcert.v1.JobEntry.$Properties = wire.JobEntry.decode(encodeEntry(ended));
  const entryOf = (part: object) => () => decodeEntry(wire.JobEntry.encode({ ...encoded, ...part }).finish());
  const { PENDING, FAILED } = {
    PENDING: wire.JobState.JOB_STATE_PENDING,
    FAILED: wire.JobState.JOB_STATE_FAILED,
  };

  it.each<[string, object, RegExp]>([
    ['no id', { id: '' }, /id is not the id of a job/],
    ['a digest that is none', { requestDigest: D.subarray(2) }, /request_digest is not a sha256/],
    ['no spec', { spec: null, extendedSpec: null }, /spec\.model\.digest is missing/],
    ['a job that is no JSON', { jobJson: 'x' }, /job_json is not JSON/],
    ['an end that is none', { ending: { state: PENDING } }, /ending\.state has the value 1/],
    [
      'one of two results',
      { ending: { state: FAILED, resultsTsv: 'ab'.repeat(32) } },
      /ending\.results_jsonl is missing/,
    ],
    ['a time above 2^53', { createMs: 2 ** 53 }, /a number above 2\^53/],
    [
      'a counter above 2^53',
      { ending: { state: FAILED, progress: { samples: 2 ** 60 } } },
      /a number above 2\^53/,
    ],
  ])('is refused with %s', (_, part, fault) => {
    expect(entryOf({})).not.toThrow();
    expect(entryOf(part)).toThrow(malformed);
    expect(entryOf(part)).toThrow(fault);
  });

  it('has counters of 0 where they are absent', () => {
    const { progress } = entryOf({ ending: { state: FAILED } })().ending!;
    expect(new Set(Object.values(progress))).toEqual(new Set([0]));
  });
});
