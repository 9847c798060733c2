import { fractionOf, fractionOfNumber } from '../arithmetic/fixed-point.js';
import type { Standing } from '../claims/single.js';
import { deltaOfRadius, inScales } from '../proofs/noise-tail.js';
import type { Require } from './proving-look.js';
import { refutes } from './check-prediction.js';
import type { RowContext } from './context.js';
import type { Decisive, TakenLook } from './looks.js';
import type { Row } from './row.js';

/** Two implementations may differ where a gain and its price are as close as this. */
const NEAR = 1e-9;
/** Steps of half a point of the grid in a noise scale. */
const STEPS = 1000;

/**
 * Checks why an image was drawn no further, as far as it is recomputed here: `gain` with `spending`, `target`, `predict`, `fixed`. Returns
 * false for the other rules. How long a rule draws decides no bound: these hold at all looks, or for a number fixed beforehand.
 */
export function checkStop(
  row: Row,
  taken: readonly TakenLook[],
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): boolean {
  const { stop, looks, bound } = context.job.claim;
  const last = taken.at(-1);
  if (last === undefined) return false;
  const atEnd = last.look === looks.length - 1;
  switch (stop.kind) {
    case 'fixed':
      require(row.stop === 'budget' && atEnd, 'It does not end with all samples of the rule.');
      return true;
    case 'gain':
      if (bound === 'spending') checkGain(row, decisive, stop.minGain, context, require);
      return bound === 'spending';
    case 'target':
      checkTargetStop(row, decisive, stop.radii, context, require);
      return true;
    case 'predict':
      checkPredictStop(row, decisive, atEnd, context, require);
      return true;
    case 'two-stage':
    case 'budget':
      return false;
  }
}

function checkGain(
  row: Row,
  decisive: readonly Decisive[],
  price: number,
  context: RowContext,
  require: Require,
): void {
  let held = 0;
  decisive.forEach(({ standing, n, look }, at) => {
    held = Math.max(held, context.steps(standing)!);
    const expected = gainStop(standing, held, price, context);
    const stopped = at === decisive.length - 1 ? row.stop : null;
    const said = `The rule gain stops there for the reason ${expected ?? 'none'}, and it says ${stopped ?? 'none'} (${n} samples, look ${look + 1}).`;
    require(expected === 'near' || expected === stopped, said);
  });
}

/** Returns why `gain` stops an image, null if it goes on, "near" if that hangs on the last bits of doubles. @param held in steps */
function gainStop(standing: Standing, held: number, price: number, context: RowContext): string | null {
  const { looks } = context.job.claim;
  const { look, n } = standing;
  if (look === looks.length - 1) return 'budget';
  const later = held > 0 ? [look + 1] : looks.map((_, i) => i).slice(look + 1);
  const rest = later.map((at) => {
    const gained = (forecast(standing, at, held > 0, context) - held) * (1000 / STEPS);
    return gained - price * (looks[at]! - n);
  });
  if (rest.some((worth) => Math.abs(worth) < NEAR)) return 'near';
  if (rest.some((worth) => worth > 0)) return null;
  return held > 0 ? 'gain' : 'abstain';
}

/** Returns the steps to expect at a later look: at the rates seen, or at rates one standard error lower. */
function forecast(
  { n, failures, rival }: Standing,
  look: number,
  asSeen: boolean,
  context: RowContext,
): number {
  const wanted = context.job.claim.looks[look]!;
  const expected = asSeen
    ? (count: number) => atRate(count, n, wanted)
    : (count: number) => hopeful(count, n, wanted);
  const standing = { look, n: wanted, failures: expected(failures), rival: expected(rival) };
  const leads =
    asSeen || wanted - standing.failures > (context.pair === null ? standing.failures : standing.rival);
  return leads ? context.steps(standing)! : 0;
}

const atRate = (count: number, n: number, wanted: number): number =>
  Math.floor((2 * wanted * count + n) / (2 * n));

function hopeful(count: number, n: number, wanted: number): number {
  const rate = count / n;
  const error = Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n);
  return Math.floor(wanted * Math.max(0, rate - error) + 0.5);
}

function checkTargetStop(
  row: Row,
  decisive: readonly Decisive[],
  radii: readonly string[],
  context: RowContext,
  require: Require,
): void {
  const { looks } = context.job.claim;
  const most = looks.at(-1)!;
  let reached = 0;
  decisive.forEach(({ standing, n }, at) => {
    reached = Math.max(reached, reachedBy(standing, radii, reached, context));
    const isLast = at === decisive.length - 1;
    const next = radii[reached];
    const expected =
      next === undefined
        ? 'certified'
        : isFutile(standing, next, most, context)
          ? 'futile'
          : n === most
            ? 'budget'
            : null;
    require(expected ===
      (isLast
        ? row.stop
        : null), `The rule target stops there for the reason ${expected ?? 'none'} (${n} samples).`);
  });
}

function reachedBy(standing: Standing, radii: readonly string[], from: number, context: RowContext): number {
  let reached = from;
  while (reached < radii.length && accepts(standing, radii[reached]!, context)) reached += 1;
  return reached;
}

/** Asks as the rule does: for a probability that is smaller by one part in 1e9, so that the wealth has something to spare. */
function accepts(standing: Standing, radius: string, context: RowContext): boolean {
  const { draw } = context.job;
  const delta = deltaOfRadius(draw.noise.kind, inScales(fractionOf(radius)!, draw.noise)).lower;
  return context.provesDelta(standing, delta - delta / 1_000_000_000n);
}

/** Two standard errors on the hopeful side: is the radius out of reach at the last look? */
function isFutile({ n, failures }: Standing, radius: string, most: number, context: RowContext): boolean {
  const rate = failures / n;
  const hope = Math.max(0, rate - 2 * Math.sqrt(Math.max(rate * (1 - rate), 1 / n) / n));
  const expected = Math.ceil(hope * most);
  const last = context.job.claim.looks.length - 1;
  return !accepts({ look: last, n: most, failures: expected, rival: expected }, radius, context);
}

function checkPredictStop(
  row: Row,
  decisive: readonly Decisive[],
  atEnd: boolean,
  context: RowContext,
  require: Require,
): void {
  const { looks, bound } = context.job.claim;
  if (bound === 'two-sided') {
    require(row.stop === 'budget', 'It has one look, and says that it was stopped.');
    return;
  }
  const last = decisive.length - 1;
  decisive.forEach((one, at) => {
    const isLast = at === last;
    const ends = isLast && row.outcome === 'predicted' ? 'decided' : isLast && atEnd ? 'budget' : null;
    const expected = ends ?? (isOutOfReach(one, looks, context) ? 'futile' : null);
    const said = `The rule predict stops there for the reason ${expected ?? 'none'} (${one.n} samples).`;
    require(expected === (isLast ? row.stop : null), said);
  });
}

/** The other outcome two standard errors less often than it was seen: is the class out of reach at the last look? */
function isOutOfReach(one: Decisive, looks: readonly number[], context: RowContext): boolean {
  const { n, failures, rival } = one.standing;
  const both = n - failures + rival;
  const rate = rival / both;
  const hope = Math.max(0, rate - 2 * Math.sqrt(Math.max(rate * (1 - rate), 1 / both) / both));
  const expected = Math.floor((both * (looks.at(-1)! - looks[0]!)) / n);
  const against = Math.floor(hope * expected);
  const standing = { ...one.standing, n: expected, failures: against, rival: against };
  return !refutes({ ...one, standing }, context, fractionOfNumber(context.alpha));
}
