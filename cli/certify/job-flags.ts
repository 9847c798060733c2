import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { BOUND_NAMES, DEVICES, LAYOUTS, NOISE_KINDS } from '../../shared/job.js';
import { RULE_NAMES, SPEC_DEFAULTS } from '../../shared/job-spec.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { alphaHelp, boundHelp, noiseHelp, simultaneousHelp, stopHelp } from './claim-help.js';

/** The flags that say what a job is: the same words, units and defaults for every command that begins one. */

/** Names of --min-gain: noise scales of radius per 1,000 further samples (docs/statistics.md has the numbers behind them). */
export const MIN_GAIN_NAMES = { quick: 0.1, default: SPEC_DEFAULTS.minGain, thorough: 0.01 } as const;
const gains = Object.entries(MIN_GAIN_NAMES).map(([name, value]) => `${name} = ${value}`);

export const CONFIGURATION = {
  heading: 'Configuration:',
  flags: {
    config: {
      argument: '<file>',
      help: 'flags from a YAML or JSON file, by their names; those given here win',
      decides: 'run',
      env: true,
    },
    printConfig: { help: 'print the flags in force, as a file that --config takes, and end', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const INPUT = {
  heading: 'Input:',
  flags: {
    model: { argument: '<file>', help: 'ONNX classifier', decides: 'job', needed: true },
    data: {
      argument: '<file>',
      help: 'images: .npz or .npy as NumPy saves them (uint8, or floats in [0, 1]), IDX, CIFAR batches, or a folder of PNG or JPEG; other arrays with --features',
      decides: 'job',
      needed: true,
    },
    labels: {
      argument: '<file>',
      help: 'labels: .npy, .npz, IDX, or for pictures a CSV; win over labels inside --data',
      decides: 'job',
    },
    images: {
      argument: '<range>',
      help: 'start:stop:step, as in Python; 5 alone is image 5 (default: all)',
      decides: 'job',
    },
    features: {
      help: 'the values of --data are no pixels but numbers in units of their own, of any type, range and number of axes; --sigma and radii are in those units',
      decides: 'job',
    },
    clip: {
      help: 'pixels that resizing moved slightly beyond [0, 1] (by up to 0.2) become 0 or 1; a note says how many',
      decides: 'run',
    },
    bgr: {
      help: 'reverse the three channels as the images are read, for models that want blue first; --mean and --std are then in that order',
      decides: 'job',
    },
  },
} as const satisfies FlagGroup;

/** The name of a job, of the verbs that make one that lasts. */
export const JOB_NAME = {
  heading: 'Output:',
  flags: {
    name: {
      argument: '<name>',
      help: 'name of the job, for lists, reports and you; it does not affect the results',
      decides: 'run',
    },
  },
} as const satisfies FlagGroup;

export const CLAIM = {
  heading: 'Claim:',
  flags: {
    sigma: {
      argument: '<σ>',
      help: 'standard deviation of the noise, whatever its law, in pixels scaled to [0, 1]',
      decides: 'job',
      needed: true,
    },
    noise: {
      argument: '<noise>',
      help: noiseHelp(),
      decides: 'job',
      preset: SPEC_DEFAULTS.noise,
      choices: NOISE_KINDS,
    },
    alpha: {
      argument: '<α>',
      help: alphaHelp('certificate'),
      decides: 'job',
      preset: `${SPEC_DEFAULTS.alpha}`,
    },
    stop: {
      argument: '<rule>',
      help: stopHelp(RULE_NAMES),
      decides: 'job',
      preset: 'gain',
      choices: RULE_NAMES,
    },
    bound: {
      argument: '<bound>',
      help: boundHelp(RULE_NAMES),
      decides: 'job',
      choices: BOUND_NAMES,
    },
    radii: {
      argument: '<r,…>',
      help: 'with target: ascending, in pixels scaled to [0, 1], for example 0.25,0.5,1.0',
      decides: 'job',
    },
    minGain: {
      argument: '<gain>',
      help: `with gain, two-stage: radius, in noise scales (σ, or λ), that 1,000 further samples must be forecast to add; ${gains.join(', ')} (default: ${MIN_GAIN_NAMES.default})`,
      decides: 'job',
    },
    maxSamples: {
      argument: '<n>',
      help: 'most samples an image (two-stage: pilot included); with fixed: the samples of the bound',
      decides: 'job',
      preset: `${SPEC_DEFAULTS.maxSamples}`,
    },
    totalSamples: {
      argument: '<T>',
      help: 'needed with budget: samples of all images together; never more are counted',
      decides: 'job',
    },
    runnerUp: {
      help: 'with gain, fixed and Gaussian noise: bound the class in second place, too; larger radii where the other votes are spread over several classes, slightly smaller ones where they are not',
      decides: 'job',
    },
    simultaneous: { help: simultaneousHelp('certificate'), decides: 'job' },
    n0: {
      argument: '<n>',
      help: `with fixed: samples that choose the class, drawn before those of the bound (default: ${SPEC_DEFAULTS.selection})`,
      decides: 'job',
    },
    keepCounts: {
      help: 'with fixed: write the counts at smaller numbers of samples into results.jsonl, too (10, 16, 25, 32, 50, 64, 96, 100 …), for smoothcert study; they decide nothing',
      decides: 'job',
    },
    seed: {
      argument: '<seed>',
      help: '0 to 2^64 − 1 (default: drawn at random, printed, kept in job.json)',
      decides: 'job',
    },
  },
} as const satisfies FlagGroup;

export const MODEL_WANTS = {
  heading: 'What the model wants, given pixels p in [0, 1]: (p · scale − mean) / std',
  flags: {
    inputScale: { argument: '<scale>', help: 'for example 255', decides: 'job', preset: '1' },
    mean: {
      argument: '<m,…>',
      help: 'one value, or one a channel, after the scale (default: 0)',
      decides: 'job',
    },
    std: { argument: '<s,…>', help: 'one value, or one a channel (default: 1)', decides: 'job' },
    layout: {
      argument: '<layout>',
      help: "the model's input: nchw, nhwc, flat or auto",
      decides: 'job',
      preset: 'auto',
      choices: [...LAYOUTS, 'auto'],
    },
    output: {
      argument: '<name>',
      help: 'the model output with one score a class (default: the one that fits)',
      decides: 'job',
    },
    batch: {
      argument: '<rows>',
      help: 'rows a run of the model (default: chosen from its size, checked against one row)',
      decides: 'job',
    },
  },
} as const satisfies FlagGroup;

/** The quick check of preprocessing, units and labels at the start of a new job. */
export const CHECKING = {
  heading: 'Check:',
  flags: {
    check: {
      help: 'do not try on some images whether preprocessing, units and labels are right; smoothcert check does it alone',
      decides: 'run',
      negated: true,
    },
    strict: { help: 'end with exit code 2 where that check finds something', decides: 'run' },
  },
} as const satisfies FlagGroup;

/** Words that people use for a device that computes fast. */
const FAST = ['gpu', 'cuda:0', 'nvidia', 'mps', 'metal'];

/** Returns which device of this machine a word for a GPU may mean. */
function deviceInstead(word: string): string | null {
  if (!FAST.includes(word.toLowerCase())) return null;
  if (platform() === 'darwin') return 'Use coreml, or webgpu. ';
  if (platform() === 'win32') return 'Use dml, or webgpu; cuda with a GPU of NVIDIA. ';
  return existsSync('/proc/driver/nvidia') ? 'Use cuda. ' : 'Use webgpu; cuda with a GPU of NVIDIA. ';
}

/** The device that the model runs on; a container may set it in the environment. */
export const DEVICE = {
  heading: 'Machine:',
  flags: {
    device: {
      argument: '<device>',
      help: `${DEVICES.join(', ')}; cpu and webgpu are tested; part of the job`,
      decides: 'job',
      preset: 'cpu',
      choices: DEVICES,
      instead: deviceInstead,
      env: true,
    },
  },
} as const satisfies FlagGroup;

/** The values of the flags of a job. */
export type JobFlags = ValuesOf<readonly [typeof INPUT, typeof CLAIM, typeof MODEL_WANTS, typeof DEVICE]>;
