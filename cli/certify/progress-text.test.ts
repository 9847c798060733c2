import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outlook } from '../../shared/outlook.js';
import { liveText, plainText, type Shown } from './progress-text.js';

const OUTLOOK: Outlook = {
  samples: { low: 30_000, expected: 36_310, high: 42_000 },
  samplesPerSecond: 1_234.4,
  secondsLeft: { low: 130, expected: 150, high: 170 },
};
const SHOWN: Shown = { decided: 12, images: 300, samples: 12_345, outlook: OUTLOOK, waiting: null };
const LONGEST =
  '███████░░░░░░░░░░░░░ 33 % · about 2 to 3 min left · 1,234/s · 12,345 of about 36,000 samples · 12/300 images decided';

describe('the line of a terminal', () => {
  it.each([
    [200, LONGEST],
    [100, '███████░░░░░░░░░░░░░ 33 % · about 2 to 3 min left · 1,234/s · 12,345 of about 36,000 samples'],
    [80, '███░░░░░░░ 33 % · about 2 to 3 min left · 1,234/s · 12/300 images decided'],
    [60, '███░░░░░░░ 33 % · about 2 to 3 min left · 1,234/s'],
    [40, '33 % · about 2 to 3 min left · 1,234/s'],
    [30, '33 % · about 2 to 3 min left'],
    [20, '33 % · 2 to 3 min'],
    [10, '33 %'],
    [3, ''],
  ])('of %d columns has the parts that fit', (columns, text) => {
    expect(liveText(SHOWN, columns)).toBe(text);
  });

  it('fits any width, and never has a part of a number', () => {
    const whole = new Set(
      plainText(SHOWN)
        .match(/[\d,]+/g)!
        .concat('12', '300'),
    );
    fc.assert(
      fc.property(fc.nat(300), (columns) => {
        const text = liveText(SHOWN, columns);
        expect(text.length).toBeLessThanOrEqual(columns);
        for (const found of text.match(/\d[\d,]*/g) ?? []) expect(whole).toContain(found);
      }),
    );
  });

  it('says instead why nothing is drawn, and only the word where that does not fit', () => {
    const waiting = { ...SHOWN, waiting: 'NATS \x1b[31mcannot be reached.' };
    expect(liveText(waiting, 200)).toContain(
      ' 33 % · waiting: NATS \\u{1b}[31mcannot be reached · 12,345 of',
    );
    expect(liveText(waiting, 20)).toBe('33 % · waiting');
  });
});

describe('what is known of a job', () => {
  const live = (part: Partial<Shown>) => liveText({ ...SHOWN, ...part }, 200);

  it('without a forecast are its decided images', () => {
    expect(live({ outlook: null, decided: 60 })).toBe(
      '████░░░░░░░░░░░░░░░░ 20 % · 12,345 samples · 60/300 images decided',
    );
    expect(live({ outlook: null, decided: 0, images: 0, samples: 0 })).toMatch(
      / 0 % · 0 samples · 0\/0 images/,
    );
  });

  it('is all of it only at its end, however much is drawn', () => {
    expect(live({ samples: 36_310 })).toMatch(/ 99 %/);
    expect(live({ samples: 36_310, decided: 300 })).toMatch(/█{20} 100 %/);
  });

  it('is a number without "about" where it is certain, and no rate before there is one', () => {
    const certain = {
      samples: { low: 400_000, expected: 400_000, high: 400_000 },
      samplesPerSecond: null,
      secondsLeft: null,
    };
    expect(live({ outlook: certain })).toBe(
      '█░░░░░░░░░░░░░░░░░░░ 3 % · 12,345 of 400,000 samples · 12/300 images decided',
    );
  });

  it('is all in one line of a file', () => {
    expect(plainText(SHOWN)).toBe(
      '33 %: 12,345 of about 36,000 samples, 1,234/s, about 2 to 3 min left, 12/300 images decided',
    );
  });
});
