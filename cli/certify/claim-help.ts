import { DEFAULT_BOUNDS, RULE_NAMES } from '../../shared/job-spec.js';
import { NOISE_KINDS, type RuleName } from '../../shared/job.js';
import { BOUNDS, boundsFor } from '../../statistics/bounds/bounds.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { RULES } from '../../statistics/rules.js';

/** Returns the help of `--stop`: each rule and when it stops. */
export const stopHelp = (): string => RULE_NAMES.map((rule) => `${rule}: ${RULES[rule].help}`).join('; ');

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
export function boundHelp(): string {
  const choices = RULE_NAMES.map((rule) => `${rule}: ${boundChoices(rule)}`);
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
