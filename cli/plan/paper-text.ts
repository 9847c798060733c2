import type { PlanRow } from '../../analysis/plan/plan-rows.js';
import { number } from '../results/summary-lines.js';
import { aligned } from './aligned.js';
import { wrapped } from './wrap.js';

/** With fewer samples the formulas, which are of large n, are not shown. */
const LEAST_SHOWN = 100;

/** Returns what the paper's formulas say at each power of ten beside what is exact, a line for each; '' without a row to show. */
export function paperText(rows: readonly PlanRow[]): string {
  const told = rows.filter(
    ({ planned: { n }, paper }) => paper !== null && n >= LEAST_SHOWN && Number.isInteger(Math.log10(n)),
  );
  if (told.length === 0) return '';
  const z = told[0]!.paper!.z.toFixed(3);
  const head = wrapped(
    `The formulas of Seferis, Kollias and Cheng (arXiv 2404.17371) with their two-sided z = ${z}, beside what is exact for these images; losses against n = 100,000 (docs/plan.md):`,
  );
  return (
    head + aligned([['theorem', 'n', 'formula', 'exact', 'verdict'], ...told.flatMap(linesOf)], 'last-left')
  );
}

function linesOf({ planned, means, paper }: PlanRow): string[][] {
  const { meanRadius43, ratio45, ratioExact, drop46, dropMean, dropMost, dropMostAt, violated } = paper!;
  const fails = (theorem: string) => violated.some((sentence) => sentence.startsWith(theorem));
  const verdict = (theorem: string) => (fails(theorem) ? 'over-claims' : 'holds');
  const line = (theorem: string, says: number, exact: number, what: string) => [
    theorem,
    number(planned.n),
    says.toFixed(3),
    exact.toFixed(3),
    what,
  ];
  return [
    line('4.3, mean radius', meanRadius43, means.meanRadius, verdict('4.3')),
    line('4.5, part kept', ratio45, ratioExact, verdict('4.5')),
    line('4.6, accuracy lost, mean', drop46, dropMean, dropMean > drop46 ? 'over-claims' : 'holds'),
    line(
      '4.6, accuracy lost, most',
      drop46,
      dropMost,
      dropMost > drop46 ? `over-claims, most at radius ${Number(dropMostAt.toFixed(4))}` : 'holds',
    ),
  ];
}
