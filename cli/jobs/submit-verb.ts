import { verb } from '../command/verb.js';
import { SUBMIT_GROUPS, submitConfig } from './submit-flags.js';

const HELP = `
The job goes on if this command ends, by Ctrl-C too; smoothcert watch shows it again, smoothcert cancel ends it.

Examples:
  # Certify on a server of this machine, and write the files that certify writes
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates

  # Hand it over and go; the id is printed
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --detach --server cluster:50051 --tls

Exit codes: as certify; 2 also for a job that was cancelled or cannot be run, 130 if this command left it.`;

export const SUBMIT = verb({
  name: 'submit',
  description: 'Certify images on a server: send it what it lacks, watch the job, take its certificates.',
  operands: {},
  groups: SUBMIT_GROUPS,
  help: HELP,
  async run({ values, interruption }) {
    const config = submitConfig(values());
    const { submit } = await import('./submit.js');
    return submit(config, interruption());
  },
});
