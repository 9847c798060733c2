import { verb } from '../command/verb.js';
import { SCORES_GROUPS, scoresConfig } from './scores-flags.js';

const EXAMPLES = `
Images are read, rounded and prepared as certify does it, and the model runs in the same ONNX Runtime. No noise is added.
Compare the file with the scores of the original model on the same images: but for rounding they must agree. That shows it for
these images alone.

Example:
  # The scores of the first eight images
  smoothcert scores --model M.onnx --data D.npz --sigma 0.25 --images 0:8 --out scores.npy

Exit codes: 0, 2 wrong input, 1 faults of smoothcert.`;

export const SCORES = verb({
  name: 'scores',
  description: 'Write the scores that a model gives to images, without noise, into a .npy file.',
  operands: {},
  groups: SCORES_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = scoresConfig(values());
    const { scores } = await import('./scores.js');
    return scores(config, interruption());
  },
});
