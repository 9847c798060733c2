import type { Findings } from '../findings.js';
import type { ImageVotes } from '../folder/votes-by-image.js';
import { NO_VOTES, isWritten, type Tally } from '../folder/tally.js';
import { imageCount } from '../job/check-job.js';
import { checkApproximation } from './check-approximation.js';
import { checkCertificate, checkNothingProved } from './check-certificate.js';
import { checkPrediction, checkNothingDecided } from './check-prediction.js';
import { checkStop } from './check-stop.js';
import type { RowContext } from './context.js';
import type { Require } from './proving-look.js';
import { decisiveLooks, looksOf, type Decisive, type TakenLook } from './looks.js';
import type { Row } from './row.js';

/** The parts of a row that were recomputed. */
export interface Checked {
  readonly looks: number;
  /** True: why its image was drawn no further was recomputed, too. */
  readonly stop: boolean;
}

/** Share of the votes. */
const MOST_INVALID = 0.01;
const TOO_MANY_INVALID = 'MODEL_OUTPUT_NOT_FINITE';

/** Checks one row of results.jsonl against the claim and, where there is a ledger, the votes of its image. */
export function checkRow(
  row: Row,
  context: RowContext,
  votes: ImageVotes | null,
  findings: Findings,
): Checked {
  const { claim } = context.job;
  const where = `results.jsonl, image ${row.image}`;
  const require: Require = (holds, what) => findings.require(holds, where, what);
  checkStated(row, context, require);
  const taken = looksOf(row, claim);
  if (typeof taken === 'string') {
    require(false, `Its looks are wrong: ${taken}.`);
    return { looks: 0, stop: false };
  }
  if (votes !== null) checkVotes(row, taken, votes, require);
  const decisive = decisiveLooks(taken, claim);
  checkInvalid(row, taken, decisive, context, require);
  switch (row.outcome) {
    case 'certified':
      checkCertificate(row, decisive, context, require);
      break;
    case 'predicted':
      checkPrediction(row, decisive, context, require);
      break;
    case 'approximate':
      checkApproximation(row, decisive, context, require);
      break;
    case 'abstained':
    case 'failed':
      checkAll(row, taken, require);
      if (row.outcome === 'abstained' && claim.stop.kind === 'predict')
        checkNothingDecided(decisive, context, require);
      else if (row.outcome === 'abstained') checkNothingProved(decisive, context, require);
  }
  const stop = row.outcome !== 'failed' && checkStop(row, taken, decisive, context, require);
  return { looks: taken.length, stop };
}

/** Checks what a row says of the claim, and its label. */
function checkStated(row: Row, { job, alpha }: RowContext, require: Require): void {
  const { claim, draw } = job;
  require(row.alpha === alpha, `Its alpha is ${row.alpha}, and that of its claim ${alpha}.`);
  require(row.bound === claim.bound, 'Its bound is not that of the job.');
  const { simultaneous } = row;
  const together = simultaneous && `${simultaneous.alpha}/${simultaneous.images}`;
  const claimed = claim.simultaneous && `${claim.alpha}/${imageCount(claim.images)}`;
  require(together === claimed, 'What it claims of all images together is not the claim of the job.');
  const norm = draw.noise.kind === 'gaussian' ? 'l2' : 'l1';
  require(claim.stop.kind === 'predict' || row.norm === norm, `Its norm is not ${norm}.`);
  const correct = row.label === null || row.class === null ? null : row.label === row.class;
  require(row.correct === correct, 'Its "correct" does not follow from its class and label.');
  require((row.runner_up !== undefined) ===
    (claim.runnerUp === true), 'It is not of a claim with, or without, the runner-up.');
  require(row.outcome === 'failed' ||
    row.outcome === 'approximate' ||
    row.detail === undefined, 'It has a detail, which only failures have.');
}

function checkVotes(row: Row, taken: readonly TakenLook[], votes: ImageVotes, require: Require): void {
  const failure = row.outcome === 'failed' && row.stop !== TOO_MANY_INVALID ? votes.failure : null;
  const prefixes = votes.prefixes(
    taken.map(({ n }) => n),
    failure?.at,
  );
  for (const [i, { n, tally }] of taken.entries()) {
    const prefix = prefixes[i] ?? null;
    require(prefix !== null, `The ledger does not hold all of its first ${n} samples.`);
    const same = prefix === null || sameTally(prefix.tally, tally);
    require(same, `Its counts of the first ${n} samples are not the sum of the ledger's.`);
  }
  if (row.outcome !== 'failed' || row.stop === TOO_MANY_INVALID) return;
  const recorded = failure?.code === row.stop && failure.detail === row.detail;
  require(recorded, 'The ledger does not say that it failed for this reason.');
}

const sameTally = (a: Tally, b: Tally): boolean =>
  isWritten(a, { classes: [...b.votes.keys()], votes: [...b.votes.values()], invalid: b.invalid });

/** Of more than 1 % invalid votes at a look that decides, an image fails; and only then for that reason. */
function checkInvalid(
  row: Row,
  taken: readonly TakenLook[],
  decisive: readonly Decisive[],
  { job }: RowContext,
  require: Require,
): void {
  const fails = row.outcome === 'failed' && row.stop === TOO_MANY_INVALID;
  if (row.outcome === 'failed' && !fails) return;
  const deciding = job.claim.stop.kind === 'two-stage' ? taken : decisive;
  const broken = deciding.map(({ n, tally }) => tally.invalid > MOST_INVALID * n);
  const earlier = broken.slice(0, -1).includes(true);
  require(!earlier &&
    (broken.at(-1) ?? false) === fails, 'Whether too many of its votes are invalid is not what it says.');
  if (!fails) return;
  const { invalid } = taken.at(-1)!.tally;
  const said = `${invalid} of ${row.samples} samples had a score that is NaN or +∞, or no finite score.`;
  require(row.detail === said, 'Its detail does not say how many votes were invalid.');
}

/** Checks that a row without an outcome claims nothing, and shows the counts of all its samples. */
function checkAll(row: Row, taken: readonly TakenLook[], require: Require): void {
  const {
    class: classIndex,
    radius = 0,
    delta_upper = null,
    p_lower = null,
    p_value = null,
    runner_up = null,
  } = row;
  const nothing = [classIndex, delta_upper, p_lower, p_value, row.proved_by, runner_up].every(
    (one) => one === null,
  );
  const further = [row.target, row.approximate_class, row.approximate_radius].every(
    (one) => one === undefined,
  );
  require(nothing && further && radius === 0, 'It has no outcome, and claims something all the same.');
  const all = isWritten(taken.at(-1)?.tally ?? NO_VOTES, row.counts);
  require(all, 'Its counts are not those of all its samples.');
}
