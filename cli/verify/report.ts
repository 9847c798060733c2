import type { Finding } from '../../analysis/verify/findings.js';
import { oneLine } from '../../shared/safe-text.js';
import { number, renderLines, type Line } from '../results/summary-lines.js';

/** A report of `verify`: findings, what was checked, and what was not. */
export interface Report {
  /** As it was typed. */
  readonly path: string;
  readonly findings: readonly Finding[];
  /** More may have been found than are kept. */
  readonly found: number;
  readonly checked: readonly Line[];
  /** True things to know that are no faults. */
  readonly remarks: readonly string[];
  readonly notChecked: readonly string[];
  /** Numbers, for --json alone. */
  readonly figures: Readonly<Record<string, unknown>>;
}

const MOST_SHOWN = 20;

export function renderReport(report: Report): string {
  const { path, findings, found, checked, remarks, notChecked } = report;
  const verdict =
    found === 0 ? 'holds: nothing that was checked is wrong.' : `does not hold: ${findingsOf(found)}.`;
  const shown = findings.slice(0, MOST_SHOWN).map(({ where, what }) => `  ${where}: ${what}`);
  const rest =
    found > shown.length ? [`  … and ${number(found - shown.length)} more; --json has up to 1,000.`] : [];
  const bullets = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [
    `${path} ${verdict}`,
    ...shown,
    ...rest,
    'Checked:',
    ...renderLines(checked).trimEnd().split('\n'),
    ...(remarks.length > 0 ? ['To be known:', ...bullets(remarks)] : []),
    'Not checked:',
    ...bullets(notChecked),
  ]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

const findingsOf = (count: number): string => (count === 1 ? '1 finding' : `${number(count)} findings`);

/** Returns the report as an object for --json. */
export function reportJson({ path, findings, found, checked, remarks, notChecked, figures }: Report) {
  return {
    path,
    holds: found === 0,
    findings,
    found,
    checked: Object.fromEntries(checked),
    remarks,
    notChecked,
    ...figures,
  };
}
