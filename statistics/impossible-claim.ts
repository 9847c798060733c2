import { SmoothcertError, type ErrorCode } from '../shared/errors.js';
import type { Claim } from '../shared/job.js';
import { imageAlpha, togetherOf, type Together } from './simultaneous.js';
import { describeWidth, type ScaledNoise } from './noises/scale.js';

/** A radius that was asked for, as it is written, and the noise. */
export interface WantedRadius {
  readonly radius: string;
  readonly noise: ScaledNoise;
}

/** Why no number of votes would fulfil a claim whose every part is right. */
export type Impossible =
  /** Not even votes that all agree would certify an image, or this radius at this scale of the noise. */
  | {
      readonly reason: 'budget-too-small';
      readonly samples: number;
      /** The level of one image. */
      readonly alpha: number;
      /** Set where that is an image's part of the α of all. */
      readonly together: Together | null;
      readonly rule: Claim['stop']['kind'];
      readonly wanted: WantedRadius | null;
    }
  /** The noise certifies no radius as large as this one, whatever the votes: all are below `farthest`, in the radius's units. */
  | {
      readonly reason: 'out-of-reach';
      readonly wanted: WantedRadius;
      readonly farthest: number;
    }
  /** The α of all images leaves one image less than the bounds are checked for. */
  | {
      readonly reason: 'level-too-small';
      readonly together: Together;
      readonly level: number;
      readonly least: number;
    }
  /** The samples of `budget` bring no image as far as `least` samples, the first look at which votes that all agree would certify it. */
  | {
      readonly reason: 'total-too-small';
      readonly total: number;
      readonly least: number;
      /** True: there is no look before that one. */
      readonly isFirstLook: boolean;
      readonly alpha: number;
      readonly together: Together | null;
    }
  /** `two-stage` spends all its samples on the pilot. */
  | { readonly reason: 'nothing-behind-pilot'; readonly samples: number; readonly pilot: number }
  /** The schedule of `spending` would have more looks than its tables hold. */
  | {
      readonly reason: 'too-many-looks';
      readonly samples: number;
      readonly looks: number;
      readonly most: number;
    };

/** Returns what is impossible as one sentence without its full stop. */
export function describeImpossible(why: Impossible): string {
  switch (why.reason) {
    case 'budget-too-small': {
      const wanted =
        why.wanted === null
          ? whole(why.rule)
          : `certify a radius of ${why.wanted.radius} at ${describeWidth(why.wanted.noise)}`;
      return `With ${why.samples} samples and ${levelWords(why.alpha, why.together)}, not even votes that all agree would ${wanted}`;
    }
    case 'level-too-small':
      return `With ${levelWords(why.level, why.together)}, an image has less than the ${why.least} down to which the bounds are checked`;
    case 'out-of-reach': {
      const { radius, noise } = why.wanted;
      return `With ${noise.kind} noise of ${describeWidth(noise)}, no votes certify a radius of ${radius}: all radii are below ${why.farthest}`;
    }
    case 'total-too-small':
      return totalWords(why);
    case 'nothing-behind-pilot':
      return `With ${why.samples} samples an image, nothing is left behind the pilot of ${why.pilot} samples`;
    case 'too-many-looks':
      return `With ${why.samples} samples an image, the bound "spending" would have ${why.looks} looks; it takes at most ${why.most}`;
  }
}

function totalWords({
  total,
  least,
  isFirstLook,
  alpha,
  together,
}: Extract<Impossible, { reason: 'total-too-small' }>): string {
  const [level, no] = isShared(together) ? [`With ${levelWords(alpha, together)}, `, 'no'] : ['', 'No'];
  const look = isFirstLook ? ', its first look' : '';
  return `${level}${no} image can be certified from fewer than ${least} samples${look}, and all images together have ${total}`;
}

/** Returns true if an image has less than the α of the job. Of one image alone, α is what it is. */
const isShared = (together: Together | null): together is Together =>
  together !== null && together.images > 1;

function levelWords(alpha: number, together: Together | null): string {
  if (!isShared(together)) return `α = ${alpha}`;
  return `α = ${together.alpha} for ${together.images} images together (${alpha.toPrecision(3)} for each)`;
}

/** Returns what a rule does for an image that none of its radii was asked of. */
const whole = (rule: Claim['stop']['kind']): string =>
  rule === 'predict' ? 'decide the class of an image' : 'certify an image';

const CODES = {
  'budget-too-small': 'BUDGET_TOO_SMALL',
  'level-too-small': 'OPTION_INVALID',
  'out-of-reach': 'OPTION_INVALID',
  'total-too-small': 'BUDGET_TOO_SMALL',
  'nothing-behind-pilot': 'BUDGET_TOO_SMALL',
  'too-many-looks': 'SCHEDULE_TOO_LONG',
} as const satisfies Record<Impossible['reason'], ErrorCode>;

/** A claim that no number of votes would fulfil. Users do not meet it: `checkJob` finds it before a job is made. */
export class ImpossibleClaim extends SmoothcertError {
  constructor(readonly why: Impossible) {
    super(CODES[why.reason], `${describeImpossible(why)}.`, 'Check the job before it is made.');
  }
}

/** Returns the error of a claim whose samples certify nothing, or of `target` not the radius `wanted`. */
export function budgetTooSmall(claim: Claim, wanted: WantedRadius | null = null): ImpossibleClaim {
  const { stop, looks } = claim;
  const samples = stop.kind === 'fixed' ? looks[1]! - looks[0]! : looks.at(-1)!;
  const level = { alpha: imageAlpha(claim), together: togetherOf(claim) };
  return new ImpossibleClaim({ reason: 'budget-too-small', samples, ...level, rule: stop.kind, wanted });
}
