import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged, digest, job, throwsOnly, whole } from '../../test/support/wire-messages.js';
import { row, status, update, view, worker } from '../../test/support/service-messages.js';
import { jobDigest } from '../../shared/job.js';
import { google, smoothcert } from '../../shared/wire/generated.js';
import {
  CERTIFICATION_METHODS as METHODS,
  artifactOfRequest,
  artifactOfWire,
  artifactToWire,
  decodeRichStatus,
  encodeRichStatus,
  jobOfWire,
  jobToWire,
  rowOfWire,
  rowToWire,
  updateOfWire,
  updateToWire,
  workerOfWire,
  workerToWire,
} from './service.js';

const wire = smoothcert.v1;
const malformed = expect.objectContaining({ code: 'MESSAGE_MALFORMED' }) as Error;
describe('a job as clients see it', () => {
  it('is read as it was written', () => {
    const { response } = METHODS.getJob;
    fc.assert(
      fc.property(view, (one) => {
        expect(jobOfWire(response.decode(response.encode({ job: jobToWire(one) })).job)).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  it('has the digest of its job beside it, which must be right', () => {
    const one = { ...example(view), job: example(job) };
    const { jobDigest: found, jobJson } = jobToWire(one);
    expect(found).toBe(jobDigest(one.job));
    expect(JSON.parse(jobJson!)).toEqual(one.job);
    expect(() => jobOfWire({ ...jobToWire(one), jobDigest: 'ab'.repeat(32) })).toThrow(
      /job_digest is not that of/,
    );
  });

  it.each<[string, object]>([
    ['no state', { state: 0 }],
    ['a state that this version does not know', { state: 99 }],
    ['no spec', { spec: null }],
    ['a job that is no JSON', { jobJson: 'x' }],
    ['a time before 1970', { createTime: { seconds: -1 } }],
    ['an id that is none', { id: 'a b' }],
    ['a forecast that is upside down', { outlook: { samples: { low: 3, expected: 2, high: 4 } } }],
    ['a forecast that is no number', { outlook: { samples: { high: NaN } } }],
    ['details of an error that cannot be decoded', { error: badStatus() }],
  ])('is refused with %s', (_, part) => {
    expect(() => jobOfWire({ ...jobToWire(example(view)), ...part })).toThrow(malformed);
  });

  it('is refused where there is none', () => {
    expect(() => jobOfWire(null)).toThrow(malformed);
  });

  it('keeps an error whose code it does not know as INTERNAL', () => {
    const error = { code: 9, message: 'm' };
    expect(jobOfWire({ ...jobToWire(example(view)), error }).error).toEqual({
      worker: '',
      code: 'INTERNAL',
      message: 'm',
      remedy: '',
    });
  });

  it('keeps the sentence of why it waits if it does not know the code', () => {
    const waiting = { code: 'busy', message: 'Later.', remedy: 'Wait.' } as const;
    const sent = jobToWire({ ...example(view), waitingFor: 'Later.', waiting });
    expect(jobOfWire(sent)).toMatchObject({ waitingFor: 'Later.', waiting });
    const other = jobOfWire({ ...sent, waitingCode: 'of a later version' });
    expect(other).toMatchObject({ waitingFor: 'Later.', waiting: null });
  });

  it("says by its error's number whose fault it is", () => {
    const of = (code: 'CHILD_DIED' | 'MODEL_UNREADABLE') =>
      jobToWire({ ...example(view), error: { worker: 'w', code, message: 'm', remedy: 'r' } }).error!.code;
    expect([of('CHILD_DIED'), of('MODEL_UNREADABLE')]).toEqual([13, 9]);
  });
});

describe('a worker as clients see it', () => {
  it('is read as it was written, its refusals by code', () => {
    const { response } = METHODS.listWorkers;
    fc.assert(
      fc.property(worker, (one) => {
        const bytes = response.encode({ workers: [workerToWire(one)] });
        expect(response.decode(bytes).workers.map(workerOfWire)).toEqual([one]);
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, object]>([
    ['no name', { name: '' }],
    ['a device that this version does not know', { device: 99 }],
    ['a rate below 0', { samplesPerSecond: -1 }],
    ['a job whose id is none', { jobs: ['a b'] }],
    ['too many jobs', { jobs: Array.from({ length: 65 }, (_, i) => `j-${i}`) }],
  ])('is malformed with %s', (_, part) => {
    expect(() => workerOfWire({ ...workerToWire(example(worker)), ...part })).toThrow(malformed);
  });
});

describe('the news of a job and its rows', () => {
  it('are read as they were written', () => {
    const [watch, stream] = [METHODS.watchJob.response, METHODS.streamCertificates.response];
    fc.assert(
      fc.property(update, row, (news, one) => {
        expect(updateOfWire(watch.decode(watch.encode(updateToWire(news))))).toEqual(news);
        expect(rowOfWire(stream.decode(stream.encode(rowToWire(one))))).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, object]>([
    ['no outcome', { outcome: 0 }],
    ['an outcome that this version does not know', { outcome: 9 }],
    ['a certificate without class', { outcome: 1, radius: 1 }],
    ['a radius that is none', { outcome: 1, class: 1, radius: NaN }],
    ['a negative radius', { outcome: 1, class: 1, radius: -1 }],
    ['a radius without certificate', { outcome: 2, radius: 1 }],
  ])('are refused with %s', (_, one) => {
    expect(() => rowOfWire(one)).toThrow(malformed);
  });

  it('have no class without a certificate', () => {
    const found = updateOfWire({
      job: jobToWire(example(view)),
      decided: [{ outcome: wire.Outcome.OUTCOME_ABSTAINED, class: 7 }],
    });
    expect(found.decided).toEqual([{ image: 0, outcome: 'abstained', class: null, radius: 0 }]);
  });

  it('are refused with an error of the catalogue, however they were damaged', () => {
    const [watch, stream] = [METHODS.watchJob.response, METHODS.streamCertificates.response];
    fc.assert(
      fc.property(
        update,
        row,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (news, one, cut, at, flip) => {
          for (const bytes of damaged(watch.encode(updateToWire(news)), cut, at, flip))
            throwsOnly(['MESSAGE_MALFORMED'], () => updateOfWire(watch.decode(bytes)));
          for (const bytes of damaged(stream.encode(rowToWire(one)), cut, at, flip))
            throwsOnly(['MESSAGE_MALFORMED'], () => rowOfWire(stream.decode(bytes)));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('an artifact', () => {
  const file = { digest: 'ab'.repeat(32), kind: 'file' as const, bytes: 2 ** 40 };

  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        digest,
        fc.constantFrom('file' as const, 'data-set' as const),
        whole,
        (hex, kind, bytes) => {
          const one = { digest: hex, kind, bytes };
          const { request } = METHODS.putArtifact;
          const { upload } = request.decode(
            request.encode({ upload: { artifact: artifactToWire(one), offset: bytes } }),
          );
          expect(upload!.offset).toBe(bytes);
          expect(artifactOfRequest('upload.artifact', upload!.artifact)).toEqual(one);
          expect(artifactOfWire(artifactToWire(one))).toEqual(one);
        },
      ),
    );
  });

  it('is refused with the fields that are wrong', () => {
    const faults = [
      { field: 'upload.artifact.digest', description: 'is missing' },
      { field: 'upload.artifact.kind', description: 'has the value 0, which this version does not know' },
    ];
    const later: object = { kind: 9 };
    expect(() => artifactOfRequest('upload.artifact', null)).toThrow(
      expect.objectContaining({ faults }) as Error,
    );
    expect(() => artifactOfWire({ ...artifactToWire(file), ...later })).toThrow(malformed);
  });
});

describe('the methods', () => {
  it('are those of the schema, with their paths and streams', async () => {
    const proto = await readFile('proto/smoothcert/v1/certification_service.proto', 'utf8');
    const declared = [...proto.matchAll(/rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\)/g)].map(
      ([, name, requests, , responses]) => ({
        path: `/smoothcert.v1.CertificationService/${name!}`,
        requestStream: requests !== undefined,
        responseStream: responses !== undefined,
      }),
    );
    const ours = Object.values(METHODS).map(({ path, requestStream, responseStream }) => ({
      path,
      requestStream,
      responseStream,
    }));
    expect(ours).toEqual(declared);
    expect(declared).toHaveLength(10);
  });

  it('have numbers where the schema has 64 bits, present or not', () => {
    const { request } = METHODS.watchJob;
    expect(request.decode(request.encode({ id: 'j', afterSequence: 2 ** 53 - 1 })).afterSequence).toBe(
      2 ** 53 - 1,
    );
    expect(request.decode(request.encode({ id: 'j' })).afterSequence).toBe(0);
    expect(METHODS.getArtifact.response.decode(new Uint8Array()).receivedBytes).toBe(0);
    const upload = METHODS.putArtifact.request.decode(
      METHODS.putArtifact.request.encode({ upload: { artifact: { digest: 'd' } } }),
    ).upload!;
    expect([upload.offset, upload.artifact!.bytes]).toEqual([0, 0]);
    expect(() => request.decode(wire.WatchJobRequest.encode({ afterSequence: 2 ** 63 }).finish())).toThrow(
      malformed,
    );
  });

  it('tell the step of an upload, and pass its bytes on', () => {
    const { request } = METHODS.putArtifact;
    const piece = Uint8Array.from([1, 2, 3]);
    const found = request.decode(request.encode({ piece }));
    expect([found.step, Buffer.from(found.piece!).equals(piece)]).toEqual(['piece', true]);
    expect(request.decode(new Uint8Array()).step).toBeUndefined();
  });

  it.each(Object.entries(METHODS))(
    'refuse noise with an error of the catalogue: %s',
    (_, { request, response }) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          throwsOnly(['MESSAGE_MALFORMED'], () => request.decode(bytes));
          throwsOnly(['MESSAGE_MALFORMED'], () => response.decode(bytes));
        }),
        { numRuns: 300 },
      );
      expect(() => request.decode(Uint8Array.from([0x0a, 0x7f]))).toThrow(malformed);
    },
  );
});

describe('an error with its details', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(status, (one) => {
        expect(decodeRichStatus(encodeRichStatus(one))).toEqual(one);
      }),
    );
  });

  it('is what other programs read: Any of ErrorInfo and BadRequest', () => {
    const bytes = encodeRichStatus({
      code: 3,
      message: 'm',
      reason: 'REQUEST_INVALID',
      metadata: { remedy: 'r' },
      violations: [{ field: 'spec.sigma', description: 'is missing' }],
    });
    const { code, message, details } = google.rpc.Status.decode(bytes);
    expect([code, message]).toEqual([3, 'm']);
    expect(details.map(({ type_url }) => type_url)).toEqual([
      'type.googleapis.com/google.rpc.ErrorInfo',
      'type.googleapis.com/google.rpc.BadRequest',
    ]);
    expect(google.rpc.ErrorInfo.decode(details[0]!.value!)).toMatchObject({
      reason: 'REQUEST_INVALID',
      domain: 'smoothcert',
      metadata: { remedy: 'r' },
    });
    expect(google.rpc.BadRequest.decode(details[1]!.value!).fieldViolations).toMatchObject([
      { field: 'spec.sigma', description: 'is missing' },
    ]);
  });

  it('fits into a trailer, whatever it says', () => {
    const long = '😀'.repeat(5000);
    const violations = Array.from({ length: 500 }, (_, i) => ({ field: `f${i}`, description: long }));
    const bytes = encodeRichStatus({
      code: 3,
      message: long,
      reason: 'R',
      metadata: { remedy: long },
      violations,
    });
    expect(bytes.length).toBeLessThanOrEqual(5 * 1024);
    const found = decodeRichStatus(bytes);
    expect(found.violations.length).toBeGreaterThan(0);
    expect(found.violations[0]!.field).toBe('f0');
    expect(long.startsWith(found.message)).toBe(true);
  });

  it('of somebody else has no reason of ours', () => {
    const info = google.rpc.ErrorInfo.encode({
      reason: 'OTHER',
      domain: 'example.org',
      metadata: { a: 'b' },
    });
    const details = [
      { type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value: info.finish() },
      { type_url: 'type.googleapis.com/google.rpc.RetryInfo', value: Buffer.from([0xff]) },
    ];
    const found = decodeRichStatus(google.rpc.Status.encode({ code: 14, message: 'm', details }).finish());
    expect(found).toEqual({ code: 14, message: 'm', reason: '', metadata: {}, violations: [] });
  });

  it('is refused with an error of the catalogue, however it was damaged', () => {
    expect(() => decodeRichStatus(google.rpc.Status.encode(badStatus()).finish())).toThrow(malformed);
    fc.assert(
      fc.property(status, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (one, cut, at, flip) => {
        for (const bytes of damaged(encodeRichStatus(one), cut, at, flip))
          throwsOnly(['MESSAGE_MALFORMED'], () => decodeRichStatus(bytes));
      }),
      { numRuns: 500 },
    );
  });
});

/** Always the same one. */
function example<T>(values: fc.Arbitrary<T>): T {
  return fc.sample(values, { seed: 1, numRuns: 1 })[0]!;
}

function badStatus(): google.rpc.Status.$Properties {
  const details = [{ type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from([0xff]) }];
  return { code: 9, message: 'm', details };
}
