import { floorOf, fractionOf, fractionOfNumber, toDouble, type Fraction } from '../arithmetic/fixed-point.js';
import { pairProves } from '../claims/pair.js';
import type { Standing } from '../claims/single.js';
import { rivalOf } from '../folder/tally.js';
import { deltaOfRadius, inScales } from '../proofs/noise-tail.js';
import { provingLook, type Require } from './proving-look.js';
import { LEAST, further, type RowContext } from './context.js';
import type { Decisive } from './looks.js';
import type { Row, RunnerUp } from './row.js';

/** Bounds and printing may take away so much of a probability, relatively and absolutely. */
const RELATIVE = 5e-8;
const LAST_DIGITS = 2e-12;
/** `target` makes the probabilities that it asks about smaller by less than this, and asks for a little more than its theorem. */
const STRICTER = 1e-8;

/** Checks a certificate: that its counts prove what it claims, that it claims no less, and that no other look proves more. */
export function checkCertificate(
  row: Row,
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  require(context.job.claim.bound !== 'clt', 'A normal approximation certifies nothing.');
  require(row.approximate_class === undefined &&
    row.approximate_radius === undefined, 'It is both certified and approximate.');
  const at = provingLook(row, decisive, context, require);
  if (at === null) return;
  if (!sumsToOne(row)) {
    require(false, 'Its p_lower is not 1 − delta_upper.');
    return;
  }
  const { stop } = context.job.claim;
  if (stop.kind === 'target') checkTarget(row, at, stop.radii, decisive, context, require);
  else {
    require(row.target === undefined, 'It names a radius that was not asked for.');
    const z = inScales(fractionOfNumber(row.radius!), context.job.draw.noise);
    if (context.pair === null) checkSingle(row, at, z, context, require);
    else checkPair(row, at, z, context, require);
    checkBest(at, decisive, z, context, require);
  }
}

/** Checks that images without a certificate have none: that no look proves even the smallest radius. */
export function checkNothingProved(
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  const { stop, bound } = context.job.claim;
  if (bound === 'clt') return;
  const least = stop.kind === 'target' ? nextRadius(stop.radii, -1, context) : null;
  for (const { standing, n } of decisive) {
    const proved =
      stop.kind === 'target' ? asksFor(least, standing, context) : provesSomething(standing, context);
    require(!proved, `It has no certificate, and its first ${n} samples prove one.`);
  }
}

const provesSomething = (standing: Standing, context: RowContext): boolean => {
  const steps = context.steps(standing);
  return steps === null ? context.provesRadius(standing, LEAST) : steps > 0;
};

function checkSingle(
  row: Row,
  { standing }: Decisive,
  z: Fraction,
  context: RowContext,
  require: Require,
): void {
  require(row.radius! > 0 &&
    context.provesRadius(standing, z), `Its counts do not prove the radius ${row.radius}.`);
  require(!context.provesRadius(
    standing,
    further(z),
  ), `Its counts prove more than the radius ${row.radius}.`);
  checkDelta(row.delta_upper!, standing, context, require);
}

function checkDelta(written: string, standing: Standing, context: RowContext, require: Require): void {
  require(context.provesDelta(standing, unitsIn(written)), `Its counts do not prove delta_upper ${written}.`);
  require(!context.provesDelta(
    standing,
    lowered(written),
  ), `Its counts prove a smaller delta_upper than ${written}.`);
}

function checkPair(
  row: Row,
  { standing, votes }: Decisive,
  z: Fraction,
  context: RowContext,
  require: Require,
): void {
  const { runner_up: stated, delta_upper: deltaUpper } = row;
  if (!stated || typeof deltaUpper !== 'string') {
    require(false, 'It lacks what it says of the runner-up.');
    return;
  }
  const rival = rivalOf(votes, row.class);
  const counted = votes.votes.get(row.class!) ?? 0;
  const same =
    stated.class_votes === counted &&
    stated.outcome === (rival?.outcome ?? null) &&
    stated.votes === standing.rival;
  require(same, 'Its votes for the class and the runner-up are not those of its counts.');
  const pair = context.pair!.proved(standing, { deltaUpper, pUpper: stated.p_upper });
  require(pair !== null, 'Its counts do not prove delta_upper and p_upper.');
  if (pair !== null) {
    require(pairProves(pair, context.error, z), `Its counts do not prove the radius ${row.radius}.`);
    require(!pairProves(
      pair,
      context.error,
      further(z),
    ), `Its counts prove more than the radius ${row.radius}.`);
    const loose = pair.rival + context.error <= lowered(stated.p_upper);
    require(!loose, `Its counts prove a smaller p_upper than ${stated.p_upper}.`);
  }
  checkDelta(deltaUpper, standing, context, require);
  checkAlone(stated, standing, context, require);
}

function checkAlone(stated: RunnerUp, standing: Standing, context: RowContext, require: Require): void {
  const alone = stated.radius_of_class_alone;
  const z = inScales(fractionOfNumber(alone), context.job.draw.noise);
  const holds = alone === 0 || context.provesRadius(standing, z);
  require(holds &&
    !context.provesRadius(
      standing,
      alone === 0 ? LEAST : further(z),
    ), 'Its radius_of_class_alone is not what the class alone proves.');
}

/** Checks that no other look proves more, and no earlier one as much. */
function checkBest(
  at: Decisive,
  decisive: readonly Decisive[],
  z: Fraction,
  context: RowContext,
  require: Require,
): void {
  const held = context.steps(at.standing);
  for (const other of decisive) {
    if (other === at) continue;
    const steps = context.steps(other.standing);
    const better =
      steps === null || held === null
        ? context.provesRadius(other.standing, further(z))
        : other.look < at.look
          ? steps >= held
          : steps > held;
    require(!better, `Its first ${other.n} samples prove more than those that it rests on.`);
  }
}

/** Checks a radius that was asked for: the null is the failure probability that it needs, and the look the first that rejects it. */
function checkTarget(
  row: Row,
  at: Decisive,
  radii: readonly string[],
  decisive: readonly Decisive[],
  context: RowContext,
  require: Require,
): void {
  const j = radii.indexOf(row.target ?? '');
  if (j < 0) {
    require(false, 'Its radius is none that was asked for.');
    return;
  }
  const z = inScales(fractionOf(radii[j]!)!, context.job.draw.noise);
  require(row.radius === Number(radii[j]), 'Its radius is not its target.');
  require(context.provesRadius(at.standing, z), `Its counts do not prove the radius ${row.target}.`);
  const stated = toDouble(unitsIn(row.delta_upper!));
  const needed = toDouble(deltaOfRadius(context.job.draw.noise.kind, z).lower);
  const near = stated < needed + LAST_DIGITS && stated > needed * (1 - STRICTER) - LAST_DIGITS;
  require(near, `Its delta_upper ${row.delta_upper} is not that of its radius.`);
  const next = nextRadius(radii, j, context);
  const own = stricter(z, context);
  for (const { standing, n, look } of decisive) {
    require(!asksFor(next, standing, context), `Its first ${n} samples prove a larger one of the radii.`);
    require(look >= at.look || !asksFor(own, standing, context), `Its first ${n} samples prove it already.`);
  }
}

/** Returns the probability that `target` asks about for the radius behind the one with index `j`; null if there is none. */
function nextRadius(radii: readonly string[], j: number, context: RowContext): bigint | null {
  const next = radii[j + 1];
  return next === undefined ? null : stricter(inScales(fractionOf(next)!, context.job.draw.noise), context);
}

/** A smaller one than `target` asks about: whoever proves it proves what was asked. */
function stricter(z: Fraction, { job }: RowContext): bigint {
  const delta = deltaOfRadius(job.draw.noise.kind, z).lower;
  return delta - delta / BigInt(Math.round(1 / STRICTER));
}

const asksFor = (delta: bigint | null, standing: Standing, context: RowContext): boolean =>
  delta !== null && context.provesDelta(standing, delta);

const unitsIn = (decimal: string): bigint => floorOf(fractionOf(decimal)!);

/** Returns a probability that is below the one printed by more than bounds and printing may take away. */
function lowered(decimal: string): bigint {
  const units = unitsIn(decimal);
  return units - units / BigInt(Math.round(1 / RELATIVE)) - floorOf(fractionOfNumber(LAST_DIGITS));
}

const DECIMALS = 10n ** 12n;

function sumsToOne({ delta_upper: delta, p_lower: lower }: Row): boolean {
  if (typeof delta !== 'string' || typeof lower !== 'string') return false;
  return BigInt(delta.replace('.', '')) + BigInt(lower.replace('.', '')) === DECIMALS;
}
