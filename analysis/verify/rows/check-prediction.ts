import { ONE, fractionOf, fractionOfNumber, floorOf, type Fraction } from '../arithmetic/fixed-point.js';
import { binomialSum } from '../proofs/binomial-sum.js';
import { mixtureReaches, wealthOfLevel } from '../proofs/mixture-sum.js';
import { provingLook, type Require } from './proving-look.js';
import type { RowContext } from './context.js';
import type { Decisive } from './looks.js';
import type { Row } from './row.js';

const HALF = ONE >> 1n;
/** A p-value below this one may be of sums below 2^-256: that it is no more than this is checked, and its digits are not. */
const SMALLEST = 1e-70;
/** The smallest p-value that is written, for all below it. */
const FLOOR = '1.00e-300';

/** Checks a prediction: that its counts refute, at its level, that the class is no more likely than another outcome. */
export function checkPrediction(
  row: Row,
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  const at = provingLook(row, decisive, context, require);
  if (at === null) return;
  require(at === decisive.at(-1), 'It was decided before its last look.');
  require(refutes(at, context, fractionOfNumber(context.alpha)), 'Its counts do not decide its class.');
  for (const earlier of decisive.slice(0, -1)) {
    const decided = refutes(earlier, context, slightlyBelow(fractionOfNumber(context.alpha)));
    require(!decided, `Its first ${earlier.n} samples decide it already.`);
  }
  checkPValue(row.p_value ?? '', at, context, require);
}

/** Checks that an abstention decided nothing. */
export function checkNothingDecided(
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  const level = slightlyBelow(fractionOfNumber(context.alpha));
  for (const at of decisive) {
    require(!refutes(at, context, level), `It names no class, and its first ${at.n} samples decide one.`);
  }
}

function checkPValue(written: string, at: Decisive, context: RowContext, require: Require): void {
  const value = fractionOf(written.replace('+', ''));
  const holds =
    value !== null && value.numerator > 0n && (Number(written) >= 1 || refutes(at, context, value));
  require(holds, `Its counts do not give the p-value ${written}.`);
  if (value === null || written === FLOOR || Number(written) < SMALLEST) return;
  const before = slightlyBelow(lastDigitLower(written));
  require(before.numerator <= 0n ||
    !refutes(at, context, before), `Its counts give a smaller p-value than ${written}.`);
}

/** Returns true if the votes refute, at this level, that the class is no more likely than the outcome that comes closest to it. */
export function refutes({ classIndex, standing }: Decisive, { job }: RowContext, level: Fraction): boolean {
  const { n, failures, rival } = standing;
  const votes = n - failures;
  if (classIndex === null || votes <= rival) return false;
  if (job.claim.bound === 'anytime') return mixtureReaches(votes, rival, HALF, wealthOfLevel(level));
  const sum = binomialSum({ n: votes + rival, rate: HALF }, rival)!;
  const small = Number(level.numerator) / Number(level.denominator) < SMALLEST;
  return 2n * sum.upper <= floorOf(small ? fractionOfNumber(SMALLEST) : level);
}

/** Returns the number with three digits that comes before this one. */
function lastDigitLower(written: string): Fraction {
  const [mantissa, exponent] = written.split('e') as [string, string];
  const units = Math.round(Number(mantissa) * 100) - 1;
  return fractionOf(`${units}e${Number(exponent) - 2}`)!;
}

/** Returns less by one part in 1e8: tests ask for a little more than their theorems. */
const slightlyBelow = ({ numerator, denominator }: Fraction): Fraction => ({
  numerator: numerator * 99_999_999n,
  denominator: denominator * 100_000_000n,
});
