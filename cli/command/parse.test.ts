import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SmoothcertError } from '../../shared/errors.js';
import { numberOf, parseChoice, parseImages, parseNumber, partsOf } from './parse.js';

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'OPTION_INVALID', exitCode: 2 });
    const { message, remedy } = error as SmoothcertError;
    expect(remedy).toMatch(/\.$/);
    return message;
  }
  return expect.unreachable('nothing was refused');
}

describe('a number', () => {
  it.each([
    ['0.25', 0.25],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['5.', 5],
    ['+7', 7],
    [' 2 ', 2],
    ['-1E2', -100],
  ])('%j is %f', (text, value) => {
    expect(numberOf(text)).toBe(value);
    expect(parseNumber('--x', text, {}, 'serve')).toBe(value);
  });

  it.each(['', ' ', '.', 'e3', '0x10', '1,5', 'NaN', 'Infinity', '1e999', '1_000', '--1', '1e', '٣'])(
    '%j is none',
    (text) => {
      expect(Number.isFinite(numberOf(text))).toBe(false);
      expect(refusal(() => parseNumber('--x', text, {}, 'serve'))).toBe(`--x ${text} is not a number.`);
    },
  );

  it('is refused outside its range with the flag, the value and the range', () => {
    const refused = (text: string, range: Parameters<typeof parseNumber>[2]) =>
      refusal(() => parseNumber('--x', text, range, 'serve'));
    expect(refused('0', { above: 0 })).toBe('--x 0 is not a number above 0.');
    expect(refused('2', { above: 0, most: 1 })).toBe('--x 2 is not a number above 0 and of at most 1.');
    expect(refused('0', { least: 1, whole: true })).toBe('--x 0 is not a whole number of at least 1.');
    expect(refused('9', { most: 8 })).toBe('--x 9 is not a number of at most 8.');
    expect(refused('1.5', { whole: true })).toBe('--x 1.5 is not a whole number.');
    expect(refused('1e300', { whole: true })).toBe('--x 1e300 is not a whole number.');
  });

  it('of a list stands between commas', () => {
    expect(partsOf('0.5, 1,2e0').map(numberOf)).toEqual([0.5, 1, 2]);
    expect(partsOf('1,,2').map(numberOf)).toEqual([1, NaN, 2]);
  });

  it('is read exactly as it was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(`${value}`)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('a choice', () => {
  const remedyOf = (text: string) => {
    try {
      parseChoice('--stop', text, ['gain', 'fixed']);
    } catch (error) {
      expect((error as Error).message).toBe(`--stop ${text} is not a choice.`);
      return (error as SmoothcertError).remedy;
    }
    return null;
  };

  it('is one of the words', () => expect(parseChoice('--stop', 'fixed', ['gain', 'fixed'])).toBe('fixed'));

  it('that is nearly one of them is answered with that one, and all of them', () => {
    expect(remedyOf('fixd')).toBe('Did you mean fixed? Choose one of: gain, fixed.');
    expect(remedyOf('GAIN')).toBe('Did you mean gain? Choose one of: gain, fixed.');
    expect(remedyOf('something')).toBe('Choose one of: gain, fixed.');
    expect(remedyOf('')).not.toBeNull();
    expect(remedyOf('toString')).not.toBeNull();
  });
});

describe('a range of images', () => {
  it.each([
    ['5', { start: 5, stop: 6, step: 1 }],
    ['0:10', { start: 0, stop: 10, step: 1 }],
    [':10', { start: 0, stop: 10, step: 1 }],
    ['3:', { start: 3, stop: null, step: 1 }],
    [':', { start: 0, stop: null, step: 1 }],
    ['::10', { start: 0, stop: null, step: 10 }],
    ['1:9:2', { start: 1, stop: 9, step: 2 }],
    [' 1:2 ', { start: 1, stop: 2, step: 1 }],
  ])('%s', (text, range) => expect(parseImages(text)).toEqual(range));

  it.each(['', ' ', '-1', '1:0', '5:5', '::0', '1:2:3:4', 'a', '1.5', '1:-1', '0,1'])('%j is none', (text) =>
    expect(refusal(() => parseImages(text))).toBe(`--images ${text} is not start:stop:step.`),
  );
});
