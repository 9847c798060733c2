import { DEFAULT_BOUNDS, RULE_NAMES } from '../../shared/job-spec.js';
import { MAX_ALPHA } from '../../shared/job-limits.js';
import { BOUND_NAMES, NOISE_KINDS, type BoundName, type RuleName } from '../../shared/job.js';
import { BOUNDS, boundsFor, pairReason } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { RULES } from '../../statistics/rules.js';

/** The rules that prove radii: those of `certify`. */
export const RADIUS_RULES = RULE_NAMES.filter((rule) => rule !== 'predict');

/** Returns true if some rule that proves radii is offered with this bound. */
const hasRadii = (bound: BoundName): boolean => RADIUS_RULES.some((rule) => pairReason(rule, bound) === null);

/** The bounds that radii are proved with, and the others. */
export const RADIUS_BOUNDS = BOUND_NAMES.filter(hasRadii);
export const OTHER_BOUNDS = BOUND_NAMES.filter((bound) => !hasRadii(bound));

/** Returns the help of `--stop`: each rule and when it stops. */
export const stopHelp = (rules: readonly RuleName[]): string =>
  rules.map((rule) => `${rule}: ${RULES[rule].help}`).join('; ');

/** The answer that is claimed of an image: a certificate, or by `predict` a class. */
type Answer = 'certificate' | 'class';

/** Returns the help of `--alpha`. */
export const alphaHelp = (answer: Answer): string =>
  `probability of a wrong ${answer}, per image (with --simultaneous: of any in the job), at most ${MAX_ALPHA}`;

/** Returns the help of `--simultaneous`. */
export const simultaneousHelp = (answer: Answer): string =>
  `--alpha is the probability that any ${answer} of the job is wrong, not the probability for each image`;

/** Returns the help of `--noise`: each law and the norm of its radii, and how far they reach where they do not reach all. */
export function noiseHelp(): string {
  const choices = NOISE_KINDS.map((kind) => {
    const { norm, farthest, deviation } = NOISES[kind];
    const below = farthest < Infinity ? `, below ${(farthest / deviation).toFixed(2)} σ` : '';
    return `${kind}: radii in ${NORM_NAMES[norm]}${below}`;
  });
  return choices.join('; ');
}

/** Returns the help of `--bound`: the bounds that are offered with each rule, the usual one first. */
export function boundHelp(rules: readonly RuleName[]): string {
  const choices = rules.map((rule) => `${rule}: ${boundChoices(rule)}`);
  return `with ${choices.join('; ')}`;
}

function boundChoices(rule: RuleName): string {
  const names = boundsFor(rule);
  const choices = names.map((name) => {
    const usual = names.length > 1 && name === DEFAULT_BOUNDS[rule] ? ' (default)' : '';
    const { remark } = BOUNDS[name];
    return `${name}${usual}${remark === null ? '' : `, ${remark}`}`;
  });
  // A remark follows its bound between commas, so that "or" needs one, too.
  return choices.join(choices.some((choice) => choice.includes(',')) ? ', or ' : ' or ');
}
