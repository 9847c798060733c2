import { NOISE_KINDS } from '../../shared/job.js';
import { boundsFor } from '../../statistics/bounds/bounds.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { MACHINE, OUT, OUTPUT, runConfig, type CertifyConfig } from './certify-flags.js';
import { jobConfig } from './job-config.js';
import { CLAIM, CONFIGURATION, DEVICE, INPUT, MODEL_WANTS } from './job-flags.js';

/** Which noise has which radii says nothing here. */
const NOISE = { ...CLAIM.flags.noise, help: NOISE_KINDS.join(', ') } as const;

/** The flags of the claim that mean something where no radius is asked for, and what they then mean. */
const PREDICT_CLAIM = {
  heading: 'Claim:',
  flags: {
    sigma: CLAIM.flags.sigma,
    noise: NOISE,
    alpha: {
      ...CLAIM.flags.alpha,
      help: 'probability of a class that is not the most likely one, per image, at most 0.25',
    },
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
    simultaneous: {
      help: '--alpha is the probability that any class of the job is wrong, not that of each',
      decides: 'job',
    },
    seed: CLAIM.flags.seed,
  },
} as const satisfies FlagGroup;

const { json, quiet, verbose } = OUTPUT.flags;
const PREDICT_OUTPUT = { ...OUTPUT, flags: { json, quiet, verbose } } as const satisfies FlagGroup;

export const PREDICT_GROUPS = [
  CONFIGURATION,
  INPUT,
  OUT,
  PREDICT_CLAIM,
  MODEL_WANTS,
  DEVICE,
  MACHINE,
  PREDICT_OUTPUT,
] as const;

/** Checks the flags of `predict`. @throws OPTION_INVALID, and as `jobConfig`; one sentence each */
export function predictConfig(flags: ValuesOf<typeof PREDICT_GROUPS>): CertifyConfig {
  const job = jobConfig('predict', { ...flags, ...NO_RADII });
  return { ...job, ...runConfig(flags), topkRows: false };
}

/** The flags of a job that say something of radii. */
const NO_RADII = {
  stop: 'predict',
  radii: undefined,
  minGain: undefined,
  n0: undefined,
  totalSamples: undefined,
  runnerUp: false,
} as const;
