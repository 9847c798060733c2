import { verb } from '../command/verb.js';
import { VERIFY_GROUPS, verifyConfig } from './verify-flags.js';

const HELP = `
Every bound is recomputed from the counts by a second implementation, in exact arithmetic; results.* are compared with what
job.json and the ledger give; nothing is written. docs/verify.md says what that shows and what it cannot show.

Examples:
  smoothcert verify certificates
  # Draw 1 % of the shards again, chosen at random, and compare the votes
  smoothcert verify certificates --model M.onnx --data D.npz --share 0.01
  # Somebody else's results
  smoothcert verify cohen.tsv --sigma 0.5 --samples 100000 --alpha 0.001

Exit codes: 0 what was checked holds; 4 something does not hold; 2 there is nothing to verify, or the input is wrong; 130 interrupted.`;

export const VERIFY = verb({
  name: 'verify',
  description:
    'Check results that somebody hands over: a folder of certify, or a .tsv file in the form of Cohen et al.',
  operands: { path: { help: 'a folder that certify wrote, or a .tsv file' } },
  groups: VERIFY_GROUPS,
  help: HELP,
  async run({ operands: { path }, values, interruption }) {
    const config = verifyConfig(path, values());
    const { verify } = await import('./verify.js');
    return verify(config, interruption());
  },
});
