import { verb } from '../command/verb.js';
import { CHECK_GROUPS, checkVerbConfig } from './check-flags.js';

const EXAMPLES = `
The model is run on up to 100 images, as the flags say and in the usual other ways: scale 1 and 255, the means and standard
deviations of CIFAR-10, CIFAR-100, ImageNet and MNIST, [−1, 1], blue first, the other layout. With labels, another way is
called right if it makes clearly more images right, or no fewer with scores that fit the labels clearly better (exact
paired tests; a right way is called wrong in at most 1 % of uses). Without labels it is a suspicion. Units and labels are
checked, too. If the noise takes many right answers, that is said; it is no error. certify and submit do the same when a job
begins, in less time.

Examples:
  # Are these the right flags?
  smoothcert check --model M.onnx --data D.npz --sigma 0.25

  # In a script: exit code 2 if something is wrong
  smoothcert check --model M.onnx --data D.npz --sigma 0.25 --mean 0.5 --std 0.5 --strict

Exit codes: 0, 2 wrong input or, with --strict, something found, 1 faults of smoothcert.`;

export const CHECK = verb({
  name: 'check',
  description:
    'Check on some images whether preprocessing, units and labels are right, before a job is begun.',
  operands: {},
  groups: CHECK_GROUPS,
  help: EXAMPLES,
  async run({ values, interruption }) {
    const config = checkVerbConfig(values());
    const { check } = await import('./check.js');
    return check(config, interruption());
  },
});
