import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import type { Presence } from '../../shared/ports/exchange.js';
import { makeJob } from '../../test/support/jobs.js';
import { ServiceBed, dataSet, sha256, store } from '../../test/support/service-bed.js';
import { imagesIn, labelsIn } from '../artifacts/stored-data-set.js';
import { endsDrawing, endsPreparation, sentenceOf } from '../run/fatal-errors.js';
import { InputArtifacts, type Fetcher, type Wanted } from '../artifacts/job-inputs.js';
import { jobIdOf, requestDigestOf } from './new-job-id.js';
import { imageCount } from '../../shared/job-spec.js';
import { ledgerBytesOf } from '../core/ledger-bytes.js';
import { pageOf } from './job-pages.js';
import { ChangeNotifier } from '../observe/change-notifier.js';
import { taskWindow } from './task-window.js';
import { never } from '../../test/support/never.js';

const error = (code: ErrorCode) => new SmoothcertError(code, 'Said.', 'Do.');

describe('ids', () => {
  it('are a function of the request id, and safe in a subject', () => {
    expect(jobIdOf('one')).toBe(`j-${sha256('smoothcert.v1.job\0one').slice(0, 20)}`);
  });
});

describe('pages', () => {
  const jobs = ['a', 'b', 'c'].map((digit, i) => ({ id: `j-${digit.repeat(20)}`, createMs: i < 2 ? 5 : 6 }));

  it('are by age, then by id', () => {
    const { page, nextPageToken } = pageOf(jobs, 2, '');
    expect(page).toEqual([jobs[2], jobs[0]]);
    expect(pageOf(jobs, 5000, nextPageToken)).toEqual({ page: [jobs[1]], nextPageToken: '' });
    expect(pageOf([...jobs, ...jobs].toReversed(), 0, '').page).toHaveLength(6);
  });

  it.each([
    ['page_size', -1, ''],
    ['page_size', 1.5, ''],
    ['page_token', 1, 'x'],
    ['page_token', 1, Buffer.from('5 ../../etc').toString('base64url')],
  ])('of a wrong %s are refused', (field, size, token) => {
    expect(() => pageOf(jobs, size, token)).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ field })] }) as Error,
    );
  });
});

describe('the window', () => {
  const worker = (slots: number, more: Partial<Presence> = {}): Presence => ({
    worker: 'w',
    version: '0',
    device: 'cpu',
    numericClass: 'a',
    slots,
    tasks: 0,
    jobs: [],
    samplesPerSecond: 0,
    refusals: [],
    draining: false,
    ...more,
  });

  it.each([
    [4, 3, []],
    [4, 1, [worker(8, { numericClass: 'b' }), worker(8, { draining: true })]],
    [36, 1, [worker(8), worker(2), worker(8, { numericClass: 'b' })]],
    [36, 0, [worker(10)]],
    [4, 1, [worker(1)]],
    [6, 3, [worker(10)]],
    [2, 64, [worker(10)]],
  ])('is %i for one of %i jobs', (window, jobs, workers) => {
    expect(taskWindow('a', jobs, workers)).toBe(window);
  });
});

describe('room for a ledger', () => {
  it('is what all shards of all images take', () => {
    const job = makeJob({ images: 3, looks: [64, 96] });
    expect(ledgerBytesOf(job)).toBe(3 * 2 * (32 + 4 * 10));
    expect(imageCount({ start: 3, stop: 10, step: 3 })).toBe(3);
  });
});

describe('faults', () => {
  it("are the job's, or of what lies between", () => {
    expect(endsPreparation(error('MODEL_UNREADABLE'), 1)).toBe(true);
    expect(endsPreparation(error('CHILD_HUNG'), 2)).toBe(false);
    expect(endsPreparation(error('CHILD_HUNG'), 3)).toBe(true);
    expect(endsPreparation(error('NATS_UNREACHABLE'), 99)).toBe(false);
    expect(endsPreparation(new Error('x'), 99)).toBe(false);
    expect(endsDrawing(error('LEDGER_DAMAGED'))).toBe(true);
    expect(endsDrawing(error('DISK_FULL'))).toBe(false);
    expect(endsDrawing(new Error('x'))).toBe(false);
  });

  it('have a sentence, whatever they are', () => {
    expect(sentenceOf(error('INTERNAL'))).toBe('Said.');
    expect(sentenceOf('text')).toBe('text');
    expect(sentenceOf(new Error(''))).toBe('An unknown fault.');
  });
});

describe('a change', () => {
  it('wakes all who wait, and nobody waits for what has been', async () => {
    const changes = new ChangeNotifier();
    const controller = new AbortController();
    const waiting = [changes.changedSince(0, never), changes.changedSince(0, never)];
    changes.notify();
    await Promise.all(waiting);
    await changes.changedSince(0, never);
    const aborted = changes.changedSince(1, controller.signal);
    controller.abort();
    await aborted;
    await changes.changedSince(1, controller.signal);
    expect(changes.version).toBe(1);
  });
});

describe('with stores', () => {
  let bed: ServiceBed;
  beforeEach(async () => void (bed = await ServiceBed.open()));
  afterEach(() => bed.close());

  it('the images of a job are those of its data set', async () => {
    const every = await store(bed.artifacts, dataSet({ count: 3, start: 2, step: 4 }), 'data-set');
    expect(await imagesIn(bed.artifacts, every, null)).toEqual({ start: 2, stop: 11, step: 4 });
    const some = { start: 6, stop: 99, step: 12 };
    await expect(imagesIn(bed.artifacts, every, some)).rejects.toMatchObject({
      faults: [
        {
          field: 'spec.images',
          description: 'names image 18, and the data set has images 2 to 10, every 4th',
        },
      ],
    });
    expect(await imagesIn(bed.artifacts, every, { ...some, stop: 18 })).toEqual({ ...some, stop: 18 });
    const labelOf = await labelsIn(bed.artifacts, every);
    expect([2, 6, 10, 3, 14].map(labelOf)).toEqual([2, 6, 0, null, null]);
    await expect(labelsIn(bed.artifacts, sha256('x'))).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
  });

  it('the digest of a request is that of its spec', () => {
    expect(requestDigestOf(bed.spec())).toBe(requestDigestOf(bed.spec()));
    expect(requestDigestOf(bed.spec())).not.toBe(requestDigestOf(bed.spec({ seed: null })));
    expect(requestDigestOf(bed.spec())).not.toBe(requestDigestOf(bed.spec({ noise: 'laplace' })));
    for (const more of [{ runnerUp: true }, { simultaneous: true }]) {
      expect(requestDigestOf(bed.spec())).not.toBe(requestDigestOf(bed.spec(more)));
    }
  });

  it('a request of a version that knew less is known again', () => {
    const digest = 'ab'.repeat(32);
    const before = bed.spec({
      model: { digest, fileDigest: digest, weights: [], uri: null },
      data: { digest: 'cd'.repeat(32), uri: null },
      images: { start: 0, stop: 10, step: 1 },
      sigma: 0.25,
      seed: null,
      bound: 'spending',
      maxSamples: 100_000,
    });
    // Recorded from a version whose specs had no runnerUp and no simultaneous.
    expect(requestDigestOf(before)).toBe('9e57e7e248d6fc62925fc27ee58facfd051d15640a8c1038083f25ae941fe776');
  });

  /** Notes what it is asked for, and stores a text of that name. */
  class Noting implements Fetcher {
    readonly asked: string[] = [];
    async fetch(wanted: Wanted, uri: string): Promise<void> {
      this.asked.push(uri);
      await store(bed.artifacts, Buffer.from(decodeURIComponent(uri.split('/').at(-1)!)), wanted.kind);
    }
  }

  const remote = (base: string | null) => {
    const digest = sha256('model');
    const weights = [{ path: 'parts/a b', digest: sha256('a b') }];
    const uri = base === null ? null : `${base}model`;
    return bed.spec({ model: { digest: sha256('all'), fileDigest: digest, weights, uri } });
  };

  it('inputs that are not here are fetched, weight files from beside the model, each once', async () => {
    const fetcher = new Noting();
    const inputs = new InputArtifacts(bed.artifacts, fetcher);
    expect(await inputs.check(remote('https://x.example/m/'))).toBe(true);
    await Promise.all([1, 2].map(() => inputs.require(remote('https://x.example/m/'))));
    await inputs.require(remote('https://x.example/m/'));
    expect(fetcher.asked).toEqual(['https://x.example/m/model', 'https://x.example/m/parts/a%20b']);
    expect(await inputs.check({ ...remote(null), data: { digest: sha256('x'), uri: 'https://x' } })).toBe(
      false,
    );
  });

  it('inputs that are nowhere are named, with what to do', async () => {
    const digest = sha256('model');
    const alone = new InputArtifacts(bed.artifacts, null);
    await expect(alone.require(remote('https://x.example/'))).rejects.toMatchObject({
      code: 'ARTIFACT_MISSING',
      message: `The server does not have the model, ${digest}, or not all of it.`,
      remedy:
        'Upload it with smoothcert artifacts put, or with PutArtifact. This server fetches nothing itself.',
    });
    const fetching = new InputArtifacts(bed.artifacts, new Noting());
    const missing = { code: 'ARTIFACT_MISSING', remedy: expect.stringMatching(/PutArtifact\.$/) as string };
    await expect(fetching.require(remote(null))).rejects.toMatchObject(missing);
    await expect(fetching.check(remote(null))).rejects.toMatchObject(missing);
    await store(bed.artifacts, Buffer.from('model'), 'file');
    await expect(fetching.require(remote('no place, '))).rejects.toMatchObject({
      message: `The server does not have the weight file parts/a b, ${sha256('a b')}, or not all of it.`,
    });
  });

  it('inputs of another kind are refused', async () => {
    const inputs = new InputArtifacts(bed.artifacts, null);
    const spec = bed.spec({ data: { digest: bed.modelDigest, uri: null } });
    await expect(inputs.require(spec)).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    await expect(inputs.check(spec)).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
  });
});
