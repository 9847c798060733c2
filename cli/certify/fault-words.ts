import { SmoothcertError } from '../../shared/errors.js';
import { describeRange, isWithin, type Range } from '../../shared/range.js';
import { faultsOfRadii, type JobFault } from '../../coordinator/core/check-job.js';
import { describeImpossible, type Impossible } from '../../statistics/impossible-claim.js';
import { OTHER_BOUNDS } from './claim-help.js';
import { kebabOf } from '../command/flag.js';
import { imagesError, optionError, partsOf } from '../command/parse.js';
import type { JobFlags } from './job-flags.js';

/** The words of the command line for what is wrong with a job: its flags, as they were typed. */

/** The name of the value of the flag that says each field of a job. */
const FLAGS = {
  sigma: 'sigma',
  alpha: 'alpha',
  bound: 'bound',
  maxSamples: 'maxSamples',
  images: 'images',
  seed: 'seed',
  output: 'output',
  batch: 'batch',
  inputScale: 'inputScale',
  mean: 'mean',
  std: 'std',
  minGain: 'minGain',
  radii: 'radii',
  selection: 'n0',
  totalSamples: 'totalSamples',
  runnerUp: 'runnerUp',
  simultaneous: 'simultaneous',
} as const satisfies Record<JobFault['field'], keyof JobFlags>;

/** Units, for the sentences that name a range. */
const UNITS: Partial<Record<JobFault['field'], string>> = {
  sigma: ' (pixels scaled to [0, 1])',
  minGain: ' (noise scales of radius per 1,000 samples)',
};

/** The flags of a job, as far as they were typed, that errors speak of. */
type TypedFlags = Partial<Pick<JobFlags, (typeof FLAGS)[JobFault['field']] | 'stop'>>;

/** Returns a fault of a job as an error. @param command whose help says more. @param typed the flags of the job */
export function faultError(fault: JobFault, command: string, typed: TypedFlags): SmoothcertError {
  const name = FLAGS[fault.field];
  const flag = `--${kebabOf(name)}`;
  const given = typed[name];
  const text = typeof given === 'string' ? given : '';
  const seeHelp = `See smoothcert ${command} --help.`;
  switch (fault.reason) {
    case 'out-of-range':
      if (fault.field === 'sigma' && text.includes(',')) return severalSigmas(command, text);
      return fault.field === 'alpha'
        ? alphaError(`${flag} ${text}`, fault, typed)
        : rangeError(fault, flag, text, seeHelp);
    case 'count':
      if (fault.count > 0)
        return optionError(
          `${flag} has ${fault.count} values, and at most ${fault.most} are taken.`,
          'Leave some out.',
        );
      return optionError(
        '--stop target needs --radii.',
        'Say which radii to decide, for example --radii 0.25,0.5,1.0; or leave --stop out for a radius of each image.',
      );
    case 'not-radii':
      return optionError(
        `${flag} ${fault.radii.join(',')} is not an ascending list of radii of at least 0.`,
        'Write plain decimals in pixels scaled to [0, 1], the smallest first, for example --radii 0.25,0.5,1.0.',
      );
    case 'not-a-seed':
      return optionError(
        `${flag} ${text} is not a whole number from 0 to 2^64 − 1.`,
        'Leave it out to have one drawn at random, as you should unless you redraw an earlier job.',
      );
    case 'not-a-range-of-images':
      return imagesError(text);
    case 'text-length':
      return optionError(
        `${flag} is empty, or longer than ${fault.most} characters.`,
        'Leave it out, or name an output.',
      );
    case 'pair-not-offered':
      return pairError(fault, command);
    case 'nothing-to-claim':
      return new SmoothcertError(
        'PAIR_NOT_OFFERED',
        `--simultaneous is not offered with --bound ${fault.bound}, which proves nothing that could be claimed of all images.`,
        'Leave one of them out.',
      );
    case 'runner-up-not-offered':
      return new SmoothcertError(
        'PAIR_NOT_OFFERED',
        `--runner-up is not offered with --stop ${fault.rule}, --bound ${fault.bound} and --noise ${fault.noise}: ${fault.why}.`,
        'Use it with Gaussian noise, and --stop gain --bound spending or --stop fixed --bound clopper-pearson; or leave it out.',
      );
    case 'budget-too-small':
    case 'level-too-small':
    case 'out-of-reach':
    case 'total-too-small':
    case 'nothing-behind-pilot':
    case 'too-many-looks':
      return impossibleError(fault);
  }
}

/** Returns the error of a list where one σ is taken. A study takes a list. */
const severalSigmas = (command: string, text: string): SmoothcertError =>
  optionError(
    `--sigma ${text} names several, and smoothcert ${command} takes one.`,
    `Run it once for each σ${command === 'check' ? '' : ', with another --out each time'}; smoothcert report shows several folders together, and smoothcert study --sigma ${text} compares rules.`,
  );

function rangeError(
  { field, range, at }: Extract<JobFault, { reason: 'out-of-range' }>,
  flag: string,
  text: string,
  seeHelp: string,
): SmoothcertError {
  if (field === 'totalSamples' && text === '') {
    return optionError(
      '--stop budget needs --total-samples.',
      'Say how many samples all images may take together, for example --total-samples 1000000.',
    );
  }
  const written = at === undefined ? text : partsOf(text)[at]!;
  const digits = withoutSeparators(written, range);
  const remedy = digits === null ? seeHelp : `Write it without separators, for example ${digits}.`;
  return optionError(`${flag} ${written} is not ${describeRange(range)}${UNITS[field] ?? ''}.`, remedy);
}

/** A whole number with separators of one kind between its groups of three digits. */
const SEPARATED = /^[1-9]\d{0,2}([,.'’_\s])\d{3}(?:\1\d{3})*$/;

/** Returns the digits of a whole number of the range that is written with separators; null of any other text. */
function withoutSeparators(text: string, range: Range): string | null {
  const digits = SEPARATED.test(text) ? text.replaceAll(/\D/g, '') : '';
  return range.whole && digits !== '' && isWithin(Number(digits), range) ? digits : null;
}

function pairError(
  { rule, bound, why, offered }: Extract<JobFault, { reason: 'pair-not-offered' }>,
  command: string,
): SmoothcertError {
  const instead = `With --stop ${rule} use --bound ${offered.join(' or --bound ')}`;
  const predict = command === 'submit' ? '--stop predict' : 'smoothcert predict';
  const classes = OTHER_BOUNDS.includes(bound) ? `; for classes without radii use ${predict}` : '';
  return new SmoothcertError(
    'PAIR_NOT_OFFERED',
    `--stop ${rule} is not offered with --bound ${bound}: ${why}.`,
    `${instead}${classes}.`,
  );
}

/** Checks radii that a user asks for once the votes are there. @throws OPTION_INVALID */
export function checkRadii(radii: readonly string[]): void {
  const [fault] = faultsOfRadii(radii);
  if (fault) throw faultError(fault, 'results', {});
}

function alphaError(
  written: string,
  { value, range }: { readonly value: number; readonly range: Range },
  { stop, simultaneous }: TypedFlags,
): SmoothcertError {
  const { least = 0, most = 1 } = range;
  const wrong = Number.isNaN(value)
    ? 'is not a number'
    : `is outside [${least}, ${most}], where the bounds are proved and checked`;
  const answer = stop === 'predict' ? 'class' : 'certificate';
  const whose = simultaneous ? 'for all images together' : 'per image';
  return optionError(
    `${written} ${wrong}.`,
    `Give the probability of a wrong ${answer} that you accept ${whose}, for example --alpha 0.001.`,
  );
}

function impossibleError(why: Impossible): SmoothcertError {
  const message = `${describeImpossible(why)}.`;
  switch (why.reason) {
    case 'budget-too-small': {
      const price = why.rule === 'two-stage' ? ', or lower --min-gain' : '';
      return new SmoothcertError('BUDGET_TOO_SMALL', message, `Raise --max-samples or --alpha${price}.`);
    }
    case 'level-too-small':
      return optionError(message, 'Raise --alpha, choose fewer --images, or leave --simultaneous out.');
    case 'out-of-reach':
      return optionError(message, 'Leave the larger --radii out, or add more noise.');
    case 'total-too-small':
      return new SmoothcertError('BUDGET_TOO_SMALL', message, 'Raise --total-samples or --alpha.');
    case 'nothing-behind-pilot':
      return new SmoothcertError('BUDGET_TOO_SMALL', message, 'Raise --max-samples.');
    case 'too-many-looks':
      return new SmoothcertError(
        'SCHEDULE_TOO_LONG',
        message,
        'Use a smaller --max-samples; or --bound anytime without --runner-up, which takes any number of looks.',
      );
  }
}
