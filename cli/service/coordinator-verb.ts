import { verb } from '../command/verb.js';
import { COORDINATOR_GROUPS } from './coordinator-flags.js';

const HELP = `
Killed at any moment and started again, or started twice, it comes to the same certificates: the one that holds the lease issues work
and answers, the other waits.

  smoothcert coordinator --nats nats://127.0.0.1:4222 --store /var/lib/smoothcert
  smoothcert worker --nats nats://127.0.0.1:4222
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates`;

export const COORDINATOR = verb({
  name: 'coordinator',
  description:
    'Serve the gRPC API of a cluster: plan the samples of jobs, fold what workers count, decide, keep the results.',
  operands: {},
  groups: COORDINATOR_GROUPS,
  help: HELP,
  async run({ value, values, interruption }) {
    const [{ runCoordinator }, { withLog }] = await Promise.all([
      import('./run-coordinator.js'),
      import('./with-log.js'),
    ]);
    return withLog({ format: value('logFormat'), verbose: value('verbose') }, (log) =>
      runCoordinator(values(), log, interruption()),
    );
  },
});
