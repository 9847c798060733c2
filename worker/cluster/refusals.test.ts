import { beforeEach, describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { Refusals } from './refusals.js';

const missing = new SmoothcertError('ARTIFACT_MISSING', 'It is not here.', 'Upload it.');

let now: number;
let refusals: Refusals;
beforeEach(() => {
  now = 5_000;
  refusals = new Refusals('w', () => now);
});

describe('a job that was refused', () => {
  it('is tried again after a while that doubles up to half a minute', () => {
    expect(refusals.waitOf('j-1')).toBe(0);
    const waits = Array.from({ length: 7 }, () => {
      refusals.add('j-1', missing);
      const wait = refusals.waitOf('j-1');
      now += wait - 1;
      expect(refusals.waitOf('j-1')).toBe(1);
      now += 1;
      expect(refusals.waitOf('j-1')).toBe(0);
      return wait;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(refusals.waitOf('j-2')).toBe(0);
  });

  it('begins anew once it could be drawn for', () => {
    refusals.add('j-1', missing);
    refusals.add('j-1', missing);
    refusals.remove('j-1');
    expect(refusals.list).toEqual([]);
    expect(refusals.waitOf('j-1')).toBe(0);
    refusals.add('j-1', missing);
    expect(refusals.waitOf('j-1')).toBe(1_000);
  });

  it('is listed once, with the latest reason, until nobody has tried it for ten minutes', () => {
    refusals.add('j-1', new Error('a slip'));
    refusals.add('j-1', missing);
    const refusal = {
      worker: 'w',
      code: 'ARTIFACT_MISSING',
      message: 'It is not here.',
      remedy: 'Upload it.',
    };
    expect(refusals.list).toEqual([{ job: 'j-1', refusal }]);
    now += 2_000 + 600_000;
    expect(refusals.list).toHaveLength(1);
    now += 1;
    expect(refusals.list).toEqual([]);
  });
});

it('keeps the latest 64', () => {
  for (let job = 0; job < 65; job++) refusals.add(`j-${job}`, missing);
  expect(refusals.list).toHaveLength(64);
  expect(refusals.waitOf('j-0')).toBe(0);
  expect(refusals.waitOf('j-1')).toBe(1_000);
});

it('says of what nobody foresaw that it is our fault', () => {
  expect(refusals.refusalOf(new Error('a slip'))).toMatchObject({
    code: 'INTERNAL',
    message: 'Something unforeseen happened: a slip',
  });
  expect(refusals.refusalOf('words').message).toContain('words');
});
