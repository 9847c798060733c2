import { verb } from '../command/verb.js';
import { STUDY_GROUPS, studyConfig } from './study-flags.js';

const EXAMPLES = `
Every image is drawn once, with --stop fixed, and its counts are kept at 10, 16, 25, 32, 50, 64 … samples. Smaller numbers of samples, other
stopping rules and the normal approximation are then studied on these votes; nothing is drawn again.
Units: σ and radii are in pixels scaled to [0, 1], with --features in the units of the values.

Examples:
  # Three noise levels of one model
  smoothcert study --model M.onnx --data D.npz --sigma 0.12,0.25,0.5 --out study

  # A hundred images, to the number of samples of the literature
  smoothcert study --model M.onnx --data D.npz --sigma 0.25 --images 0:100 --max-samples 100000 --out study

  # Votes that are there already
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --stop fixed --keep-counts --out certificates
  smoothcert study --from certificates --out study

Exit codes: 0 done; 2 the input is wrong; 3 some images failed, the others were studied; 1 our fault; 130 interrupted
(the same command again resumes).`;

export const STUDY = verb({
  name: 'study',
  description:
    "Study how radius, certified accuracy and errors depend on the number of samples, from one drawing: the paper's experiments on your model.",
  operands: {},
  groups: STUDY_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = studyConfig(values());
    const { study } = await import('./study.js');
    return study(config, interruption());
  },
});
