import { verb } from '../command/verb.js';
import { CERTIFY_GROUPS, certifyConfig } from './certify-flags.js';

const EXAMPLES = `
Units: σ and every radius are in pixels scaled to [0, 1], before the model's own normalisation.
With --features they are in the units of the values.
Norms: radii are in L2, with --noise laplace or uniform in L1.

Examples:
  # A model that takes pixels in [0, 1]
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates

  # CIFAR-10 with the usual normalisation, every tenth image, finer radii
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates \\
    --mean 0.4914,0.4822,0.4465 --std 0.2471,0.2435,0.2616 --images ::10 --min-gain thorough

  # Certified accuracy at three radii: each image is drawn until it is decided, and no further
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out accuracy --stop target --radii 0.25,0.5,0.75

  # Radii in L1
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out l1 --noise laplace

  # Cohen et al.'s CERTIFY, to compare with the literature
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out fixed --stop fixed --n0 100 --max-samples 100000

Exit codes: 0 done; 2 the input is wrong; 3 some images failed, the others are certified; 1 our fault; 130 interrupted
(the same command again resumes).`;

export const CERTIFY = verb({
  name: 'certify',
  description:
    'Certify images: a class and a radius for each, right with probability 1 − α, or an abstention.',
  operands: {},
  groups: CERTIFY_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = certifyConfig(values());
    const { certify } = await import('./certify.js');
    const { tellerOf } = await import('./teller-of.js');
    return certify(config, interruption(), tellerOf(config));
  },
});
