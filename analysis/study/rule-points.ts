import { ImpossibleClaim } from '../../statistics/impossible-claim.js';
import { publishedDelta } from '../../statistics/radius.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import type { Law } from '../laws/expectation.js';
import { twoStageLaw } from '../laws/fresh-laws.js';
import { repeatedLaw } from '../laws/repeated-law.js';
import { RepeatedRule } from '../laws/repeated-rule.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { FINE_STEP, lawMeans } from '../plan/law-means.js';
import { populationOf, type Drawing } from './drawing.js';
import { replayedBudget, replayedGain, type RulePoint } from './replayed-rules.js';

/** Prices of `gain` and `two-stage`, and means of samples an image that `budget` shares out. */
const GAINS = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const MEANS = [300, 1_000, 3_000, 10_000, 30_000];
/** The radii of `target`, in scales of the noise, are multiples of this. */
const TARGET_STEP = 0.25;
const MOST_TARGETS = 12;
/** Digits of a radius of `target`. */
const DIGITS = 6;

/**
 * Returns what every rule but `fixed` gives for its samples: measured where the counts at its looks were kept, else exactly. A setting that
 * could certify nothing within the drawing's samples is left out.
 */
export function rulePoints(drawing: Drawing): RulePoint[] {
  const { sizes, images } = drawing;
  const most = sizes.at(-1)!;
  const totals = MEANS.filter((mean) => mean < most).map((mean) => mean * images.length);
  const tries = [
    ...GAINS.map((gain) => () => replayedGain(drawing, 'spending', gain)),
    ...GAINS.map((gain) => () => replayedGain(drawing, 'anytime', gain)),
    ...totals.map((total) => () => replayedBudget(drawing, total)),
    ...GAINS.map((gain) => () => exactTwoStage(drawing, gain)),
    () => exactTarget(drawing),
  ];
  return tries.map(possible).filter((point) => point !== null);
}

/** Returns what a rule gives; null for a claim that no votes would fulfil. */
function possible(run: () => RulePoint | null): RulePoint | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof ImpossibleClaim) return null;
    throw error;
  }
}

function exactTwoStage(drawing: Drawing, minGain: number): RulePoint {
  const { alpha, noise, sizes } = drawing;
  const law = twoStageLaw({ alpha, minGain, maxSamples: sizes.at(-1)! }, noise);
  return exactPoint(drawing, law, {
    rule: 'two-stage',
    bound: 'clopper-pearson',
    setting: `--min-gain ${minGain}`,
  });
}

/** Decides together all multiples of a quarter of the scale that unanimous votes can reach. Null if there is none. */
function exactTarget(drawing: Drawing): RulePoint | null {
  const { alpha, noise, sizes } = drawing;
  const maxSamples = sizes.at(-1)!;
  const delta = publishedDelta(anytimeDelta(0, maxSamples, alpha) ?? 1, 0);
  const farthest = delta < 0.5 ? NOISES[noise.kind].radiusOf(delta) : 0;
  const radii = Array.from({ length: MOST_TARGETS }, (_, j) => (j + 1) * TARGET_STEP)
    .filter((radius) => radius < farthest)
    .map((radius) => String(Number((radius * noise.scale).toPrecision(DIGITS))));
  if (radii.length === 0) return null;
  const stop = { kind: 'target', radii } as const;
  const rule = new RepeatedRule({ alpha, bound: 'anytime', stop, maxSamples }, noise);
  return exactPoint(drawing, (one) => repeatedLaw(rule, one), {
    rule: 'target',
    bound: 'anytime',
    setting: `--radii ${radii[0]!},…,${radii.at(-1)!}`,
    step: FINE_STEP,
  });
}

function exactPoint(
  drawing: Drawing,
  law: Law,
  { step, ...named }: Pick<RulePoint, 'rule' | 'bound' | 'setting'> & { readonly step?: number },
): RulePoint {
  const groups = deltaGroups(populationOf(drawing));
  const { samples, meanRadius, acr, certified } = lawMeans(groups, law, step);
  return { ...named, source: 'exact', samples, meanRadius, acr, certified };
}
