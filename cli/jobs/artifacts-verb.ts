import { verb } from '../command/verb.js';
import { ACTIONS, ARTIFACTS_GROUPS, artifactsConfig } from './artifacts-flags.js';

const HELP = `
Examples:
  # A model, with its weight files if it has some
  smoothcert artifacts put M.onnx

  # Images; they are converted, and named by the digest of what they were converted to
  smoothcert artifacts put D.npz --images ::10

  smoothcert artifacts list`;

export const ARTIFACTS = verb({
  name: 'artifacts',
  description: 'List the models and images that a server has, or send it some; digests are printed.',
  operands: {
    action: { help: 'list or put', choices: ACTIONS },
    file: { help: 'put: a model, or images in any format that certify reads', optional: true },
  },
  groups: ARTIFACTS_GROUPS,
  help: HELP,
  async run({ operands: { action, file }, values, interruption }) {
    const config = artifactsConfig(action, file, values());
    const { artifacts } = await import('./artifact-actions.js');
    return artifacts(config, interruption());
  },
});
