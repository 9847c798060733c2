import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { makeJob } from '../test/support/jobs.js';
import { ERROR_CATALOGUE, SmoothcertError, isErrorCode, type ErrorCode } from './errors.js';
import { canonicalJson, imagesOf, jobDigest, jobDigestOf } from './job.js';
import { VERSION } from './version.js';

describe('the job digest', () => {
  it('does not depend on the order of keys', () => {
    const { protocol, draw, claim } = makeJob();
    const turned = {
      claim: { ...claim },
      draw: Object.fromEntries(Object.entries(draw).reverse()),
      protocol,
    };
    expect(canonicalJson(turned)).toBe(canonicalJson({ protocol, draw, claim }));
    expect(jobDigest(makeJob())).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is that of the canonical JSON, and comes out of a text of the claim for one draw spec alone', () => {
    const job = makeJob({ draw: { output: '","draw":{"seed":"2"},"protocol":"1"}' } });
    const text = canonicalJson(job);
    expect(jobDigest(job)).toBe(createHash('sha256').update(text).digest('hex'));
    expect(jobDigestOf(job.draw, canonicalJson(job.claim))).toBe(jobDigest(job));
    expect(text.split(',"draw":')).toHaveLength(2);
    expect(jobDigestOf({ ...job.draw, seed: '2' }, canonicalJson(job.claim))).not.toBe(jobDigest(job));
  });

  it('changes with every value of the job', () => {
    const digests = [
      makeJob(),
      makeJob({ alpha: 0.002 }),
      makeJob({ images: 4 }),
      makeJob({ looks: [64, 96] }),
      makeJob({ stop: { kind: 'gain', minGain: 0.020000000000000004 } }),
      makeJob({ draw: { seed: '2' } }),
      makeJob({ draw: { numeric: 'any' } }),
    ].map(jobDigest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('tells doubles apart that differ in the last bit, and writes them so that they can be read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(JSON.parse(canonicalJson(value)))).toBe(value === 0 ? 0 : value);
      }),
    );
    expect(canonicalJson({ b: [1, 'x', null, true], a: 1e21 })).toBe('{"a":"1e+21","b":["1","x",null,true]}');
  });
});

describe('the images of a claim', () => {
  it('are start, start + step, … below stop', () => {
    const { claim } = makeJob();
    expect(imagesOf({ ...claim, images: { start: 1, stop: 8, step: 3 } })).toEqual([1, 4, 7]);
    expect(imagesOf({ ...claim, images: { start: 1, stop: 7, step: 3 } })).toEqual([1, 4]);
    expect(imagesOf({ ...claim, images: { start: 5, stop: 6, step: 9 } })).toEqual([5]);
  });
});

describe('an error', () => {
  it('has the exit code and the retryability of its catalogue entry', () => {
    for (const [code, { exit, retryable }] of Object.entries(ERROR_CATALOGUE)) {
      const error = new SmoothcertError(code as ErrorCode, 'What is wrong.', 'What to do.', { cause: 7 });
      expect(error).toMatchObject({ exitCode: exit, retryable, cause: 7, message: 'What is wrong.' });
      expect(isErrorCode(code)).toBe(true);
    }
    for (const code of ['', 'toString', 'constructor', 'internal']) expect(isErrorCode(code)).toBe(false);
  });
});

describe('the version', () => {
  it('is that of the package', () => expect(VERSION).toMatch(/^\d+\.\d+\.\d+/));
});
