import { verb } from '../command/verb.js';
import { PREDICT_GROUPS, predictConfig } from './predict-flags.js';

const EXAMPLES = `
The class is that of the smoothed classifier: the one that the model most often answers with under noise. With probability
1 − α it is, or the image abstains. It is not claimed that the class is the label, and no radius is proved around the
image; smoothcert certify proves radii.

Units: σ is in pixels scaled to [0, 1], before the model's own normalisation; with --features in the units of the values.

Examples:
  # Each image is drawn until its class is decided
  smoothcert predict --model M.onnx --data D.npz --sigma 0.25 --out classes

  # Cohen et al.'s PREDICT, to compare with the literature
  smoothcert predict --model M.onnx --data D.npz --sigma 0.25 --out predicted --bound two-sided --max-samples 1000

Exit codes: as certify.`;

export const PREDICT = verb({
  name: 'predict',
  description:
    'Predict images: the class of the smoothed classifier with probability 1 − α, or an abstention; no radius.',
  operands: {},
  groups: PREDICT_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = predictConfig(values());
    const { certify } = await import('./certify.js');
    const { tellerOf } = await import('./teller-of.js');
    return certify(config, interruption(), tellerOf(config));
  },
});
