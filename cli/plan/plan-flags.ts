import { NOISE_KINDS } from '../../shared/job.js';
import { SPEC_DEFAULTS } from '../../shared/job-spec.js';
import type { Range } from '../../shared/range.js';
import { PRIOR_NAMES } from '../../analysis/populations/priors.js';
import { noiseHelp } from '../certify/claim-help.js';
import { CHECKING, DEVICE, INPUT, MIN_GAIN_NAMES, MODEL_WANTS } from '../certify/job-flags.js';
import type { FlagGroup } from '../command/flag.js';

const ABOVE_ZERO: Range = { above: 0, most: 1e12 };

/** Where the images come from: one of these. */
const SOURCE = {
  heading: 'Images (their probabilities; one of --from, --prior, --pilot):',
  flags: {
    from: {
      argument: '<path>',
      help: "a folder of smoothcert certify, its results.jsonl, or a TSV in the form of Cohen et al.'s certify.py; again for another, for example of another σ",
      decides: 'run',
      repeated: true,
    },
    prior: {
      argument: '<prior>',
      help: `images that are assumed: ${PRIOR_NAMES.join(', ')}, with parameters as in bimodal:share=0.75,beta=0.5,power=3`,
      decides: 'run',
    },
    pilot: {
      help: 'draw a small pilot on --model and --data first; it is kept in the folder pilot of --out',
      decides: 'run',
    },
    sigma: {
      argument: '<σ>',
      help: 'standard deviation of the noise (default: that of the folder; of a TSV a usual one that explains its radii; 1 for --prior); needed with --pilot',
      decides: 'run',
      number: ABOVE_ZERO,
    },
    noise: {
      argument: '<noise>',
      help: `where no folder says it; ${noiseHelp()}`,
      decides: 'run',
      preset: SPEC_DEFAULTS.noise,
      choices: NOISE_KINDS,
    },
    tableSamples: {
      argument: '<n>',
      help: 'of a TSV: samples that bound each of its radii',
      decides: 'run',
      preset: '100000',
      number: { least: 10, most: 1e9, whole: true },
    },
  },
} as const satisfies FlagGroup;

const QUESTION = {
  heading: 'Question:',
  flags: {
    loss: {
      argument: '<percent>',
      help: 'least samples that lose at most so many percent of the average certified radius of n = 100,000 (default: 5, if nothing else is asked)',
      decides: 'run',
      number: { above: 0, most: 99 },
    },
    reach: {
      argument: '<r:share,…>',
      help: 'least samples for a certified accuracy at a radius, for example 0.5:0.6',
      decides: 'run',
    },
    hours: {
      argument: '<hours>',
      help: 'the most that can be had in so many hours, at --rate',
      decides: 'run',
      number: ABOVE_ZERO,
    },
    rate: {
      argument: '<samples/s>',
      help: 'samples a second, for times (default: what the pilot measures)',
      decides: 'run',
      number: ABOVE_ZERO,
    },
    price: { argument: '<amount>', help: 'cost of an hour, for costs', decides: 'run', number: ABOVE_ZERO },
    count: {
      argument: '<images>',
      help: 'images that you will certify, for times (default: those of the source)',
      decides: 'run',
      number: { least: 1, most: 1e9, whole: true },
    },
  },
} as const satisfies FlagGroup;

const CLAIM = {
  heading: 'Claim (several values: a row for each):',
  flags: {
    samples: {
      argument: '<n,…>',
      help: 'samples of fixed, and --max-samples of the other rules (default: 10 to 100,000 of fixed, 100,000 of the others)',
      decides: 'run',
    },
    radii: {
      argument: '<r,…>',
      help: 'ascending, for certified accuracy and the rule target (default: round ones)',
      decides: 'run',
    },
    alpha: {
      argument: '<α,…>',
      help: `probability of a wrong certificate, per image (default: that of the source, or ${SPEC_DEFAULTS.alpha})`,
      decides: 'run',
    },
    n0: {
      argument: '<n,…>',
      help: 'of fixed: samples that choose the class, drawn before the others',
      decides: 'run',
      preset: `${SPEC_DEFAULTS.selection}`,
    },
    minGain: {
      argument: '<gain,…>',
      help: `of gain and two-stage (default: ${Object.keys(MIN_GAIN_NAMES).join(', ')})`,
      decides: 'run',
    },
  },
} as const satisfies FlagGroup;

export const PILOT = {
  heading: 'Pilot (and the flags of smoothcert certify for the model):',
  flags: {
    model: { argument: '<file>', help: INPUT.flags.model.help, decides: 'run' },
    data: { argument: '<file>', help: INPUT.flags.data.help, decides: 'run' },
    labels: { argument: '<file>', help: INPUT.flags.labels.help, decides: 'run' },
    features: { help: INPUT.flags.features.help, decides: 'run' },
    clip: { help: INPUT.flags.clip.help, decides: 'run' },
    bgr: { help: INPUT.flags.bgr.help, decides: 'run' },
    images: {
      argument: '<range>',
      help: 'of the pilot: start:stop:step, as in Python; ::10 is better than 0:100 where images are sorted by class',
      decides: 'run',
      preset: '0:100',
    },
    pilotSamples: {
      argument: '<n>',
      help: 'samples of the pilot an image, behind 100 that choose the class',
      decides: 'run',
      preset: '1000',
      number: { least: 100, most: 1e6, whole: true },
    },
    ...MODEL_WANTS.flags,
    ...CHECKING.flags,
    ...DEVICE.flags,
  },
} as const satisfies FlagGroup;

const OUTPUT = {
  heading: 'Output:',
  flags: {
    out: {
      argument: '<folder>',
      help: 'for plan.csv, plan.json and figures as SVG (default: none are written; plan with --pilot)',
      decides: 'run',
    },
    json: { help: 'the plan as one JSON object on standard output', decides: 'run' },
    quiet: { help: 'no progress', decides: 'run' },
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const PLAN_GROUPS = [SOURCE, QUESTION, CLAIM, PILOT, OUTPUT] as const;
