import type { NoiseSpec } from '../../shared/job.js';
import { AttainableRadii } from './attainable.js';
import type { CohenRow, CohenTable } from './cohen-table.js';
import { fitClaims, type Fit, type Supposed } from './fit-claim.js';

/** Rows of a foreign table of certificates that cannot be, and claims beyond its samples. */
export interface TableReport {
  readonly rows: number;
  readonly certified: number;
  /** Lines that do not hold, with a sentence. */
  readonly faults: readonly { readonly line: number; readonly what: string }[];
  /** Indices that the steps between its rows lead to, and that have no row. */
  readonly missing: readonly number[];
  /** Best first; none without a noise, or without a radius. */
  readonly fits: readonly Fit[];
  /** Rows whose radius, as it is written, is above the one that their failures give, by rounding to nearest. */
  readonly roundedUp: number;
  /** By so much at most, in the units of the radii. */
  readonly mostRoundedUp: number;
}

/** A radius counts as above the one that was proved if it is by more than arithmetic explains. */
const ARITHMETIC = 1e-9;
const MOST_MISSING = 1000;

/**
 * Checks a table: its lines, order, duplicates and gaps, `correct` against label and class; and which of the supposed claims explains its
 * radii. @param noise null: its scale is not known, and radii are not looked at
 */
export function checkTable(
  { rows, faults }: CohenTable,
  noise: Pick<NoiseSpec, 'kind' | 'scale'> | null,
  supposed: readonly Supposed[],
): TableReport {
  const fits = noise === null ? [] : fitClaims(rows, noise, supposed);
  const above = noise === null || fits[0] === undefined ? [] : excesses(fits[0], noise);
  return {
    rows: rows.length,
    certified: rows.filter(isCertified).length,
    faults: [
      ...faults.map(({ line, reason }) => ({ line, what: `It is no row: ${reason}.` })),
      ...rows.flatMap((row) => faultsOf(row)),
      ...orderFaults(rows),
    ].sort((a, b) => a.line - b.line),
    missing: missingOf(rows),
    fits,
    roundedUp: above.length,
    mostRoundedUp: Math.max(0, ...above),
  };
}

const isCertified = ({ radius }: CohenRow): boolean => Number(radius) > 0;

function faultsOf({ line, label, predict, radius, correct }: CohenRow): { line: number; what: string }[] {
  const faults = [];
  const right = predict >= 0 && predict === label;
  if (correct !== null && correct !== right)
    faults.push({
      line,
      what: `Its correct is ${correct ? 1 : 0}, and its class is ${right ? '' : 'not '}its label.`,
    });
  if (predict < 0 && Number(radius) > 0) faults.push({ line, what: 'It abstains, and has a radius.' });
  return faults;
}

function orderFaults(rows: readonly CohenRow[]): { line: number; what: string }[] {
  const seen = new Map<number, number>();
  return rows.flatMap(({ line, index }, at) => {
    const first = seen.get(index);
    seen.set(index, first ?? line);
    if (first !== undefined)
      return [{ line, what: `Image ${index} is there twice; first in line ${first}.` }];
    const before = rows[at - 1];
    return before !== undefined && before.index > index
      ? [{ line, what: `Image ${index} comes behind image ${before.index}.` }]
      : [];
  });
}

/** Returns the indices between the first and the last row that their usual step, the smallest one, leads to and that have no row. */
function missingOf(rows: readonly CohenRow[]): number[] {
  const indices = [...new Set(rows.map(({ index }) => index))].sort((a, b) => a - b);
  const steps = indices.slice(1).map((index, i) => index - indices[i]!);
  const step = Math.min(...steps);
  const missing: number[] = [];
  for (const [i, wide] of steps.entries())
    for (
      let index = indices[i]! + step;
      index < indices[i]! + wide && missing.length < MOST_MISSING;
      index += step
    )
      missing.push(index);
  return missing;
}

/** Returns by how much radii, as they are written, are above those of the fewest failures that explain them. */
function excesses({ n, alpha, explained }: Fit, noise: Pick<NoiseSpec, 'kind' | 'scale'>): number[] {
  const radii = new AttainableRadii(n, alpha, noise);
  return [...explained].flatMap(([{ radius }, range]) => {
    if (range === null) return [];
    const excess = Number(radius) - radii.radius(range.least);
    return excess > ARITHMETIC ? [excess] : [];
  });
}
