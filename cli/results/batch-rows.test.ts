import { describe, expect, it } from 'vitest';
import { NO_FIGURES, type DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { batchRows } from './batch-rows.js';

const rows = (more: Partial<DrawingFigures>) =>
  batchRows({ ...NO_FIGURES, batches: 2_560, audited: 11, votes: 80_000, ...more });

describe('the lines about batches', () => {
  it('say how many were audited, and nothing more of a model that votes as one should', () => {
    expect(rows({ tied: 40_000 })).toEqual([
      ['audit', '11 of 2,560 batches run a second time among other rows: the same scores but for rounding'],
    ]);
  });

  it('say that none was audited', () =>
    expect(rows({ audited: 0 })).toEqual([
      ['audit', 'none of 2,560 batches was run a second time (--audit-share 0)'],
    ]));

  it('say what invalid votes were seen', () => {
    const line = (invalid: DrawingFigures['invalid']) => rows({ invalid })[1];
    expect(line({ nan: 0, infinite: 20, noneFinite: 0 })).toEqual([
      'invalid votes',
      '20 of 80,020 in this run: 20 with a score that is +∞',
    ]);
    expect(line({ nan: 1_000, infinite: 2, noneFinite: 3 })?.[1]).toBe(
      '1,005 of 81,005 in this run: 1,000 with a score that is NaN, 2 with a score that is +∞, 3 without a finite score',
    );
  });

  it('say that most votes are ties, and what may be the cause', () =>
    expect(rows({ tied: 40_001 })[1]).toEqual([
      'ties',
      '40,001 of 80,000 votes in this run are ties, which go to the lowest class: constant scores, a saturated softmax, or whole numbers?',
    ]));

  it('are none where no batch was counted', () => expect(batchRows(NO_FIGURES)).toEqual([]));
});
