import { describe, expect, it } from 'vitest';
import { pictureShape } from './picture-shape.js';
import { drawPicture, levelOf } from './pixels.js';

describe('pictureShape', () => {
  it('knows grey and colour pictures in either order', () => {
    expect(pictureShape([8, 8], 10)).toMatchObject({ channels: 1, height: 8, width: 8, shownWidth: 8 });
    expect(pictureShape([1, 28, 20], 10)).toMatchObject({ channels: 1, order: 'chw', height: 28, width: 20 });
    expect(pictureShape([28, 20, 1], 10)).toMatchObject({ channels: 1, order: 'hwc', height: 28, width: 20 });
    expect(pictureShape([3, 32, 32], 10)).toMatchObject({ channels: 3, order: 'chw' });
    expect(pictureShape([32, 24, 3], 10)).toMatchObject({ channels: 3, order: 'hwc', height: 32, width: 24 });
  });

  it('refuses what is no picture', () => {
    for (const shape of [[64], [2, 8, 8], [4, 8, 8], [8, 9, 10], [3, 8, 8, 8]])
      expect(pictureShape(shape, 10)).toBeNull();
  });

  it('makes large pictures smaller, and more so where there are many', () => {
    expect(pictureShape([3, 224, 112], 10)).toMatchObject({ shownHeight: 96, shownWidth: 48 });
    expect(pictureShape([3, 224, 112], 10_000)).toMatchObject({ shownHeight: 48, shownWidth: 24 });
    expect(pictureShape([1, 1, 4000], 10)).toMatchObject({ shownHeight: 1, shownWidth: 96 });
  });
});

describe('drawPicture', () => {
  const draw = (
    levels: number[],
    shape: number[],
    how: Partial<{ single: boolean; reversed: boolean }> = {},
  ) => {
    const shown = pictureShape(shape, 1)!;
    const { channels, shownWidth, shownHeight } = shown;
    const stride = (shownWidth + 1) * channels;
    const into = new Uint8Array(stride * (shownHeight + 1)).fill(7);
    drawPicture(levels, shown, {
      into,
      at: stride + channels,
      stride,
      single: false,
      reversed: false,
      ...how,
    });
    return [...into];
  };

  it('writes channels pixel by pixel, beginning where it is told, and clips', () => {
    const chw = [0, 1, 2, 3, -50, 11, 12, 13, 20, 21, 300, 23];
    const drawn = draw(chw, [3, 2, 2]);
    expect(drawn.slice(0, 12)).toEqual(Array<number>(12).fill(7));
    expect(drawn.slice(12, 18)).toEqual([0, 0, 20, 1, 11, 21]);
    expect(drawn.slice(21, 27)).toEqual([2, 12, 255, 3, 13, 23]);
    expect(drawn.slice(18, 21)).toEqual([7, 7, 7]);
  });

  it('gives the same picture of either order, and reverses blue and red', () => {
    const hwc = [0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23];
    expect(draw(hwc, [2, 2, 3]).slice(12, 18)).toEqual([0, 10, 20, 1, 11, 21]);
    expect(draw(hwc, [2, 2, 3], { reversed: true }).slice(12, 18)).toEqual([20, 10, 0, 21, 11, 1]);
  });

  it('takes the mean of the pixels that one stands for, or one of them', () => {
    const levels = Array.from({ length: 192 * 192 }, (_, at) => (at % 2 === 0 ? 0 : 200));
    const means = draw(levels, [192, 192]);
    expect(means.slice(98, 98 + 96)).toEqual(Array<number>(96).fill(100));
    expect(new Set(draw(levels, [192, 192], { single: true }).slice(98, 98 + 96))).toEqual(new Set([200]));
  });

  it('rounds to the nearest level', () => {
    expect([levelOf(-1e9), levelOf(0.4), levelOf(254.6), levelOf(1e9)]).toEqual([0, 0, 255, 255]);
  });
});
