import { describe, expect, it } from 'vitest';

import reference from '../../test/fixtures/bounds.json' with { type: 'json' };
import { cltDelta } from './clt.js';

describe('the normal approximation', () => {
  it('is that of the reference', () => {
    const rows = reference.closed_forms_f64.filter(({ k, n }) => k < n);
    expect(rows.length).toBeGreaterThan(3);
    for (const { k, n, alpha, wald_pLower } of rows) {
      expect(1 - cltDelta(n - k, n, alpha)!).toBeCloseTo(wald_pLower, 12);
    }
  });

  it('gives nothing on unanimous votes, for any number of them', () => {
    for (const n of [1, 100, 1e9]) expect(cltDelta(0, n, 0.001)).toBeNull();
  });

  it('of failures alone is 1', () => expect(cltDelta(50, 50, 0.001)).toBe(1));
});
