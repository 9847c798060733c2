import { NOISE_KINDS } from '../../shared/job.js';
import { boundsFor } from '../../statistics/bounds/bounds.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { REFUSED_FLAG, REFUSED_SWITCH, givenOf } from '../command/refused-flags.js';
import { optionError } from '../command/parse.js';
import { MACHINE, OUT, OUTPUT, runConfig, type CertifyConfig } from './certify-flags.js';
import { RADIUS_RULES, alphaHelp, simultaneousHelp } from './claim-help.js';
import { NAMING } from './class-names.js';
import { jobConfig, nameConfig } from './job-config.js';
import { CHECKING, CLAIM, CONFIGURATION, DEVICE, INPUT, JOB_NAME, MODEL_WANTS } from './job-flags.js';

/** Which noise has which radii says nothing here. */
const NOISE = { ...CLAIM.flags.noise, help: NOISE_KINDS.join(', ') } as const;

/** The flags of the claim that mean something where no radius is asked for, and what they then mean. */
const PREDICT_CLAIM = {
  heading: 'Claim:',
  flags: {
    sigma: CLAIM.flags.sigma,
    noise: NOISE,
    alpha: { ...CLAIM.flags.alpha, help: alphaHelp('class') },
    bound: {
      argument: '<bound>',
      help: 'anytime: stop an image as soon as its class is decided; two-sided: --max-samples for every image, as Cohen et al.',
      decides: 'job',
      preset: 'anytime',
      choices: boundsFor('predict'),
    },
    maxSamples: {
      ...CLAIM.flags.maxSamples,
      help: 'most samples an image, the 64 that choose its class included; with two-sided: the samples of every image',
    },
    simultaneous: { help: simultaneousHelp('class'), decides: 'job' },
    seed: CLAIM.flags.seed,
  },
} as const satisfies FlagGroup;

/** The flags of certify that say something of radii. */
const REFUSED = {
  heading: null,
  flags: {
    radii: REFUSED_FLAG,
    minGain: REFUSED_FLAG,
    totalSamples: REFUSED_FLAG,
    runnerUp: REFUSED_SWITCH,
    n0: REFUSED_FLAG,
    keepCounts: REFUSED_SWITCH,
    topkRows: REFUSED_SWITCH,
  },
} as const satisfies FlagGroup;

/** Its only value is what the command does anyway: a configuration file that `submit` takes, too, may hold it. */
const STOP = {
  heading: null,
  flags: {
    stop: {
      argument: '<rule>',
      help: '',
      decides: 'job',
      choices: ['predict'],
      refused: RADIUS_RULES,
      hidden: true,
    },
  },
} as const satisfies FlagGroup;

const { report, json, jsonLines, quiet, verbose } = OUTPUT.flags;
const PREDICT_OUTPUT = {
  ...OUTPUT,
  flags: { report, json, jsonLines, quiet, verbose },
} as const satisfies FlagGroup;

export const PREDICT_GROUPS = [
  CONFIGURATION,
  INPUT,
  NAMING,
  OUT,
  PREDICT_CLAIM,
  MODEL_WANTS,
  CHECKING,
  DEVICE,
  MACHINE,
  JOB_NAME,
  PREDICT_OUTPUT,
  STOP,
  REFUSED,
] as const;

/** Checks the flags of `predict`. @throws OPTION_INVALID, and as `jobConfig`; one sentence each */
export function predictConfig(flags: ValuesOf<typeof PREDICT_GROUPS>): CertifyConfig {
  refuseRadii(flags);
  const job = jobConfig('predict', { ...flags, ...NO_RADII });
  return { ...job, ...runConfig(flags), topkRows: false, report: flags.report, name: nameConfig(flags) };
}

const REMEDY = 'Leave it out, or use smoothcert certify.';

/** @throws OPTION_INVALID for a flag that says something of radii, and for another rule */
function refuseRadii(flags: ValuesOf<readonly [typeof REFUSED, typeof STOP]>): void {
  const { stop } = flags;
  if (stop !== undefined && stop !== 'predict') {
    throw optionError(`--stop ${stop} gives certificates, and predict gives classes.`, REMEDY);
  }
  const flag = givenOf(REFUSED, flags);
  if (flag !== null) throw optionError(`predict proves no radius, so it has no ${flag}.`, REMEDY);
}

/** The flags of a job that say something of radii. */
const NO_RADII = {
  stop: 'predict',
  radii: undefined,
  minGain: undefined,
  n0: undefined,
  keepCounts: false,
  totalSamples: undefined,
  runnerUp: false,
} as const;
