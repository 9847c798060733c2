import { subtractCounts, totalOf, type Counts } from '../../shared/counts.js';
import type { Claim, Job } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { printLowerProbability, printSignificantUp, printUp } from '../../statistics/radius.js';
import { RULES } from '../../statistics/rules.js';
import { imageAlpha, togetherOf } from '../../statistics/simultaneous.js';
import type { Decision, LookOutcome } from '../../coordinator/core/decision.js';
import { compileDecision } from '../../coordinator/core/look.js';
import { PROBABILITY_DIGITS, publicationOf } from '../../coordinator/core/publication.js';
import { countsOfRow, isCount } from '../populations/row-counts.js';
import type { ImageResult } from './result-set.js';

type Fields = Readonly<Record<string, unknown>>;

const P_VALUE_DIGITS = 3;

/**
 * Returns a function that tells whether a line of results.jsonl can be one of this job: its claim is that of the job, its classes are those of the
 * model, and what it certifies or predicts follows from its own counts by the job's rule and bound. It does not tell whether those are the votes that
 * were drawn: that is in the ledger alone.
 *
 * @param job whose claim can be made. The function takes the fields of a line and the result that was read from them
 */
export function rowCheckOf(job: Job): (fields: Fields, result: ImageResult) => boolean {
  const { claim, draw } = job;
  const decision = compileDecision(claim, draw.noise);
  const outcomes = outcomesOf(claim);
  return (fields, result) =>
    outcomes.has(result.outcome) &&
    sameClaim(fields, claim) &&
    (claim.stop.kind === 'predict' || fields['norm'] === decision.norm) &&
    result.samples <= claim.looks.at(-1)! &&
    totalOf(result.counts) <= result.samples &&
    [result.class ?? 0, ...result.counts.classes].every((one) => one < draw.classes) &&
    isProved(fields, result, claim, decision);
}

function outcomesOf({ stop, bound }: Claim): ReadonlySet<ImageResult['outcome']> {
  if (stop.kind === 'predict') return new Set(['predicted', 'abstained', 'failed']);
  return new Set([BOUNDS[bound].proves ? 'certified' : 'approximate', 'abstained', 'failed']);
}

const sameClaim = ({ bound, alpha, simultaneous = null }: Fields, claim: Claim): boolean =>
  bound === claim.bound &&
  alpha === imageAlpha(claim) &&
  JSON.stringify(simultaneous) === JSON.stringify(togetherOf(claim));

/** The counts of a row at its looks, and the look that proves its class. */
interface Proof {
  readonly look: number;
  /** By the index of the look in the claim; those that the row does not name are left out. */
  readonly prefixes: readonly Counts[];
}

/** Returns true if the class of a row follows from its counts, with radius and bounds as it has them; also of a row without a class. */
function isProved(fields: Fields, result: ImageResult, claim: Claim, decision: Decision): boolean {
  if (result.class === null) return true;
  const proof = proofOf(fields, claim);
  if (proof === null) return false;
  const { look, prefixes } = proof;
  const isFresh = RULES[claim.stop.kind].firstLookChooses || (claim.stop.kind === 'predict' && look > 0);
  if (isFresh && (look === 0 || prefixes[0] === undefined)) return false;
  const counts = isFresh ? subtractCounts(prefixes[look]!, prefixes[0]!) : prefixes[look]!;
  if (JSON.stringify(counts) !== JSON.stringify(result.counts)) return false;
  const decided = decision.at(look, prefixes, null);
  return claim.stop.kind === 'predict'
    ? isPredicted(fields, result, decided)
    : isCertified(fields, result, claim, decision, decided);
}

function isPredicted(fields: Fields, result: ImageResult, { prediction }: LookOutcome): boolean {
  return (
    prediction?.classIndex === result.class &&
    fields['p_value'] === printSignificantUp(prediction.pValue, P_VALUE_DIGITS)
  );
}

function isCertified(
  fields: Fields,
  result: ImageResult,
  claim: Claim,
  decision: Decision,
  { held }: LookOutcome,
): boolean {
  const published = held?.classIndex === result.class ? publicationOf(claim, decision, held) : null;
  return (
    published !== null &&
    result.radius === published.radius &&
    fields['target'] === published.target &&
    fields['delta_upper'] === printUp(published.delta, PROBABILITY_DIGITS) &&
    fields['p_lower'] === printLowerProbability(published.delta, PROBABILITY_DIGITS)
  );
}

/** Returns the looks of a row and the one that proves its class; null if they are not of its claim. */
function proofOf({ looks, proved_by: provedBy }: Fields, claim: Claim): Proof | null {
  const prefixes: Counts[] = [];
  for (const one of Array.isArray(looks) ? looks.slice(0, claim.looks.length) : []) {
    const counts = countsOfRow(one);
    const look = counts === null ? -1 : lookOf(totalOf(counts), claim);
    if (counts === null || look < 0) return null;
    prefixes[look] = counts;
  }
  const end = typeof provedBy === 'object' && provedBy !== null && 'end' in provedBy ? provedBy.end : null;
  const look = isCount(end) ? lookOf(end, claim) : -1;
  const found = prefixes[look];
  return found !== undefined && totalOf(found) === end ? { look, prefixes } : null;
}

/** Returns the index of the look at which an image has so many samples; −1 if there is none. Of images that share a total, the last look may be of fewer. */
function lookOf(n: number, { looks, stop }: Claim): number {
  const look = looks.findIndex((scheduled) => scheduled >= n);
  return n > 0 && (stop.kind === 'budget' || looks[look] === n) ? look : -1;
}
