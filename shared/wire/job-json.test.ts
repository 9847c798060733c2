import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, job, throwsOnly } from '../../test/support/wire-messages.js';
import { jobDigest } from '../job.js';
import { drawOfJson, drawToJson, jobOfJson, jobToJson } from './job-json.js';

const D = 'ab'.repeat(32);
const plain = {
  protocol: 1,
  draw: {
    modelDigest: D,
    dataDigest: D,
    seed: '1',
    layout: 'flat',
    output: 'scores',
    classes: 10,
    batch: 32,
    noise: { kind: 'gaussian', scale: 0.5, generator: 'g', version: 1 },
    normalisation: { inputScale: 1, mean: [0], std: [1] },
    numericClass: 'n',
    numeric: 'same',
    segments: [64, 128],
  },
  claim: {
    alpha: 0.001,
    bound: 'anytime',
    stop: { kind: 'gain', minGain: 0 },
    looks: [64, 128],
    images: { start: 0, stop: 3, step: 1 },
  },
};

/** The plain job with one value changed; `undefined` takes it away. */
function changed(path: string, value: unknown): string {
  const copy = structuredClone(plain) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return JSON.stringify(copy);
}

function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, v]) => pathsOf(v, path ? `${path}.${key}` : key));
  return path ? [path, ...inner] : inner;
}

describe('the JSON of a job', () => {
  it('is read as it was written, with the same digest', () => {
    fc.assert(
      fc.property(job, (one) => {
        const found = jobOfJson(jobToJson(one));
        expect(found).toEqual(one);
        expect(jobDigest(found)).toBe(jobDigest(one));
      }),
    );
    expect(jobOfJson(JSON.stringify(plain))).toEqual(plain);
  });

  it('may be that of a draw spec alone', () => {
    fc.assert(
      fc.property(draw, (one) => {
        expect(drawOfJson(drawToJson(one))).toEqual(one);
      }),
    );
  });

  const wrong = [null, -1, 1.5, '', 'x', true, [], [-1], {}, { kind: 'gain' }];
  it.each(pathsOf(plain))('is refused where %s is missing, or is what it cannot be', (path) => {
    expect(() => jobOfJson(changed(path, undefined))).toThrow(/is malformed/);
    const alphaOrScale = /alpha|minGain|scale|inputScale|mean|std/.test(path);
    for (const value of wrong) {
      const read = () => jobOfJson(changed(path, value));
      const number = alphaOrScale && (typeof value === 'number' || Array.isArray(value));
      const name = typeof value === 'string' && value !== '' && /output|numericClass|generator/.test(path);
      if (number || name) throwsOnly(['MESSAGE_MALFORMED'], read);
      else expect(read, JSON.stringify(value)).toThrow(/is malformed/);
    }
  });

  it.each<[string, string, unknown]>([
    ['another protocol', 'protocol', 2],
    ['a field that this version does not know', 'draw.tf32', true],
    ['a field that this version does not know in the claim', 'claim.note', ''],
    ['looks that fall', 'claim.looks', [64, 32]],
    ['a look twice', 'claim.looks', [64, 64]],
    ['a look in text', 'claim.looks', ['64']],
    ['images that end where they begin', 'claim.images', { start: 3, stop: 3, step: 1 }],
    ['a step of 0', 'claim.images', { start: 0, stop: 3, step: 0 }],
    ['a rule with fields of another one', 'claim.stop', { kind: 'fixed', minGain: 1 }],
    [
      'counts that are not kept in so many words',
      'claim.stop',
      { kind: 'fixed', selection: 9, keepCounts: false },
    ],
    ['a rule that this version does not know', 'claim.stop', { kind: 'new' }],
    ['a radius in digits and more', 'claim.stop', { kind: 'target', radii: ['1e3'] }],
    ['radii that are no list', 'claim.stop', { kind: 'target', radii: '0.5' }],
    ['an alpha of 0', 'claim.alpha', 0],
    ['a scale of 0', 'draw.noise.scale', 0],
    ['a std of 0', 'draw.normalisation.std', [0]],
    ['a seed of 2^64', 'draw.seed', String(2n ** 64n)],
  ])('is refused with %s', (_, path, value) => {
    expect(() => jobOfJson(changed(path, value))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_MALFORMED' }) as Error,
    );
  });

  it('is refused where it is no JSON, endless, deep, huge or of another shape', () => {
    const texts = ['', 'x', '1', 'null', '[]', '{}', '"j"', '['.repeat(100_000), 'x'.repeat(2 ** 18 + 1)];
    const endless = JSON.stringify(plain).replace('0.001', '1e999');
    for (const json of [...texts, endless, JSON.stringify({ ...plain, __proto__: null, constructor: 1 })])
      expect(() => jobOfJson(json), json.slice(0, 20)).toThrow(
        expect.objectContaining({ code: 'MESSAGE_MALFORMED' }) as Error,
      );
    expect(() => drawOfJson('[]')).toThrow(/draw is not an object/);
  });

  it('is refused for that, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 3 }), (json, at, other) => {
        throwsOnly(['MESSAGE_MALFORMED'], () => jobOfJson(json));
        const text = JSON.stringify(plain);
        const cut = at % text.length;
        throwsOnly(['MESSAGE_MALFORMED'], () => jobOfJson(text.slice(0, cut) + other + text.slice(cut + 1)));
      }),
      { numRuns: 1000 },
    );
  });
});
