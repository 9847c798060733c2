import { describe, expect, it } from 'vitest';
import type { PixelTreatment } from '../../analysis/check/candidates.js';
import { adviceFor, describeTreatment, flagChange } from './treatment-flags.js';

const PLAIN: PixelTreatment = {
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'nchw',
  bgr: false,
  transposed: false,
};
const WITH: PixelTreatment = {
  ...PLAIN,
  normalisation: { inputScale: 255, mean: [1, 2, 3], std: [4, 5, 6] },
  bgr: true,
};

describe('the flags from one treatment to another', () => {
  it.each([
    [PLAIN, WITH, '--input-scale 255 --mean 1,2,3 --std 4,5,6 --bgr', ''],
    [WITH, PLAIN, '', '--input-scale, --mean, --std, --bgr'],
    [WITH, { ...WITH, normalisation: { ...WITH.normalisation, mean: [0] } }, '', '--mean'],
    [WITH, { ...WITH, normalisation: { ...WITH.normalisation, mean: [3, 2, 1] } }, '--mean 3,2,1', ''],
    [PLAIN, { ...PLAIN, layout: 'nhwc' }, '--layout nhwc', ''],
    [
      { ...PLAIN, layout: 'nhwc' },
      WITH,
      '--input-scale 255 --mean 1,2,3 --std 4,5,6 --layout nchw --bgr',
      '',
    ],
    [WITH, WITH, '', ''],
  ] as const)('%#', (given, wanted, give, leaveOut) => {
    expect(flagChange(given, wanted)).toEqual({ give, leaveOut });
  });

  it('are advice in words, with the axes of images for flat models', () => {
    const moved = { ...PLAIN, transposed: true };
    expect(adviceFor(PLAIN, moved, [3, 4, 4])).toBe('save the images as x.transpose(0, 2, 3, 1)');
    expect(adviceFor(PLAIN, moved, [4, 4, 3])).toBe('save the images as x.transpose(0, 3, 1, 2)');
    const both = { ...PLAIN, normalisation: { inputScale: 1, mean: [0.5], std: [1] }, bgr: false };
    expect(adviceFor({ ...PLAIN, bgr: true }, both, [3, 4, 4])).toBe('add --mean 0.5, and leave out --bgr');
  });

  it('are shown as they are typed', () => {
    expect(describeTreatment({ ...PLAIN, layout: 'auto' })).toBe('no flags');
    expect(describeTreatment({ ...WITH, layout: 'auto', transposed: true })).toBe(
      '--input-scale 255 --mean 1,2,3 --std 4,5,6 --bgr, axes in the other order',
    );
  });
});
