import { Option, type Command } from 'commander';
import { DEVICES } from '../../shared/job.js';
import { boundHelp, stopHelp } from './claim-help.js';
import { DEFAULTS, MIN_GAIN_NAMES } from './config.js';

/** The flags that say what a job is: the same words, units and defaults for every command that begins one. */

const names = Object.entries(MIN_GAIN_NAMES).map(([name, value]) => `${name} = ${value}`);

export function addConfiguration(command: Command): Command {
  return command
    .optionsGroup('Configuration:')
    .addOption(
      new Option(
        '--config <file>',
        'flags from a YAML or JSON file, by their names; those given here win',
      ).env('SMOOTHCERT_CONFIG'),
    )
    .option('--print-config', 'print the flags in force, as a file that --config takes, and end');
}

export function addInput(command: Command): Command {
  return command
    .optionsGroup('Input:')
    .option('--model <file>', 'ONNX classifier')
    .option(
      '--data <file>',
      'images: .npz or .npy as NumPy saves them (uint8, or floats in [0, 1]), IDX, CIFAR batches, or a folder of PNG or JPEG',
    )
    .option(
      '--labels <file>',
      'labels: .npy, .npz, IDX, or for pictures a CSV; win over labels inside --data',
    )
    .option('--images <range>', 'start:stop:step, as in Python (default: all)');
}

export function addClaim(command: Command): Command {
  return command
    .optionsGroup('Claim:')
    .option('--sigma <σ>', 'standard deviation of the noise, in pixels scaled to [0, 1]')
    .option('--alpha <α>', 'probability of a wrong certificate, per image, at most 0.25', DEFAULTS.alpha)
    .option('--stop <rule>', stopHelp(), 'gain')
    .option('--bound <bound>', boundHelp())
    .option('--radii <r,…>', 'with target: ascending, in pixels scaled to [0, 1], for example 0.25,0.5,1.0')
    .option(
      '--min-gain <gain>',
      `with gain, two-stage: radius, in σ, that 1,000 further samples must be forecast to add; ${names.join(', ')} (default: ${MIN_GAIN_NAMES.default})`,
    )
    .option(
      '--max-samples <n>',
      'most samples an image (two-stage: pilot included); with fixed: the samples of the bound',
      DEFAULTS.maxSamples,
    )
    .option('--n0 <n>', `with fixed: samples that choose the class, drawn beside (default: ${DEFAULTS.n0})`)
    .option('--seed <seed>', '0 to 2^64 − 1 (default: drawn at random, printed, kept in job.json)');
}

export function addModelWants(command: Command): Command {
  return command
    .optionsGroup('What the model wants, given pixels p in [0, 1]: (p · scale − mean) / std')
    .option('--input-scale <scale>', 'for example 255', '1')
    .option('--mean <m,…>', 'one value, or one a channel, after the scale (default: 0)')
    .option('--std <s,…>', 'one value, or one a channel (default: 1)')
    .option('--layout <layout>', "the model's input: nchw, nhwc, flat or auto", 'auto')
    .option('--output <name>', 'the model output with one score a class (default: the one that fits)')
    .option(
      '--batch <rows>',
      'rows a run of the model (default: chosen from its size, checked against one row)',
    );
}

/** Where the model runs: a container may set it in the environment. */
export function deviceOption(): Option {
  return new Option('--device <device>', `${DEVICES.join(', ')}; cpu and webgpu are tested; part of the job`)
    .default('cpu')
    .env('SMOOTHCERT_DEVICE');
}
