import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundingNote } from './rounding-note.js';

const step = { numerator: 1, denominator: 4080 };
const noteOf = (largest: number, mean: number) => roundingNote({ step, rounding: { largest, mean } });

describe('the note on rounded data', () => {
  it('is none where no value was moved', () => {
    expect(noteOf(0, 0)).toBeNull();
  });

  it('says the step, and how far values were moved', () => {
    expect(noteOf(0.0000764573, 0.00001)).toBe(
      'The values of the data were rounded to multiples of 1/4080, by at most 0.0000765 and by 0.0000100 on average; the certificates are for the rounded values.',
    );
  });

  it('never says less than it was, and hardly more', () => {
    const numbers = fc.double({ min: 1e-20, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, (largest) => {
        const said = Number(/at most (\S+) /.exec(noteOf(largest, largest)!)![1]);
        expect(said).toBeGreaterThanOrEqual(largest);
        expect(said / largest).toBeLessThan(1.011);
      }),
    );
  });
});
