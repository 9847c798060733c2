import { checkTable, type TableReport } from '../../analysis/cohen/check-table.js';
import { parseCohenTable } from '../../analysis/cohen/cohen-table.js';
import type { Fit, Supposed } from '../../analysis/cohen/fit-claim.js';
import type { Finding } from '../../analysis/verify/findings.js';
import { number, percent, type Line } from '../results/summary-lines.js';
import type { Report } from './report.js';
import { nothingThere } from './nothing-there.js';
import type { TableConfig } from './verify-flags.js';

const USUAL_ALPHAS = [0.001, 0.01, 0.05];
const USUAL_SAMPLES = [100, 1000, 10_000, 100_000];
/** A claim that leaves more rows than this without an explanation is not the one that the file was made with. */
const MOST_UNEXPLAINED = 0.1;
const MOST_NAMED = 5;

/** Checks a table in the form of Cohen et al. @throws FOLDER_UNUSABLE if it is none */
export function reportOnTable(path: string, text: string, config: TableConfig): Report {
  const table = parseCohenTable(text);
  if (table === null)
    throw nothingThere(
      path,
      'has not the header of such a file (idx, label, predict, radius, correct, time)',
    );
  const { sigma } = config;
  const noise = sigma === null ? null : ({ kind: 'gaussian', scale: sigma } as const);
  const checked = checkTable(table, noise, supposedOf(config));
  const fault = checked.faults.map(({ line, what }): Finding => ({ where: `line ${line}`, what }));
  const radii = unexplainedOf(checked, config);
  const findings = [...fault, ...missingOf(checked), ...radii];
  return {
    path,
    findings: findings.slice(0, 1000),
    found: findings.length,
    checked: linesOf(checked),
    remarks: remarksOf(checked),
    notChecked: [
      ...(sigma === null ? ['radii: give --sigma, and --samples and --alpha as the file claims them'] : []),
      'the counts, which such a file does not hold, and whether they are of fresh samples',
      'whether the labels are those of the data set',
      'times',
    ],
    figures: {
      kind: 'table',
      rows: checked.rows,
      certified: checked.certified,
      missing: checked.missing,
      fits: checked.fits.map(({ n, alpha, rounding, unexplained }) => ({ n, alpha, rounding, unexplained })),
      roundedUp: checked.roundedUp,
      mostRoundedUp: checked.mostRoundedUp,
    },
  };
}

/** The claims that may have made a file. What the user says comes first, so that it wins among those that explain as much. */
function supposedOf({ samples, alpha }: TableConfig): Supposed[] {
  const alphas = [...new Set([...(alpha === null ? [] : [alpha]), ...USUAL_ALPHAS])];
  const numbers = samples === null ? USUAL_SAMPLES : [samples];
  return alphas.flatMap((one) => numbers.map((n) => ({ n, alpha: one })));
}

function missingOf({ missing }: TableReport): Finding[] {
  if (missing.length === 0) return [];
  const named = missing.slice(0, MOST_NAMED).join(', ');
  return [
    {
      where: 'rows',
      what: `${number(missing.length)} are missing between its first and its last one: ${named}${missing.length > MOST_NAMED ? ' …' : ''}.`,
    },
  ];
}

/** Returns the radii that no number of failures gives, if the claim is known or found; and a claimed α that another one explains better. */
function unexplainedOf({ fits, certified }: TableReport, { alpha, samples }: TableConfig): Finding[] {
  const [best] = fits;
  if (best === undefined) return [];
  const claimed = fits.find((fit) => fit.alpha === alpha);
  if (claimed !== undefined && samples !== null && claimed.unexplained > best.unexplained) {
    const what = `α = ${claimed.alpha} leaves ${number(claimed.unexplained)} of ${number(certified)} radii unexplained; ${claimOf(best)} leaves ${number(best.unexplained)}.`;
    return [{ where: 'radii', what }];
  }
  const isKnown = alpha !== null && samples !== null;
  if (!isKnown && best.unexplained > MOST_UNEXPLAINED * certified) return [];
  return [...best.explained].flatMap(([row, range]) =>
    range === null
      ? [
          {
            where: `line ${row.line}`,
            what: `No number of failures among ${number(best.n)} samples gives the radius ${row.radius} at ${claimOf(best)}.`,
          },
        ]
      : [],
  );
}

const claimOf = ({ n, alpha, rounding }: Fit): string =>
  `α = ${alpha} with ${number(n)} samples, rounded ${rounding === 'down' ? 'down' : 'to nearest'}`;

function linesOf({ rows, certified, fits }: TableReport): Line[] {
  const lines: Line[] = [
    [
      'rows',
      `${number(rows)} (${number(certified)} with a radius): order, duplicates, gaps, correct against label and class`,
    ],
  ];
  const [best] = fits;
  if (best === undefined) return lines;
  const same = fits.filter((fit) => fit.unexplained === best.unexplained).map(claimOf);
  lines.push([
    'radii',
    `explained by ${same.slice(0, 3).join(', or ')}: all but ${number(best.unexplained)} of ${number(certified)}`,
  ]);
  const byAlpha = [...new Set(fits.map(({ alpha }) => alpha))].map((alpha) =>
    fits.find((fit) => fit.alpha === alpha)!,
  );
  lines.push([
    'α',
    byAlpha.map(({ alpha, unexplained }) => `${alpha}: ${number(unexplained)} unexplained`).join('; '),
  ]);
  return lines;
}

function remarksOf({ fits, certified, roundedUp, mostRoundedUp }: TableReport): string[] {
  const [best] = fits;
  if (best === undefined) return [];
  if (best.unexplained > MOST_UNEXPLAINED * certified)
    return [
      `No claim that was tried explains the radii (the best one leaves ${percent(best.unexplained / certified)} of them): give --samples and --alpha, or the bound is another one than Clopper and Pearson's.`,
    ];
  if (roundedUp === 0) return [];
  return [
    `${number(roundedUp)} rows claim more than was proved, by at most ${mostRoundedUp.toPrecision(2)}: their radii are rounded to the nearest number, and not down.`,
  ];
}
