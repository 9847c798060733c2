import { verb } from '../command/verb.js';
import { SCORES_GROUPS, scoresConfig } from './scores-flags.js';

const EXAMPLES = `
Images are read, rounded and prepared as certify does it, and the model runs in the same ONNX Runtime. No noise is added.
An exported model is the original one if both give the same scores but for rounding: compare the file with what the original
computes.

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
