import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittedTable, type Column } from './fitted-table.js';

const column = (title: string, spare: number, isName: boolean, ...cells: string[]): Column => ({
  title,
  spare,
  isName,
  cells,
});
const COLUMNS = [
  column('ID', 0, false, 'j-1', 'j-22'),
  column('NAME', 1, true, 'a name that is rather long', ''),
  column('EMPTY', 2, false, '', ''),
  column('RATE', 3, false, '1,234/s', ''),
  column('STATE', 0, false, 'running', 'failed'),
];

describe('a table that is to fit', () => {
  it.each([
    [
      Infinity,
      'ID    NAME                        RATE     STATE',
      'j-1   a name that is rather long  1,234/s  running',
      'j-22                                       failed',
    ],
    [
      44,
      'ID    NAME                  RATE     STATE',
      'j-1   a name that is rath…  1,234/s  running',
      'j-22                                 failed',
    ],
    [43, 'ID    NAME                        STATE', 'j-1   …', 'j-22  …'],
    [30, 'ID    NAME              STATE', 'j-1   a name that is…  running', 'j-22                   failed'],
    [20, 'ID    STATE', 'j-1   running', 'j-22  failed'],
    [3, 'ID    STATE', 'j-1   running', 'j-22  failed'],
  ])('has in %d columns what they hold', (width, ...lines) => {
    const table = fittedTable(COLUMNS, width);
    const [title, ...rows] = table.trimEnd().split('\n');
    expect(title!.split(/ +/)).toEqual(lines[0].split(/ +/));
    for (const row of [title!, ...rows]) if (width >= 14) expect(row.length).toBeLessThanOrEqual(width);
    if (width === Infinity || width <= 20) expect(rows).toEqual(lines.slice(1));
  });

  it('shortens names, and never another cell', () => {
    fc.assert(
      fc.property(fc.integer({ min: 14, max: 80 }), (width) => {
        const lines = fittedTable(COLUMNS, width).trimEnd().split('\n');
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines[1]).toMatch(/^j-1 .*running$/);
        if (lines[0]!.includes('RATE')) expect(lines[1]).toContain('1,234/s');
        if (lines[0]!.includes('NAME')) expect(lines[1]).toMatch(/a name [ a-z]*…?/);
      }),
    );
  });
});
