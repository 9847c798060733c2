import { verb } from '../command/verb.js';
import { outputGroup } from './job-view-flags.js';
import { SERVER, serverConfig } from './server-flags.js';

export const WORKERS = verb({
  name: 'workers',
  description: 'List the workers of a server: what each draws, how fast, and when it was last heard of.',
  operands: {},
  groups: [SERVER, outputGroup('one JSON array on standard output')],
  async run({ value, values, interruption }) {
    const server = serverConfig(values());
    const { listWorkers } = await import('./workers.js');
    return listWorkers(server, value('json'), interruption());
  },
});
