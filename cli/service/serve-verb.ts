import { verb } from '../command/verb.js';
import { SERVE_GROUPS } from './serve-flags.js';

const HELP = `
The service on one machine without NATS: the same gRPC API, the same certificates. Killed and started again it goes on.

  smoothcert serve --store /var/lib/smoothcert
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates`;

export const SERVE = verb({
  name: 'serve',
  description: 'Serve the gRPC API, and draw on this machine alone.',
  operands: {},
  groups: SERVE_GROUPS,
  help: HELP,
  async run({ value, values, interruption }) {
    const [{ runServe }, { withLog }] = await Promise.all([
      import('./run-serve.js'),
      import('./with-log.js'),
    ]);
    return withLog({ format: value('logFormat'), verbose: value('verbose') }, (log) =>
      runServe(values(), log, interruption()),
    );
  },
});
