import { totalOf, type Counts } from '../../shared/counts.js';
import type { Job } from '../../shared/job.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { RULES } from '../../statistics/rules.js';
import type { Decision, Held } from '../../coordinator/core/decision.js';
import { compileDecision } from '../../coordinator/core/look.js';

/** The largest radius that a job can certify, and what proves it. */
export interface FarthestRadius {
  /** In pixels of [0, 1] and the norm of the noise. */
  readonly radius: number;
  /** So many samples prove it, those that choose the class not among them where they prove nothing; null of `target`, which proves no more than it is asked for. */
  readonly samples: number | null;
  /** So many votes of the first `among` samples must be for another class, and all the rest agree; null where unanimous votes reach it. */
  readonly others: { readonly votes: number; readonly among: number } | null;
}

/** The samples up to the first look, of which some vote otherwise: at most so many are tried. */
const MOST_FAILURES = 32;

/**
 * Returns the largest radius that the rule and the bound of a job can certify; null if they certify none (`predict`, `clt`). An image reaches it
 * whose votes all agree, or all but a few before the first look: those can make a rule draw on that would have stopped, and a second
 * stage longer. So all numbers of such votes are tried, through the decisions that the coordinator makes.
 */
export function farthestRadius({ claim, draw }: Job): FarthestRadius | null {
  const { stop, bound } = claim;
  if (stop.kind === 'predict' || !BOUNDS[bound].proves) return null;
  if (stop.kind === 'target') return { radius: Number(stop.radii.at(-1)), samples: null, others: null };
  const decision = compileDecision(claim, draw.noise);
  const total = stop.kind === 'budget' ? stop.totalSamples : Infinity;
  const first = claim.looks[0]!;
  const fewer = Math.min(MOST_FAILURES + 1, Math.ceil(first / 2));
  // Never empty: a claim that certifies not even unanimous votes is refused as it is compiled.
  const { radius, samples, failures } = Array.from({ length: fewer }, (_, count) =>
    walk(decision, count, total),
  )
    .filter((reached) => reached !== null)
    .reduce((best, one) => (one.radius > best.radius ? one : best));
  const choosing = RULES[stop.kind].firstLookChooses ? first : 0;
  const others = failures === 0 ? null : { votes: failures, among: first };
  return { radius, samples: samples - choosing, others };
}

/** The radius of an image, how many of its samples it rests on, and how many of the first of them were for another class. */
interface Reached {
  readonly radius: number;
  readonly samples: number;
  readonly failures: number;
}

/** Returns what an image is certified for whose votes all agree but for the first `failures`. @param total samples that it can have at most */
function walk(decision: Decision, failures: number, total: number): Reached | null {
  const prefixes: Counts[] = [];
  let held: Held | null = null;
  for (const [look, scheduled] of decision.looks.entries()) {
    const n = Math.min(scheduled, total);
    prefixes.push(unanimousBut(failures, n));
    const outcome = decision.at(look, prefixes, held);
    held = outcome.held;
    if (outcome.stop !== null || n === total) break;
  }
  const radius = held && decision.radiusOf(held.deltaUpper, held.runnerUpUpper);
  return radius === null ? null : { radius, samples: totalOf(prefixes[held!.look]!), failures };
}

const unanimousBut = (failures: number, n: number): Counts =>
  failures === 0
    ? { classes: [0], votes: [n], invalid: 0 }
    : { classes: [0, 1], votes: [n - failures, failures], invalid: 0 };
