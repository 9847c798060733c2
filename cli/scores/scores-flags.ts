import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import { AS_CERTIFY, NOISE, WANTS } from '../check/check-flags.js';
import { OUTPUT } from '../certify/certify-flags.js';
import { jobConfig, type JobConfig } from '../certify/job-config.js';
import { CONFIGURATION, DEVICE, INPUT } from '../certify/job-flags.js';

const FILE = {
  heading: 'Output:',
  flags: {
    out: {
      argument: '<file>',
      help: 'a .npy file of float32 [images, classes], in the order of --images',
      decides: 'run',
      needed: true,
    },
    verbose: OUTPUT.flags.verbose,
  },
} as const satisfies FlagGroup;

export const SCORES_GROUPS = [CONFIGURATION, INPUT, NOISE, WANTS, DEVICE, FILE] as const;

/** `scores`, checked and complete. */
export interface ScoresConfig extends JobConfig {
  readonly out: string;
}

/** Checks the flags of `scores`, which say the same as those of `certify`. @throws OPTION_INVALID */
export function scoresConfig(flags: ValuesOf<typeof SCORES_GROUPS>): ScoresConfig {
  const { out } = flags;
  if (out === '') throw optionError('--out is empty.', 'Name a file for the scores.');
  return { ...jobConfig('scores', { ...flags, ...AS_CERTIFY }), out };
}
