import { expect, it } from 'vitest';

import { fittingColumns, four, tableCsv, tableMarkdown, tableText, type Table } from './table.js';
import { percent, whole } from '../../shared/written-numbers.js';

const TABLE: Table = {
  name: 'some',
  title: 'Some numbers',
  columns: [
    { label: 'n', show: whole },
    { label: 'rule, or none' },
    { label: 'share', show: percent },
    { label: 'radius', show: four },
    { label: 'p' },
  ],
  rows: [
    [1_000, 'gain', 0.12345, 1.23456, 1 / 3],
    [50, 'a "b" | c', 1, null, 0.9999],
  ],
};

it('a table is read by people in columns that line up, numbers to the right', () => {
  expect(tableText(TABLE)).toBe(`Some numbers
      n  rule, or none    share  radius         p
  1,000  gain            12.3 %  1.2346  0.333333
     50  a "b" | c      100.0 %       -    0.9999
`);
});

it('a table that is too wide loses its last columns, and its title says where they are', () => {
  expect(fittingColumns(TABLE, 49, 'some.csv')).toBe(TABLE);
  const narrow = tableText(fittingColumns(TABLE, 48, 'some.csv'));
  expect(narrow).toBe(`Some numbers (further columns are in some.csv)
      n  rule, or none    share  radius
  1,000  gain            12.3 %  1.2346
     50  a "b" | c      100.0 %       -
`);
});

it('a table in Markdown keeps its bars apart', () => {
  expect(tableMarkdown(TABLE)).toBe(`| n | rule, or none | share | radius | p |
| --: | --- | --: | --: | --: |
| 1,000 | gain | 12.3 % | 1.2346 | 0.333333 |
| 50 | a "b" \\| c | 100.0 % | - | 0.9999 |
`);
});

it('a table is read by programs with its numbers in full', () => {
  expect(tableCsv(TABLE)).toBe(`n,"rule, or none",share,radius,p
1000,gain,0.12345,1.23456,0.3333333333333333
50,"a ""b"" | c",1,,0.9999
`);
});

it('a table for programs has no formula of a name', () => {
  const rows = [['=HYPERLINK("http://x")', -1]];
  expect(tableCsv({ ...TABLE, columns: [{ label: '@job' }, { label: 'n' }], rows })).toBe(
    `'@job,n\n"'=HYPERLINK(""http://x"")",-1\n`,
  );
});
