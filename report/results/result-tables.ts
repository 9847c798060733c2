import type { ResultSet } from '../../analysis/results/result-set.js';
import type { Table } from '../tables/table.js';
import { radiusTables } from './radius-tables.js';
import { stopsTable, summaryTable } from './count-tables.js';

/**
 * Returns the tables of one or several jobs: the numbers of each, certified accuracy at radii, and why images stopped; docs/figures.md says what each of them
 * holds.
 *
 * @param sets at least one; no two labels equal
 */
export const resultTables = (sets: readonly ResultSet[]): Table[] => [
  summaryTable(sets),
  ...radiusTables(sets),
  stopsTable(sets),
];
