import { checkTable, type TableReport } from '../../analysis/cohen/check-table.js';
import { parseCohenTable, type CohenTable } from '../../analysis/cohen/cohen-table.js';
import type { Fit, Supposed } from '../../analysis/cohen/fit-claim.js';
import type { Finding } from '../../analysis/verify/findings.js';
import { number, type Line } from '../results/summary-lines.js';
import type { Report } from './report.js';
import { nothingThere } from './nothing-there.js';
import type { TableConfig } from './verify-flags.js';

const USUAL_ALPHAS = [0.001, 0.01, 0.05];
const USUAL_SAMPLES = [100, 1000, 10_000, 100_000];
/** A claim that leaves more rows than this without an explanation is not the one that the file was made with. */
const MOST_UNEXPLAINED = 0.1;
const MOST_NAMED = 5;

/** Checks a table in the form of Cohen et al. @param besideJob true if a job.json lies in its folder. @throws FOLDER_UNUSABLE if it is none */
export function reportOnTable(path: string, text: string, config: TableConfig, besideJob: boolean): Report {
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
    checked: linesOf(checked, config),
    remarks: remarksOf(
      checked,
      besideJob ? BESIDE_A_JOB : hasOurDecimals(table) ? OUR_DECIMALS : NOT_EXPLAINED,
    ),
    notChecked: [
      ...(sigma === null ? ['radii: give --sigma, and --samples and --alpha as the file claims them'] : []),
      ...(isUnexplained(checked) && !isKnown(config) ? ['radii: no claim that was tried explains them'] : []),
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
function unexplainedOf(checked: TableReport, config: TableConfig): Finding[] {
  const { fits, certified } = checked;
  const { alpha, samples } = config;
  const [best] = fits;
  if (best === undefined) return [];
  const claimed = fits.find((fit) => fit.alpha === alpha);
  // Of an unknown number of samples another α counts only if it explains the file: none of the numbers tried may be the true one.
  const explains = samples !== null || best.unexplained <= MOST_UNEXPLAINED * certified;
  if (claimed !== undefined && explains && claimed.unexplained > best.unexplained) {
    const what = `α = ${claimed.alpha} leaves ${number(claimed.unexplained)} of ${number(certified)} radii unexplained; ${claimOf(best)} leaves ${number(best.unexplained)}.`;
    return [{ where: 'radii', what }];
  }
  if (!isKnown(config) && isUnexplained(checked)) return [];
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

/** Returns true if no claim that was tried is the one that the file was made with. */
const isUnexplained = ({ fits: [best], certified }: TableReport): boolean =>
  best !== undefined && best.unexplained > MOST_UNEXPLAINED * certified;

/** Returns true if the user said with which claim the file was made. */
const isKnown = ({ alpha, samples }: TableConfig): boolean => alpha !== null && samples !== null;

const claimOf = ({ n, alpha, rounding }: Fit): string =>
  `α = ${alpha} with ${number(n)} samples, rounded ${rounding === 'down' ? 'down' : 'to nearest'}`;

function linesOf(checked: TableReport, config: TableConfig): Line[] {
  const { rows, certified, fits } = checked;
  const lines: Line[] = [
    [
      'rows',
      `${number(rows)} (${number(certified)} with a radius): order, duplicates, gaps, correct against label and class`,
    ],
  ];
  const [best] = fits;
  if (best === undefined) return lines;
  const same = fits.filter((fit) => fit.unexplained === best.unexplained).map(claimOf);
  const claims = same.slice(0, 3).join(', or ');
  if (isUnexplained(checked)) {
    const left = `${number(best.unexplained)} of ${number(certified)} are left`;
    const end = isKnown(config) ? left : `${left}: not checked`;
    return [...lines, ['radii', `not explained by Clopper–Pearson with ${claims}; ${end}`]];
  }
  const all = best.unexplained === 0 ? 'all' : `all but ${number(best.unexplained)} of`;
  lines.push(['radii', `explained by ${claims}: ${all} ${number(certified)}`]);
  const byAlpha = [...new Set(fits.map(({ alpha }) => alpha))].map((alpha) =>
    fits.find((fit) => fit.alpha === alpha)!,
  );
  lines.push([
    'α',
    byAlpha.map(({ alpha, unexplained }) => `${alpha}: ${number(unexplained)} unexplained`).join('; '),
  ]);
  return lines;
}

const BESIDE_A_JOB =
  'The file lies beside a job.json, which says how it was made: verify its folder instead.';
const OUR_DECIMALS =
  "Its radii have six decimals, as those of certify: if it is of a folder of certify, verify its folder instead. Else give --samples and --alpha, or the bound is another one than Clopper and Pearson's.";
const NOT_EXPLAINED = "Give --samples and --alpha, or the bound is another one than Clopper and Pearson's.";

/** Returns true if radii are written as certify writes them. */
const hasOurDecimals = ({ rows }: CohenTable): boolean =>
  rows.every(({ radius }) => /^(\d+\.\d{6}|nan)$/.test(radius));

/** @param unexplained what is said where no claim explains the radii */
function remarksOf(checked: TableReport, unexplained: string): string[] {
  const { fits, roundedUp, mostRoundedUp } = checked;
  const [best] = fits;
  if (best === undefined) return [];
  if (isUnexplained(checked)) return [unexplained];
  if (roundedUp === 0) return [];
  return [
    `${number(roundedUp)} rows claim more than was proved, by at most ${mostRoundedUp.toPrecision(2)}: their radii are rounded to the nearest number, and not down.`,
  ];
}
