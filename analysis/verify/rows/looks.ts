import type { Claim } from '../../../shared/job.js';
import type { Standing } from '../claims/single.js';
import { added, leaderOf, rivalOf, tallyOf, totalOf, type Tally } from '../folder/tally.js';
import type { Row } from './row.js';

/** A look that a row has: its index in the schedule, and the votes of the samples before it. */
export interface TakenLook {
  readonly look: number;
  readonly n: number;
  readonly tally: Tally;
}

/** The class that is asked about at a look, with the votes that decide and how it stands among them. */
export interface Decisive extends TakenLook {
  readonly classIndex: number | null;
  readonly votes: Tally;
  readonly standing: Standing;
}

/** Rules whose first look chooses the class: only the samples behind it prove anything. `predict` with one look has no first one. */
export const isFresh = ({ stop, bound }: Pick<Claim, 'stop' | 'bound'>): boolean =>
  stop.kind === 'fixed' || stop.kind === 'two-stage' || (stop.kind === 'predict' && bound !== 'two-sided');

/**
 * Returns the looks of a row; a text that says why they are not those of the schedule. They are its first ones, of `two-stage` the first and
 * the last taken; the last one of `budget` may be of fewer samples.
 */
export function looksOf({ looks: written, samples }: Row, { looks, stop }: Claim): TakenLook[] | string {
  if ((written.at(-1)?.n ?? 0) !== samples) return 'its last look is not that of all its samples';
  const taken: TakenLook[] = [];
  for (const [at, counts] of written.entries()) {
    const { n } = counts;
    const partial = stop.kind === 'budget' && at === written.length - 1;
    const look = stop.kind === 'two-stage' && at === 1 ? looks.indexOf(n) : at;
    const whole = looks[look];
    const before = looks[look - 1] ?? 0;
    const scheduled = whole === n || (partial && whole !== undefined && n > before && n < whole);
    if (!scheduled || (at > 0 && look === 0)) return `its look at ${n} samples is none of the schedule`;
    const tally = tallyOf(counts);
    if (totalOf(tally) !== n) return `its counts at ${n} samples do not add up to as many`;
    taken.push({ look, n, tally });
  }
  return stop.kind === 'two-stage' && taken.length > 2 ? 'it has more than two looks' : taken;
}

/** Returns the looks of a row at which something may be decided, with what decides there. */
export function decisiveLooks(taken: readonly TakenLook[], claim: Claim): Decisive[] {
  const [first] = taken;
  if (first === undefined) return [];
  if (!isFresh(claim)) return taken.map((one) => decisive(one, leaderOf(one.tally), one.tally));
  const chosen = leaderOf(first.tally);
  const last = claim.looks.length - 1;
  // Between its looks `fixed` keeps counts and decides nothing.
  const deciding = taken.filter(({ look }) => look > 0 && (claim.stop.kind !== 'fixed' || look === last));
  return deciding.map((one) => decisive(one, chosen, added(one.tally, first.tally, -1)));
}

function decisive(one: TakenLook, classIndex: number | null, votes: Tally): Decisive {
  const n = totalOf(votes);
  const failures = n - (classIndex === null ? 0 : (votes.votes.get(classIndex) ?? 0));
  const rival = rivalOf(votes, classIndex)?.votes ?? 0;
  return { ...one, classIndex, votes, standing: { look: one.look, n, failures, rival } };
}
