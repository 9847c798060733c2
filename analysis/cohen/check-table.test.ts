import { describe, expect, it } from 'vitest';
import { checkTable } from './check-table.js';
import { parseCohenTable } from './cohen-table.js';

const HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
const NOISE = { kind: 'gaussian', scale: 0.5 } as const;
const CLAIMS = [
  { n: 1000, alpha: 0.001 },
  { n: 1000, alpha: 0.05 },
];
const tableOf = (...rows: string[]) => parseCohenTable([HEADER, ...rows].join('\n'))!;
const faultsOf = (...rows: string[]) => checkTable(tableOf(...rows), null, []).faults;

// σ times the radii of Clopper and Pearson's bound (scipy: beta.ppf) for 0, 10 and 100 failures of 1,000 at α = 0.001: by its inverse beta function
const RADII = [1.2316313073904044, 0.9890047910705997, 0.5572415811398996];

describe('a foreign table', () => {
  it('that is right has no faults, whatever its step', () => {
    const report = checkTable(
      tableOf('0\t3\t3\t0.5\t1\t1', '20\t3\t-1\t0.0\t0\t1', '40\t3\t4\t0.1\t0\t1'),
      null,
      [],
    );
    expect(report).toMatchObject({ rows: 3, certified: 2, faults: [], missing: [], fits: [], roundedUp: 0 });
    expect(checkTable(tableOf('5\t3\t3\t0.5\t1\t1'), null, []).missing).toEqual([]);
  });

  it.each([
    ['a wrong "correct"', ['0\t3\t3\t0.5\t0\t1'], [2, 'Its correct is 0, and its class is its label.']],
    [
      'a right one that is wrong',
      ['0\t3\t4\t0.5\t1\t1'],
      [2, 'Its correct is 1, and its class is not its label.'],
    ],
    ['an abstention with a radius', ['0\t3\t-1\t0.5\t0\t1'], [2, 'It abstains, and has a radius.']],
    [
      'a duplicate',
      ['0\t3\t3\t0.5\t1\t1', '0\t3\t3\t0.5\t1\t1'],
      [3, 'Image 0 is there twice; first in line 2.'],
    ],
    ['another order', ['5\t3\t3\t0.5\t1\t1', '3\t3\t3\t0.5\t1\t1'], [3, 'Image 3 comes behind image 5.']],
    ['a line that is no row', ['0\t3\t3\t0.5\t1\t1', 'x'], [3, 'It is no row: it has 1 cells and not 6.']],
  ] as const)('with %s is found', (_, rows, [line, what]) => {
    expect(faultsOf(...rows)).toEqual([{ line, what }]);
  });

  it('without labels has nothing to compare', () => {
    expect(faultsOf('0\t-1\t3\t0.5\tunknown\t1', '1\t-1\t-1\t0.0\tunknown\t1')).toEqual([]);
  });

  it('with several faults has them line by line', () => {
    const found = faultsOf('0\t3\t3\t0.5\t0\t1', 'x', '1\t3\t3\t0.5\t0\t1');
    expect(found.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it('of which rows are missing names them', () => {
    const rows = [0, 10, 20, 50, 60].map((index) => `${index}\t3\t3\t0.5\t1\t1`);
    expect(checkTable(tableOf(...rows), null, []).missing).toEqual([30, 40]);
    const wide = [0, 1, 5000].map((index) => `${index}\t3\t3\t0.5\t1\t1`);
    expect(checkTable(tableOf(...wide), null, []).missing).toHaveLength(1000);
  });

  it('rounded to nearest claims more than was proved, where it is rounded up', () => {
    const rows = RADII.map((radius, i) => `${i}\t3\t3\t${radius.toFixed(3)}\t1\t1`);
    const report = checkTable(tableOf(...rows), NOISE, CLAIMS);
    expect(report.fits[0]).toMatchObject({ n: 1000, alpha: 0.001, rounding: 'nearest', unexplained: 0 });
    // 1.232 for 1.23163; 0.989 and 0.557 are below 0.98900 and 0.55724.
    expect(report.roundedUp).toBe(1);
    expect(report.mostRoundedUp).toBeCloseTo(1.232 - RADII[0]!, 5);
  });

  it('with a radius that no failures give has one that is unexplained', () => {
    const rows = [...RADII.map((radius) => radius.toFixed(6)), '1.200000'].map(
      (radius, i) => `${i}\t3\t3\t${radius}\t1\t1`,
    );
    const report = checkTable(tableOf(...rows), NOISE, CLAIMS);
    expect(report.fits[0]).toMatchObject({ alpha: 0.001, unexplained: 1 });
  });

  it('without a radius fits no claim', () => {
    expect(checkTable(tableOf('0\t3\t-1\t0.0\t0\t1'), NOISE, CLAIMS).fits).toEqual([]);
  });
});
