import type { Decision } from '../../coordinator/core/decision.js';
import { addCounts, type Counts } from '../../shared/counts.js';
import { SAME_VOTES } from '../../statistics/bounds/runner-up.js';
import type { PairOfTables } from '../../statistics/bounds/spending-runner-up.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { upperTail, upperTailQuantile } from '../../statistics/normal.js';
import { certifiedRadius } from '../../statistics/radius.js';
import { buildSpendingTable, evenShares, theoremLevel } from '../../statistics/spending-table.js';
import { tabulateStates, type StateTable, type Votes } from './vote-states.js';

/** The statement of a look about an image, in noise scales; null where nothing is certified. */
export type Statement = {
  readonly classIndex: number;
  readonly radius: number;
  readonly deltaUpper: number;
  readonly runnerUpUpper: number;
} | null;

/** Returns votes as counts; the last outcome is the invalid one if `invalid` says so. */
export function countsOf(votes: Votes, invalid: boolean): Counts {
  const classes = invalid ? votes.slice(0, -1) : votes;
  const kept = classes.map((count, c) => [c, count] as const).filter(([, count]) => count > 0);
  return {
    classes: kept.map(([c]) => c),
    votes: kept.map(([, count]) => count),
    invalid: invalid ? votes.at(-1)! : 0,
  };
}

/** Returns what `gain` states at each look, through the same door that the coordinator uses, whatever was held before. */
export function statementsOfGain(
  decision: Decision,
  outcomes: number,
  invalid = false,
): StateTable<Statement> {
  const none: Counts = { classes: [], votes: [], invalid: 0 };
  return tabulateStates(decision.looks, outcomes, (look, votes) => {
    const prefixes = [...Array<Counts>(look).fill(none), countsOf(votes, invalid)];
    return statementOf(decision, decision.at(look, prefixes, null).held);
  });
}

/** Returns what `fixed` states after a selection that chose `classIndex`, by the votes behind it. */
export function statementsOfFixed(
  decision: Decision,
  outcomes: number,
  classIndex: number,
  invalid = false,
): StateTable<Statement> {
  const [n0, all] = decision.looks as readonly [number, number];
  const selection: Counts = { classes: [classIndex], votes: [n0], invalid: 0 };
  return tabulateStates([all - n0], outcomes, (_, votes) => {
    const prefixes = [selection, addCounts(selection, countsOf(votes, invalid))];
    return statementOf(decision, decision.at(1, prefixes, null).held);
  });
}

type Bounds = { classIndex: number; deltaUpper: number; runnerUpUpper?: number } | null;

/** Returns what a held certificate publishes. */
export function statementOf(decision: Decision, held: Bounds): Statement {
  if (held === null) return null;
  const { classIndex, deltaUpper, runnerUpUpper = deltaUpper } = held;
  const radius = decision.radiusOf(deltaUpper, runnerUpUpper) ?? 0;
  return { classIndex, radius, deltaUpper, runnerUpUpper };
}

/** The parts of the procedure in which an error can be planted. */
export interface Plan {
  readonly looks: readonly number[];
  readonly ofClass: (delta: number) => number;
  readonly runnerUp: (delta: number) => number;
  /** Returns the outcome whose votes bound the runner-up. */
  readonly rival?: (votes: Votes, classIndex: number) => number;
}

/** Returns the shipped plan of levels, to plant errors in. */
export function rightPlan(alpha: number, looks: readonly number[]): Plan {
  return {
    looks,
    ofClass: theoremLevel(SAME_VOTES.ofClass * alpha),
    runnerUp: () => SAME_VOTES.runnerUp * alpha,
  };
}

/** Returns the outcome other than the class that has most votes. */
export function observedRunnerUp(votes: Votes, classIndex: number): number {
  let best = classIndex === 0 ? 1 : 0;
  votes.forEach((count, j) => {
    if (j !== classIndex && count > votes[best]!) best = j;
  });
  return best;
}

/** Returns what a plan states at each look, without the code of the coordinator. */
export function statementsOfPlan(
  { looks, ofClass, runnerUp, rival = observedRunnerUp }: Plan,
  outcomes: number,
) {
  const common = { looks, shares: evenShares(looks), noise: gaussian };
  const classTable = buildSpendingTable({ ...common, level: ofClass, above: 1 / looks[0]! });
  const runnerUpTable = buildSpendingTable({ ...common, level: runnerUp });
  const statements = tabulateStates(looks, outcomes, (look, votes): Statement => {
    const classIndex = votes.indexOf(Math.max(...votes));
    const zClass = classTable.certifiedZ(look, looks[look]! - votes[classIndex]!);
    if (zClass === null) return null;
    const y = runnerUpTable.certifiedZ(look, votes[rival(votes, classIndex)]!) ?? zClass;
    const [deltaUpper, runnerUpUpper] = [upperTail(zClass), upperTail(Math.max(y, zClass))];
    const radius = certifiedRadius(deltaUpper, 0, gaussian, 1, runnerUpUpper);
    return radius === null ? null : { classIndex, radius, deltaUpper, runnerUpUpper };
  });
  return { statements, tables: { ofClass: classTable, runnerUp: runnerUpTable } };
}

/** The truth about a class: the radius that its probabilities certify, in noise scales, and those of all others and of the likeliest other. */
export function truthOf(probabilities: readonly number[], classIndex: number) {
  const others = probabilities.filter((_, j) => j !== classIndex);
  const likeliest = Math.max(...others);
  const failing = others.reduce((a, b) => a + b, 0);
  const radius = (upperTailQuantile(likeliest) - upperTailQuantile(probabilities[classIndex]!)) / 2;
  return { radius, failing, likeliest };
}

/** Returns true if a radius is stated that does not hold. */
export function radiusIsWrong(probabilities: readonly number[]): (statement: Statement) => boolean {
  const truths = probabilities.map((_, c) => truthOf(probabilities, c));
  return (statement) => statement !== null && statement.radius > truths[statement.classIndex]!.radius;
}

/** Returns true if one of the two bounds of a certificate does not hold: stricter than that its radius does not. */
export function boundIsWrong(probabilities: readonly number[]): (statement: Statement) => boolean {
  const truths = probabilities.map((_, c) => truthOf(probabilities, c));
  return (statement) => {
    if (statement === null) return false;
    const { failing, likeliest } = truths[statement.classIndex]!;
    return statement.deltaUpper < failing * (1 - 1e-12) || statement.runnerUpUpper < likeliest * (1 - 1e-12);
  };
}

/** Returns the votes themselves, at every look and state. */
export function votesAtLooks(looks: readonly number[], outcomes: number): StateTable<LookVotes> {
  return tabulateStates(looks, outcomes, (look, votes) => ({ look, votes }));
}

interface LookVotes {
  readonly look: number;
  readonly votes: Votes;
}

/**
 * Returns true if a table claims too much of something that the proof rests on: of any class, or of one of the two likeliest outcomes as runner-up,
 * whether or not a certificate comes of it.
 */
export function tableIsWrong(
  { ofClass, runnerUp }: PairOfTables,
  looks: readonly number[],
  probabilities: readonly number[],
): (state: LookVotes) => boolean {
  const z = probabilities.map((p) => -upperTailQuantile(p));
  const likeliest = [...z.keys()].sort((a, b) => z[b]! - z[a]!).slice(0, 2);
  return ({ look, votes }) =>
    votes.some((count, c) => (ofClass.certifiedZ(look, looks[look]! - count) ?? -Infinity) > z[c]! + 1e-12) ||
    likeliest.some((j) => (runnerUp.certifiedZ(look, votes[j]!) ?? -Infinity) > -z[j]! + 1e-12);
}

/** Returns the distributions at which a procedure is hardest pressed: just short of each radius that it can state, for several shapes of the others. */
export function hardestDistributions(
  statements: StateTable<Statement>,
  outcomes: number,
  every: number,
): number[][] {
  const radii = new Set<number>();
  for (const table of statements)
    for (const statement of table.values()) if (statement) radii.add(statement.radius);
  const sorted = [...radii].sort((a, b) => a - b).filter((_, i) => i % every === 0);
  return [0, ...sorted].flatMap((radius) =>
    shapes(outcomes).map((shape) => distributionWith(radius * (1 - 1e-9), shape)),
  );
}

/** How what the first class leaves over is divided: evenly, nearly all to one, all to one or two and little to the others. */
function shapes(outcomes: number): number[][] {
  const rest = outcomes - 1;
  const weights = [1, 0.95, 0.5, 0.1, 0.001];
  return weights.map((weight) => {
    const raw = Array.from({ length: rest }, (_, j) => weight ** j);
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((w) => w / sum);
  });
}

/** Returns the distribution whose first class has this true radius, the others in these proportions. */
export function distributionWith(radius: number, shape: readonly number[]): number[] {
  let [low, high] = [0, 1];
  for (let step = 0; step < 100; step++) {
    const p = (low + high) / 2;
    const found = truthOf([p, ...shape.map((w) => w * (1 - p))], 0).radius;
    if (found > radius) high = p;
    else low = p;
  }
  return [low, ...shape.map((w) => w * (1 - low))];
}
