import { describe, expect, it } from 'vitest';

import type { JobSpec } from '../../shared/job-spec.js';
import { smoothcert } from '../../shared/wire/generated.js';
import { entryOf } from '../../test/support/stored-state.js';
import { decodeEntry, encodeEntry } from './entry.js';

const Wire = smoothcert.v1.JobEntry;

const entryWith = (more: Omit<Partial<JobSpec>, 'seed'>) => {
  const entry = entryOf('j-1');
  return { ...entry, spec: { ...entry.spec, ...more } };
};

const ADDED: [string, Omit<Partial<JobSpec>, 'seed'>][] = [
  ['Laplace noise', { noise: 'laplace' }],
  ['the runner-up', { runnerUp: true }],
  ['one α for all images', { simultaneous: true }],
  ['a total of samples', { stop: { kind: 'budget', totalSamples: 1e6 } }],
  ['classes alone', { stop: { kind: 'predict' } }],
];

describe('a stored job that asks for what version 0.1.0 would skip', () => {
  it.each(ADDED)('(%s) is read as it was stored, and not at all by that version', (_, more) => {
    const entry = entryWith(more);
    const bytes = encodeEntry(entry);
    expect(decodeEntry(bytes)).toEqual(entry);
    // That version skips the field.
    const { extendedSpec, ...known } = Wire.decode(bytes);
    expect([extendedSpec === null, known.spec ?? null]).toEqual([false, null]);
    const partly = Wire.decode(bytes);
    partly.extendedSpec = null;
    const skipped = Wire.encode(partly).finish();
    expect(() => decodeEntry(skipped)).toThrow(expect.objectContaining({ code: 'MESSAGE_MALFORMED' }));
  });

  it('is told from one that it can read, with names or without', () => {
    const names = { job: 'mine', model: 'a.onnx', data: 'b', images: 'ab'.repeat(32) };
    for (const more of [{}, { names }]) {
      const { spec, extendedSpec } = Wire.decode(encodeEntry(entryWith(more)));
      expect([spec === null, extendedSpec ?? null]).toEqual([false, null]);
    }
    expect(decodeEntry(encodeEntry(entryWith({ names }))).spec.names).toEqual(names);
  });
});
