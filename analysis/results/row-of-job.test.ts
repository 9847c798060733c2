import { describe, expect, it } from 'vitest';

import { JOBS, filesOf, more, rowsOf } from '../../test/support/forged-results.js';
import { resultJob } from '../../test/support/result-files.js';
import { imageResultOf } from './image-result.js';
import { rowCheckOf } from './row-of-job.js';

type Fields = Readonly<Record<string, unknown>>;

const jobOf = (name: string) => resultJob(JOBS[name]![0]);
const fieldsOf = (name: string): Fields[] => rowsOf(filesOf(name)).map((row): Fields => ({ ...row }));

/** Returns true if a line can be of a job. */
function fits(name: string, fields: Fields): boolean {
  const result = imageResultOf(fields);
  return result !== null && rowCheckOf(jobOf(name))(fields, result);
}

/** Returns the first row with a class. */
const decided = (name: string): Fields => fieldsOf(name).find((fields) => fields['class'] !== null)!;

describe('a line of results.jsonl', () => {
  it.each(Object.keys(JOBS))('of %s is one of its job', (name) => {
    const rows = fieldsOf(name);
    expect(rows.length).toBeGreaterThan(0);
    for (const fields of rows) expect([fields['image'], fits(name, fields)]).toEqual([fields['image'], true]);
  });

  it.each([
    ['another bound', 'gain', { bound: 'anytime' }],
    ['another α', 'gain', { alpha: 0.01 }],
    ['another norm', 'gain', { norm: 'l1' }],
    ['one image of many', 'laplace', { simultaneous: undefined }],
    ['many images', 'gain', { simultaneous: { images: 4, alpha: 0.001 } }],
    ['an outcome that its rule has not', 'gain', { outcome: 'predicted' }],
    ['more samples than are allowed', 'gain', { samples: 1_000_000 }],
    ['fewer samples than its votes', 'gain', { samples: 1 }],
    ['a class that the model has not', 'gain', { class: 10 }],
    ['another class than its votes', 'gain', { class: 4 }],
    ['a larger radius', 'gain', { radius: 99 }],
    ['a smaller radius', 'gain', { radius: 0.001 }],
    ['another bound on p', 'gain', { p_lower: '0.999999999999' }],
    ['a radius that was not asked for', 'gain', { target: '0.25' }],
    ['another of its radii', 'target', { radius: 0.25, target: '0.25' }],
    ['no looks', 'gain', { looks: undefined }],
    ['looks that are none', 'gain', { looks: [null] }],
    ['looks that the claim has not', 'gain', { looks: [{ classes: [3], votes: [63], invalid: 0 }] }],
    ['no samples that prove it', 'gain', { proved_by: null }],
    ['samples that prove it, and no end', 'gain', { proved_by: { begin: 0 } }],
    ['the end of no look', 'gain', { proved_by: { begin: 0, end: 63 } }],
    ['the end of another look', 'gain', { proved_by: { begin: 0, end: 64 } }],
    ['no votes that prove it', 'gain', { counts: { classes: [], votes: [], invalid: 0 } }],
    ['the votes that chose its class', 'fixed', { proved_by: { begin: 0, end: 20 } }],
    ['another p-value', 'predict', { p_value: '1.00e-300' }],
    ['another class than was predicted', 'predict', { class: 4 }],
  ])('with %s is none of a job of %s', (_what, name, change) => {
    expect(fits(name, { ...decided(name), ...change })).toBe(false);
  });

  it('with a bound that is a little smaller, or without the votes that chose its class, is none', () => {
    const fields = decided('gain');
    expect(fits('gain', { ...fields, delta_upper: more(fields['delta_upper'] as string, -1e-12) })).toBe(
      false,
    );
    const fixed = decided('fixed');
    expect(fits('fixed', { ...fixed, looks: (fixed['looks'] as unknown[]).slice(1) })).toBe(false);
  });

  it('of another σ is none', () => {
    const job = jobOf('gain');
    const other = { ...job, draw: { ...job.draw, noise: { ...job.draw.noise, scale: 0.25 } } };
    const fields = decided('gain');
    expect(rowCheckOf(other)(fields, imageResultOf(fields)!)).toBe(false);
  });

  it('of votes that prove nothing is none, whatever it claims', () => {
    const half = { classes: [3, 5], votes: [32, 32], invalid: 0 };
    const forged = {
      counts: half,
      samples: 64,
      looks: [{ n: 64, ...half }],
      proved_by: { begin: 0, end: 64 },
    };
    expect(fits('gain', { ...decided('gain'), ...forged })).toBe(false);
    expect(fits('predict with one look', { ...decided('predict with one look'), ...forged })).toBe(false);
  });
});
