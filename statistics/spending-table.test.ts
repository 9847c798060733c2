import { describe, expect, it } from 'vitest';

import { binomialTail } from './binomial.js';
import { gaussian } from './noises/gaussian.js';
import { upperTail } from './normal.js';
import { looksFor } from './schedule.js';
import { buildSpendingTable, evenShares, spendingRow, theoremLevel } from './spending-table.js';
import { cpuMs } from '../test/support/cpu-time.js';

const LOOKS = looksFor({ kind: 'gain', minGain: 0.02 }, 'spending', 100_000);

describe('the spending table', () => {
  it('spends no more than the level on any null', () => {
    const options = { looks: LOOKS, level: theoremLevel(0.001), shares: evenShares(LOOKS), noise: gaussian };
    for (let i = 0; i < 1900; i += 7) {
      const delta = upperTail(i / 500);
      const spent = spendingRow(options, delta)
        .map((count, look) => binomialTail(count, LOOKS[look]!, delta))
        .reduce((sum, p) => sum + p, 0);
      expect(spent).toBeLessThan((1 - delta) * 0.001);
      expect(spent).toBeGreaterThan(0);
    }
  });

  it('certifies a value of the grid that falls with the failures and rises with the looks', () => {
    const table = buildSpendingTable({
      looks: LOOKS,
      level: theoremLevel(0.001),
      shares: evenShares(LOOKS),
      noise: gaussian,
    });
    LOOKS.forEach((n, look) => {
      let before = Infinity;
      for (let failures = 0; failures <= n / 2; failures += 1 + (failures >> 3)) {
        const z = table.certifiedZ(look, failures) ?? 0;
        expect(z).toBeLessThanOrEqual(before);
        expect(z).toBe(Math.round(z * 500) / 500);
        before = z;
      }
      expect(table.certifiedZ(look, n)).toBeNull();
    });
    expect(LOOKS.map((_, look) => table.certifiedZ(look, 0))).toEqual([
      1.086, 1.504, 1.852, 2.154, 2.428, 2.676, 2.908, 3.122, 3.326, 3.518, 3.702, 3.81,
    ]);
  });

  it('rejects every smaller null along with a certified one', () => {
    const options = { looks: LOOKS, level: theoremLevel(0.05), shares: evenShares(LOOKS), noise: gaussian };
    const table = buildSpendingTable(options);
    const rows = Array.from({ length: 1000 }, (_, i) => spendingRow(options, upperTail(i / 500)));
    LOOKS.forEach((_, look) => {
      for (let failures = 0; failures < 60; failures++) {
        const z = table.certifiedZ(look, failures) ?? 0;
        const rejected = rows.findIndex((row) => row[look]! < failures);
        expect(z < 1.99 ? Math.round(z * 500) + 1 : rejected).toBe(
          z === 0 ? Math.max(1, rejected) : rejected,
        );
      }
    });
  });

  it('certifies nothing where the samples are too few for any null', () => {
    const table = buildSpendingTable({
      looks: [1],
      level: theoremLevel(0.001),
      shares: evenShares([1]),
      noise: gaussian,
    });
    expect(table.certifiedZ(0, 0)).toBeNull();
  });

  it('refuses more than 12 looks', () => {
    const looks = Array.from({ length: 13 }, (_, j) => 64 * 2 ** j);
    expect(() =>
      buildSpendingTable({ looks, level: theoremLevel(0.001), shares: evenShares(looks), noise: gaussian }),
    ).toThrow(expect.objectContaining({ code: 'SCHEDULE_TOO_LONG' }));
    const before = cpuMs();
    buildSpendingTable({
      looks: LOOKS,
      level: theoremLevel(0.001),
      shares: evenShares(LOOKS),
      noise: gaussian,
    });
    expect(cpuMs() - before).toBeLessThan(1000);
  });
});
