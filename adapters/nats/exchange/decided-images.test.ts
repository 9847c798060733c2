import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DecidedImages } from './decided-images.js';

const LIMIT = 600_005;
const image = fc.oneof(
  fc.nat(64),
  fc.integer({ min: 262_100, max: 262_200 }),
  fc.integer({ min: LIMIT - 9, max: LIMIT - 1 }),
);
const images = fc.array(image, { maxLength: 30 });

describe('decided images', () => {
  it('are a set: each is new once, whether it is added or heard of', () => {
    fc.assert(
      fc.property(fc.array(images, { maxLength: 6 }), (announcements) => {
        const [one, other, known] = [new DecidedImages(LIMIT), new DecidedImages(LIMIT), new Set<number>()];
        for (const announced of announcements) {
          const news = [...new Set(announced)].filter((image) => !known.has(image));
          expect(one.add(announced)).toEqual(news);
          const heard = [...one.parts()].flatMap((part) => other.unite(part));
          expect(heard).toEqual(news.sort((a, b) => a - b));
          for (const image of news) known.add(image);
        }
        for (const image of [...known, 0, 5, 262_143, 262_144, LIMIT - 1]) {
          expect([one.has(image), other.has(image)]).toEqual([known.has(image), known.has(image)]);
        }
      }),
    );
  });

  it('are told in stretches that have a member, without zeros behind the last one', () => {
    const decided = new DecidedImages(LIMIT);
    decided.add([9, 524_288]);
    expect([...decided.parts()]).toEqual([
      { firstImage: 0, decided: Uint8Array.of(0, 2) },
      { firstImage: 524_288, decided: Uint8Array.of(1) },
    ]);
  });

  it('leave out what no image can be, and refuse to be told of it by ourselves', () => {
    const decided = new DecidedImages(11);
    expect(decided.unite({ firstImage: 8, decided: Uint8Array.of(255, 255) })).toEqual([8, 9, 10]);
    expect(decided.unite({ firstImage: 4_294_967_288, decided: Uint8Array.of(255) })).toEqual([]);
    expect([-1, 1.5, 11, NaN].some((image) => decided.has(image))).toBe(false);
    expect(() => decided.add([3, 11])).toThrow(RangeError);
  });

  it('of 50,000 are united whole', () => {
    const [one, other] = [new DecidedImages(50_000), new DecidedImages(50_000)];
    const all = Array.from({ length: 50_000 }, (_, image) => image);
    one.add(all);
    const [part] = [...one.parts()];
    expect(other.unite(part!)).toEqual(all);
    expect(other.unite(part!)).toEqual([]);
  });
});
