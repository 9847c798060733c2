import type { Job } from '../../../shared/job.js';
import type { Findings } from '../findings.js';
import { NO_VOTES, added, tallyOf, type Tally } from '../folder/tally.js';
import type { ImageVotes } from '../folder/votes-by-image.js';
import { fractionOf } from '../arithmetic/fixed-point.js';
import type { Row } from './row.js';

/** The files beside results.jsonl that hold the same results: results.tsv, results.csv and topk.txt. */

const HEADER = 'idx\tlabel\tpredict\tradius\tcorrect\ttime';
const APPROXIMATE_HEADER = 'idx\tlabel\tpredict\tapproximate_radius\tcorrect\ttime\tnote';
const PREDICT_HEADER = 'idx\tlabel\tpredict\tcorrect\ttime';
const NAMES_HEADER = '\tfile\tclass_name';

/** Returns the lines of a file that ends with a line end; null of one that does not. */
export function linesOf(text: string): string[] | null {
  if (text === '') return [];
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : null;
}

/** Checks that results.tsv holds the rows, their radii rounded down, and the recorded times. @param votes null: there is no ledger, and times are not checked */
export function checkTsv(
  text: string,
  rows: readonly Row[],
  { claim }: Job,
  votes: ReadonlyMap<number, ImageVotes> | null,
  findings: Findings,
): void {
  const [header, ...lines] = linesOf(text) ?? [];
  const expected =
    claim.stop.kind === 'predict' ? PREDICT_HEADER : claim.bound === 'clt' ? APPROXIMATE_HEADER : HEADER;
  const named = header === expected + NAMES_HEADER;
  findings.require(
    named || !rows.some(isNamed),
    'results.tsv',
    'Its rows have names in results.jsonl, and it has no columns for them.',
  );
  findings.require(
    header === expected || named,
    'results.tsv',
    'Its header is not that of such a job, or it does not end with a line end.',
  );
  findings.require(
    lines.length === rows.length,
    'results.tsv',
    `It has ${lines.length} rows, and results.jsonl ${rows.length}.`,
  );
  rows.slice(0, lines.length).forEach((row, at) => {
    const cells = lines[at]!.split('\t');
    const time = timeOf(row, votes) ?? String(cells[claim.stop.kind === 'predict' ? 4 : 5]);
    const correct = correctOf(row, cells[claim.stop.kind === 'predict' ? 3 : 4]);
    const names = named ? [row.file, row.class_name].map((name) => quoted(noFormula(name), /"/)) : [];
    const wanted = [...cellsOf(row, claim.bound === 'clt', correct, time), ...names];
    const where = `results.tsv, image ${row.image}`;
    if (lines[at] !== wanted.join('\t'))
      findings.add(
        where,
        `Its row is not that of results.jsonl and the ledger, which give: ${wanted.join(' ')}.`,
      );
    else findings.require(/^\d+\.\d{6}$/.test(time), where, 'Its time is no number of seconds.');
  });
}

const isNamed = ({ file, label_name: label, class_name: name }: Row): boolean =>
  file !== undefined || label !== undefined || name !== undefined;

/** Returns what `correct` must be. Without a label it is unknown; version 0.1.0 wrote 0. @param found what stands there */
function correctOf(row: Row, found: string | undefined): string {
  if (row.label === null) return found === '0' ? '0' : 'unknown';
  return (row.class ?? row.approximate_class) === row.label ? '1' : '0';
}

/** Writes a text with quotes if it has one of these characters. */
const quoted = (name = '', which = /[",\n\r]/): string =>
  which.test(name) ? `"${name.replaceAll('"', '""')}"` : name;

function cellsOf(row: Row, approximate: boolean, correct: string, time: string): string[] {
  const predicted = row.class ?? row.approximate_class ?? -1;
  const start = [String(row.image), String(row.label ?? -1), String(predicted)];
  const end = [correct, time];
  if (row.radius === undefined) return [...start, ...end];
  return [...start, radiusText(row), ...end, ...(approximate ? ['approximate'] : [])];
}

function radiusText({ target, radius, approximate_radius: approximate = radius }: Row): string {
  if (target !== undefined) return target;
  return typeof approximate === 'number' ? downTo(approximate, 6) : 'nan';
}

/** Writes a number of at least 0 with so many decimals, cut off: in whole numbers, from its shortest decimal. */
export function downTo(value: number, decimals: number): string {
  const { numerator, denominator } = fractionOf(String(value))!;
  const digits = ((numerator * 10n ** BigInt(decimals)) / denominator).toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Returns the seconds that the ledger has for the samples of a row; null without a ledger, or where it lacks some. */
function timeOf({ image, samples }: Row, votes: ReadonlyMap<number, ImageVotes> | null): string | null {
  const [prefix] = votes?.get(image)?.prefixes([samples]) ?? [];
  return prefix ? (prefix.micros / 1e6).toFixed(6) : null;
}

/** Checks that results.csv holds the rows as results.tsv does, with more of each. */
export function checkCsv(
  content: string,
  rows: readonly Row[],
  { claim }: Job,
  votes: ReadonlyMap<number, ImageVotes> | null,
  findings: Findings,
): void {
  const file = 'results.csv';
  const predicts = claim.stop.kind === 'predict';
  const approximate = claim.bound === 'clt';
  const proof = predicts ? 'p_value' : approximate ? 'approximate_radius' : 'radius,p_lower';
  const [header, ...lines] = linesOf(content) ?? [];
  findings.require(
    header ===
      `image,file,label,label_name,outcome,${approximate ? 'approximate_' : ''}class,class_name,correct,${proof},samples,stop,seconds`,
    file,
    'Its header is not that of such a job, or it does not end with a line end.',
  );
  findings.require(
    lines.length === rows.length,
    file,
    `It has ${lines.length} rows, and results.jsonl ${rows.length}.`,
  );
  rows.slice(0, lines.length).forEach((row, at) => {
    const seconds = timeOf(row, votes) ?? lines[at]!.slice(lines[at]!.lastIndexOf(',') + 1);
    const proved = predicts
      ? [row.p_value]
      : approximate
        ? [radiusText(row)]
        : [radiusText(row), row.p_lower];
    const correct = row.label === null ? '' : correctOf(row, undefined);
    const labelled = [row.image, noFormula(row.file), row.label, noFormula(row.label_name), row.outcome];
    const named = [row.class ?? row.approximate_class, noFormula(row.class_name), correct];
    const cells = [...labelled, ...named, ...proved, row.samples, row.stop, seconds];
    const wanted = cells.map((cell) => quoted(String(cell ?? ''))).join(',');
    const same = lines[at] === wanted && /^\d+\.\d{6}$/.test(seconds);
    const where = `${file}, image ${row.image}`;
    findings.require(
      same,
      where,
      `Its row is not that of results.jsonl and the ledger, which give: ${wanted}.`,
    );
  });
}

/** Names that a spreadsheet would take for a formula have a quote before them. */
const noFormula = (name: string | undefined): string => (name ?? '').replace(/^(?=[=+\-@])/, "'");

/** Checks that topk.txt holds the votes behind the first look, and the labels, of all images in their order. */
export function checkTopk(text: string, rows: readonly Row[], { draw }: Job, findings: Findings): void {
  const lines = linesOf(text) ?? [];
  findings.require(
    lines.length === rows.length,
    'topk.txt',
    `It has ${lines.length} lines, and results.jsonl ${rows.length}, or it does not end with a line end.`,
  );
  const tallies = rows.map(freshOf);
  const withInvalid = tallies.some(({ invalid }) => invalid > 0);
  rows.slice(0, lines.length).forEach(({ image, label }, at) => {
    const { votes, invalid } = tallies[at]!;
    const cells = lines[at]!.split(' ');
    const further = withInvalid ? [invalid, label] : [label];
    const same =
      cells.length === draw.classes + further.length &&
      cells.every(
        (cell, i) => cell === String(i < draw.classes ? (votes.get(i) ?? 0) : further[i - draw.classes]),
      );
    findings.require(
      same,
      `topk.txt, image ${image}`,
      'Its line is not that of the votes and the label in results.jsonl.',
    );
  });
}

function freshOf({ outcome, looks }: Row): Tally {
  const [first, last] = [looks[0], looks.at(-1)];
  if (outcome === 'failed' || first === undefined || last === undefined) return NO_VOTES;
  return added(tallyOf(last), tallyOf(first), -1);
}
