import type { Finding } from '../../analysis/verify/findings.js';
import { oneLine } from '../../shared/safe-text.js';
import { number, renderLines, type Line } from '../results/summary-lines.js';

/** A report of `verify`: findings, what was checked, and what was not. */
export interface Report {
  /** As it was typed. */
  readonly path: string;
  /** Images that it holds for, if not for everything that was asked of the job: "the 38 of 40 images that have a row". */
  readonly holdsFor?: string | null;
  /** Sentences that stand beside the verdict. */
  readonly besides?: readonly string[];
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

/** Findings that are shown, and those of one kind. */
const MOST_SHOWN = 20;
const MOST_OF_A_KIND = 5;

export function renderReport(report: Report): string {
  const { path, findings, found, checked, remarks, notChecked } = report;
  const bullets = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [
    `${path} ${verdictOf(report)}`,
    ...findingLines(findings, found),
    'Checked:',
    ...renderLines(checked).trimEnd().split('\n'),
    ...(remarks.length > 0 ? ['To be known:', ...bullets(remarks)] : []),
    'Not checked:',
    ...bullets(notChecked),
  ]
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

/** Returns the first findings, of one kind at most five, and how many more there are. */
function findingLines(findings: readonly Finding[], found: number): string[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const kind = kindOf(finding);
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  const lines: string[] = [];
  let said = 0;
  for (const same of kinds.values()) {
    const shown = same.slice(0, Math.min(MOST_OF_A_KIND, MOST_SHOWN - lines.length));
    if (shown.length === 0) break;
    lines.push(...shown.map(({ where, what }) => `  ${where}: ${what}`));
    said += same.length;
    if (same.length > shown.length)
      lines.push(`  … and ${number(same.length - shown.length)} more of this kind.`);
  }
  if (found > said) lines.push(`  … and ${number(found - said)} more.`);
  return said > lines.length || found > said ? [...lines, '  --json has up to 1,000 of them.'] : lines;
}

/** Findings are of one kind if they differ in numbers, and in what follows a colon or a bracket, alone. */
const kindOf = ({ where, what }: Finding): string =>
  `${where}: ${what.split(/[:(]/, 1)[0]!}`.replace(/\d[\d.,e-]*/g, '#');

/** Returns the first line behind the path: what holds, for which images, and what must not be overlooked. */
function verdictOf({ found, holdsFor = null, besides = [] }: Report): string {
  const about = holdsFor === null ? '' : ` for ${holdsFor}`;
  const verdict =
    found === 0
      ? `holds${about}: nothing that was checked is wrong.`
      : `does not hold: ${findingsOf(found)}.`;
  return [verdict, ...besides].join(' ');
}

const findingsOf = (count: number): string => (count === 1 ? '1 finding' : `${number(count)} findings`);

/** Returns the report as an object for --json. */
export function reportJson(report: Report) {
  const {
    path,
    holdsFor = null,
    besides = [],
    findings,
    found,
    checked,
    remarks,
    notChecked,
    figures,
  } = report;
  return {
    path,
    holds: found === 0,
    holdsFor,
    besides,
    findings,
    found,
    checked: Object.fromEntries(checked),
    remarks,
    notChecked,
    ...figures,
  };
}
