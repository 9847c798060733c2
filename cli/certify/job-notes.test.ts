import { describe, expect, it } from 'vitest';
import { aboutOf } from './job-notes.js';

const NOTHING = { model: null, data: null, name: null, classes: null, input: null, smoothcert: null };
const INPUT = { data: 'd.npz', labels: null, features: false, clip: true, bgr: false };

describe('what job.json says beside its job', () => {
  it('is read as it was written', () => {
    const about = { model: 'm.onnx', data: 'd.npz', name: 'first', classes: ['a', 'b'], input: INPUT };
    expect(aboutOf({ ...about, smoothcert: '0.3.0' })).toEqual({ ...about, smoothcert: '0.3.0' });
  });

  it('is nothing where there is nothing, or something else', () => {
    expect(aboutOf({})).toEqual(NOTHING);
    const other = { model: 1, data: [], name: {}, classes: 'a', input: 'b', smoothcert: true };
    expect(aboutOf(other)).toEqual(NOTHING);
    expect(aboutOf({ input: { ...INPUT, data: 1 } })).toEqual(NOTHING);
    expect(aboutOf({ input: { ...INPUT, labels: 'x'.repeat(5_000) } })).toEqual(NOTHING);
  });

  it('can be shown, and is bounded', () => {
    const { model, classes } = aboutOf({ model: `\u001b[2J${'x'.repeat(9_999)}`, classes: ['a\nb'] });
    expect(model).toMatch(/^\\u\{1b\}\[2Jx+$/);
    expect(model!.length).toBeLessThan(1_100);
    expect(classes).toEqual(['a\\nb']);
  });

  it('has paths as they were typed, and switches that are on or off', () => {
    const { input } = aboutOf({ input: { data: 'a\tb', labels: 'l.npy', features: 1, bgr: true } });
    expect(input).toEqual({ data: 'a\tb', labels: 'l.npy', features: false, clip: false, bgr: true });
  });
});
