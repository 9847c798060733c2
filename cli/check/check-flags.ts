import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { CLAIM, CONFIGURATION, DEVICE, INPUT, MODEL_WANTS } from '../certify/job-flags.js';
import { OUTPUT } from '../certify/certify-flags.js';
import { jobConfig, type JobConfig } from '../certify/job-config.js';

const { sigma, noise } = CLAIM.flags;
export const NOISE = { heading: 'Noise:', flags: { sigma, noise } } as const satisfies FlagGroup;

const { inputScale, mean, std, layout, output } = MODEL_WANTS.flags;
export const WANTS = {
  heading: MODEL_WANTS.heading,
  flags: { inputScale, mean, std, layout, output },
} as const satisfies FlagGroup;

const SHOW = {
  heading: 'Output:',
  flags: {
    strict: { help: 'end with exit code 2 where something is found', decides: 'run' },
    json: { help: 'what was found as one JSON object on standard output', decides: 'run' },
    verbose: OUTPUT.flags.verbose,
  },
} as const satisfies FlagGroup;

export const CHECK_GROUPS = [CONFIGURATION, INPUT, NOISE, WANTS, DEVICE, SHOW] as const;

/** `check`, checked and complete. */
export interface CheckVerbConfig extends JobConfig {
  readonly json: boolean;
  readonly strict: boolean;
}

/** Checks the flags of `check`, which say the same as those of `certify`. @throws OPTION_INVALID */
export function checkVerbConfig(flags: ValuesOf<typeof CHECK_GROUPS>): CheckVerbConfig {
  const { json, strict } = flags;
  return { ...jobConfig('check', { ...flags, ...AS_CERTIFY }), json, strict };
}

/** The claim that certify makes where nothing is said of it: commands that claim nothing have none of its flags. */
export const AS_CERTIFY = {
  alpha: CLAIM.flags.alpha.preset,
  stop: CLAIM.flags.stop.preset,
  maxSamples: CLAIM.flags.maxSamples.preset,
  bound: undefined,
  radii: undefined,
  minGain: undefined,
  totalSamples: undefined,
  runnerUp: false,
  simultaneous: false,
  keepCounts: false,
  n0: undefined,
  seed: undefined,
  batch: undefined,
} as const;
