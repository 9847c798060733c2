import { describe, expect, it } from 'vitest';
import { partsDown, percentDown, percentUp } from './written-numbers.js';

/** Returns tenths of a percent as they are written. */
const written = (tenths: bigint): string => `${tenths / 10n}.${tenths % 10n} %`;

describe('shares of whole counts', () => {
  it('are rounded as whole numbers are, of all counts up to 200 images', () => {
    for (let images = 1; images <= 200; images++) {
      for (let count = 0; count <= images; count++) {
        const [of, all] = [BigInt(count), BigInt(images)];
        const share = count / images;
        const shown = [percentDown(share), percentUp(share), partsDown(share, 100)];
        const whole = [(1000n * of) / all, (1000n * of + all - 1n) / all];
        expect(shown, `${count} of ${images}`).toEqual([...whole.map(written), Number((100n * of) / all)]);
      }
    }
  });

  it.each([
    [29, 100, '29.0 %', '29.0 %'],
    [57, 100, '57.0 %', '57.0 %'],
    [7, 100, '7.0 %', '7.0 %'],
    [28, 100, '28.0 %', '28.0 %'],
    [999_999_999_999, 1_000_000_000_000, '99.9 %', '100.0 %'],
    [289_999_999_999, 1_000_000_000_000, '28.9 %', '29.0 %'],
    [290_000_000_001, 1_000_000_000_000, '29.0 %', '29.1 %'],
  ])('of %d of %d are %s and %s', (count, images, down, up) => {
    expect([percentDown(count / images), percentUp(count / images)]).toEqual([down, up]);
  });
});
