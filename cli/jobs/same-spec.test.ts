import { describe, expect, it } from 'vitest';
import { SPEC } from '../../test/service/memory-service.js';
import { differencesOf, otherSpec } from './same-spec.js';

describe('the spec of a job that a server made', () => {
  it('is the one that was asked for, whatever was left to the server and however the seed was written', () => {
    const drawn = { ...SPEC, seed: '17', images: { start: 0, stop: 20, step: 1 } };
    expect(differencesOf(SPEC, SPEC)).toEqual([]);
    expect(differencesOf({ ...SPEC, seed: null, images: null }, drawn)).toEqual([]);
    expect(differencesOf({ ...drawn, seed: '0017' }, drawn)).toEqual([]);
    const names = { job: 'mine', model: 'a.onnx', data: 'b', images: null };
    expect(differencesOf({ ...SPEC, names }, SPEC)).toEqual([]);
  });

  it('is another one in each part that differs', () => {
    expect(differencesOf({ ...SPEC, noise: 'laplace' }, SPEC)).toEqual([
      'noise ("laplace" asked for, "gaussian" there)',
    ]);
    const other = { ...SPEC, seed: '5', batch: 8, stop: { kind: 'target', radii: ['0.5'] } } as const;
    const found = differencesOf(other, { ...SPEC, alpha: 0.01, sigma: 0.12 });
    expect(found.map((text) => text.split(' ')[0])).toEqual(['sigma', 'seed', 'batch', 'alpha', 'stop']);
  });

  it('is refused with what becomes of the job', () => {
    const error = (cancelled: boolean) => otherSpec('j-1', ['noise'], cancelled);
    expect(error(true)).toMatchObject({ code: 'PROTOCOL_MISMATCH', exitCode: 2 });
    expect(error(true).remedy).toMatch(/^It was cancelled\. /);
    expect(error(false).remedy).toMatch(/^Cancel it with smoothcert cancel j-1, unless it is wanted\. /);
  });
});
