import { Command, Option } from 'commander';
import { DEVICES } from '../shared/job.js';
import { DEFAULTS, MIN_GAIN_NAMES } from './config.js';

const EXAMPLES = `
Units: σ and every radius are in pixels scaled to [0, 1], before the model's own normalisation.

Examples:
  # A model that takes pixels in [0, 1]
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates

  # CIFAR-10 with the usual normalisation, every tenth image, finer radii
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates \\
    --mean 0.4914,0.4822,0.4465 --std 0.2471,0.2435,0.2616 --images ::10 --min-gain thorough

  # Certified accuracy at three radii: each image is decided, and no further drawn
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out accuracy --stop target --radii 0.25,0.5,0.75

  # Cohen et al.'s CERTIFY, to compare with the literature
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out fixed --stop fixed --n0 100 --max-samples 100000

Exit codes: 0 done; 2 the input is wrong; 3 some images failed, the others are certified; 1 our fault; 130 interrupted
(the same command again resumes).`;

const names = Object.entries(MIN_GAIN_NAMES).map(([name, value]) => `${name} = ${value}`);

function addOutput(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'the summary as one JSON object on standard output')
    .option('--quiet', 'no summary and no progress')
    .option('--verbose', 'stack traces, and the last words of inference processes that end');
}

/** The flags that say how the machine is used; a container may set them in the environment. */
function addMachine(command: Command): Command {
  return command
    .optionsGroup('Machine:')
    .addOption(
      new Option('--device <device>', `${DEVICES.join(', ')}; cpu and webgpu are tested; part of the job`)
        .default('cpu')
        .env('SMOOTHCERT_DEVICE'),
    )
    .addOption(
      new Option(
        '--processes <n>',
        'inference processes; free to change (default: one a core on cpu, else 1)',
      ).env('SMOOTHCERT_PROCESSES'),
    )
    .addOption(
      new Option(
        '--hang-seconds <s>',
        'a silent inference process is replaced after this long; free to change',
      )
        .default(DEFAULTS.hangSeconds)
        .env('SMOOTHCERT_HANG_SECONDS'),
    );
}

/** The flags of `certify`: names, units and defaults; their values are checked by config.ts. */
export function certifyCommand(): Command {
  const certifying = new Command('certify')
    .description(
      'Certify images: a class and an L2 radius for each, right with probability 1 − α, or an abstention.',
    )
    .optionsGroup('Configuration:')
    .addOption(
      new Option(
        '--config <file>',
        'flags from a YAML or JSON file, by their names; those given here win',
      ).env('SMOOTHCERT_CONFIG'),
    )
    .option('--print-config', 'print the flags in force, as a file that --config takes, and end')
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
    .option('--images <range>', 'start:stop:step, as in Python (default: all)')
    .option('--out <folder>', 'folder for the results; the same command into it resumes')
    .optionsGroup('Claim:')
    .option('--sigma <σ>', 'standard deviation of the noise, in pixels scaled to [0, 1]')
    .option('--alpha <α>', 'probability of a wrong certificate, per image, at most 0.25', DEFAULTS.alpha)
    .option(
      '--stop <rule>',
      'gain: stop when more samples no longer pay; target: when the --radii are decided; two-stage: after as many as a pilot finds worth it; fixed: Cohen et al.',
      'gain',
    )
    .option(
      '--bound <bound>',
      'with gain: spending (default) or anytime; target: anytime; two-stage: clopper-pearson; fixed: clopper-pearson (default), or clt, which is approximate and certifies nothing',
    )
    .option('--radii <r,…>', 'with target: ascending, in pixels scaled to [0, 1], for example 0.25,0.5,1.0')
    .option(
      '--min-gain <gain>',
      `with gain, two-stage: radius, in σ, that 1,000 further samples must be forecast to add; ${names.join(', ')}`,
    )
    .option(
      '--max-samples <n>',
      'most samples an image (two-stage: pilot included); with fixed: the samples of the bound',
      DEFAULTS.maxSamples,
    )
    .option('--n0 <n>', `with fixed: samples that choose the class, drawn beside (default: ${DEFAULTS.n0})`)
    .option('--seed <seed>', '0 to 2^64 − 1 (default: drawn at random, printed, kept in job.json)')
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
  return addOutput(addMachine(certifying))
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES);
}
