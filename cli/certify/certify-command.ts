import { Command, Option } from 'commander';
import { DEFAULTS } from './config.js';
import { addClaim, addConfiguration, addInput, addModelWants, deviceOption } from './job-flags.js';
import { TOPK_ROWS } from '../results/topk-rows.js';

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

function addOutput(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--topk-rows', TOPK_ROWS)
    .option('--json', 'the summary as one JSON object on standard output')
    .option('--quiet', 'no summary and no progress')
    .option('--verbose', 'stack traces, and the last words of inference processes that end');
}

/** The flags that say how the machine is used; a container may set them in the environment. */
function addMachine(command: Command): Command {
  return command
    .optionsGroup('Machine:')
    .addOption(deviceOption())
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
  const certifying = new Command('certify').description(
    'Certify images: a class and an L2 radius for each, right with probability 1 − α, or an abstention.',
  );
  addConfiguration(certifying);
  addInput(certifying).option('--out <folder>', 'folder for the results; the same command into it resumes');
  addModelWants(addClaim(certifying));
  return addOutput(addMachine(certifying))
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES);
}
