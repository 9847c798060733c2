import { verb } from '../command/verb.js';
import { WORKER_GROUPS } from './worker-flags.js';

const HELP = `
It takes tasks of every job whose numeric class is its own, and looks at models for coordinators. On SIGTERM it hands back what it has
not drawn, and exits 0.

  smoothcert worker --nats nats://nats.example:4222 --device cuda`;

export const WORKER = verb({
  name: 'worker',
  description: 'Draw samples for the jobs of a cluster.',
  operands: {},
  groups: WORKER_GROUPS,
  help: HELP,
  async run({ value, values, interruption }) {
    const [{ runWorker }, { withLog }] = await Promise.all([
      import('./run-worker.js'),
      import('../service/with-log.js'),
    ]);
    return withLog({ format: value('logFormat'), verbose: value('verbose') }, (log) =>
      runWorker(values(), log, interruption()),
    );
  },
});
