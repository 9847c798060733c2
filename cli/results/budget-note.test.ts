import { describe, expect, it } from 'vitest';

import { budgetNote } from './budget-note.js';

const noteOf = (totalSamples: number) =>
  budgetNote({
    stop: { kind: 'budget', totalSamples },
    looks: [64, 128, 1000],
    images: { start: 0, stop: 1000, step: 2 },
  });

describe('the remark on a shared total', () => {
  it('says how many images get no sample', () => {
    expect(noteOf(10_000)).toBe(
      'A total of 10,000 samples brings 156 of the 500 images to their first look, at 64 samples; the others get none and abstain.',
    );
    expect(noteOf(500 * 64 - 1)).toMatch(/ brings 499 of the 500 /);
  });

  it('says the mean where it is little more than the first look', () => {
    expect(noteOf(500 * 64)).toBe(
      'A total of 32,000 samples is 64 an image on average, and the first look of each takes 64: few images are drawn further.',
    );
    expect(noteOf(500 * 256 - 1)).toMatch(/ is 255 an image /);
    expect(noteOf(500 * 256)).toBeNull();
  });

  it('says that it cannot be spent', () => {
    expect(noteOf(500_000)).toBeNull();
    expect(noteOf(500_001)).toBe(
      'A total of 500,001 samples is more than the 500 images take, at most 1,000 each (--max-samples).',
    );
  });

  it('is none for images that share none', () => {
    const images = { start: 0, stop: 1, step: 1 };
    expect(budgetNote({ stop: { kind: 'gain', minGain: 0 }, looks: [64], images })).toBeNull();
  });
});
