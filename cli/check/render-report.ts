import type { Figures } from '../../analysis/check/evidence.js';
import { table } from '../certify/describe-job.js';
import { adviceOf, type Subject } from './finding-words.js';
import { flagChange, describeTreatment, withoutLayout } from './treatment-flags.js';
import type { CheckReport } from './try-out.js';

/** Alternatives that the table shows. */
const MOST_SHOWN = 12;

/** The columns, for those who read the table for the first time. */
const LEGEND = `RIGHT, NOISY: right answers without noise and under it. AGREE: noisy copies with their image's
class. ONE CLASS: images in the most frequent class. SURE: mean probability of the likeliest class.
`;
const LEGEND_WITHOUT_LABELS = LEGEND.slice(LEGEND.indexOf('AGREE'));

/** Returns a report for a person, at most 100 columns wide but for flags and findings: what was given, what was tried, what was found and what to do. */
export function renderReport(report: CheckReport, subject: Subject, sigma: number): string {
  const { given, tried, attempted, treatment } = report;
  const shown = ranked(report);
  const rows: [string, Figures][] = [
    ...(given === null ? [] : [['as given', given] as [string, Figures]]),
    ...shown.map(({ candidate, figures }): [string, Figures] => [candidate.name, figures]),
  ];
  const [{ images, copies, plain }] = [given ?? tried[0]!.figures];
  const labelled = plain !== null;
  const ran = attempted === 1 ? '1 other was tried' : `${attempted} others were tried`;
  const which = shown.length < attempted ? `, the best ${shown.length} are shown` : '';
  const head = `Checked on ${images} images, and ${copies} noisy copies of each (σ ${sigma}); ${ran}${which}.
As given: ${describeTreatment(withoutLayout(treatment, treatment))}.`;
  const lines = table([headOf(labelled), ...rows.map((row) => cellsOf(row, labelled))]);
  const legend = labelled ? LEGEND : LEGEND_WITHOUT_LABELS;
  return `${head}\n\n${lines}${legend}\n${conclusions(report, subject)}`;
}

/** Returns a report as an object of plain JSON. */
export function reportToObject(report: CheckReport, subject: Subject, sigma: number) {
  const { given, tried, attempted, treatment, findings } = report;
  const wordsOf = (finding: CheckReport['findings'][number]) => {
    const { what, remedy } = adviceOf(finding, subject);
    const better = finding.kind === 'better' ? finding.better : null;
    const change = better && flagChange(treatment, better.tried.candidate.treatment);
    return {
      kind: finding.kind === 'labels' ? `labels-${finding.finding.fault.kind}` : finding.kind,
      what,
      remedy,
      add: change?.give ?? null,
      leave_out: change?.leaveOut ?? null,
    };
  };
  return {
    sigma,
    attempted,
    given: {
      flags: describeTreatment(withoutLayout(treatment, treatment)),
      ...(given === null ? { runs: false } : figuresToObject(given)),
    },
    tried: tried.map(({ candidate, figures }) => ({
      name: candidate.name,
      flags: describeTreatment(withoutLayout(candidate.treatment, treatment)),
      ...figuresToObject(figures),
    })),
    findings: findings.map(wordsOf),
  };
}

function figuresToObject({ images, copies, plain, noisy, agreement, largest, confidence }: Figures) {
  return {
    images,
    copies,
    accuracy: plain,
    accuracy_under_noise: noisy,
    agreement_under_noise: agreement,
    largest_class: largest.class,
    largest_class_share: largest.share,
    confidence,
  };
}

/** Returns the alternatives that did best, those that are right first. */
function ranked({ tried }: CheckReport): CheckReport['tried'] {
  const merit = ({ plain, largest }: Figures) => plain ?? 1 - largest.share;
  return tried.toSorted((a, b) => merit(b.figures) - merit(a.figures)).slice(0, MOST_SHOWN);
}

const headOf = (labelled: boolean): string[] => [
  'PREPROCESSING',
  ...(labelled ? ['RIGHT', 'NOISY'] : []),
  'AGREE',
  'ONE CLASS',
  'SURE',
];

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(0)} %`);

function cellsOf(
  [name, { plain, noisy, agreement, largest, confidence }]: [string, Figures],
  labelled: boolean,
): string[] {
  const right = labelled ? [percent(plain), percent(noisy)] : [];
  return [name, ...right, percent(agreement), percent(largest.share), percent(confidence)];
}

function conclusions({ findings }: CheckReport, subject: Subject): string {
  if (findings.length === 0) return 'Nothing speaks against these flags.\n';
  return findings
    .map((finding) => adviceOf(finding, subject))
    .map(({ what, remedy }) => `${what}\n  ${remedy}\n`)
    .join('');
}
