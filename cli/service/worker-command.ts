import { Command, Option } from 'commander';
import { addDevice, addNats, logFormatOption } from './flags.js';

const HELP = `
It takes tasks of every job whose numeric class is its own, and looks at models for coordinators. On SIGTERM it hands back what it has
not drawn, and exits 0.

  smoothcert worker --nats nats://nats.example:4222 --device cuda`;

/** The flags of `worker`. */
export function workerCommand(): Command {
  const command = new Command('worker').description('Draw samples for the jobs of a cluster.');
  addNats(addDevice(command));
  const flag = (flags: string, description: string, variable: string) =>
    new Option(flags, description).env(`SMOOTHCERT_${variable}`);
  return command
    .optionsGroup('Artifacts:')
    .addOption(flag('--cache <folder>', 'models and images, by digest (default: the user’s cache)', 'CACHE'))
    .addOption(
      flag('--cache-gib <n>', 'most space for those that no job needs now', 'CACHE_GIB').default('20'),
    )
    .addOption(
      flag(
        '--store <folder>',
        'a coordinator’s --store that this machine can read: nothing is fetched',
        'STORE',
      ),
    )
    .addOption(
      flag(
        '--artifacts <url>',
        'where artifacts are fetched (default: where the coordinator says)',
        'ARTIFACTS',
      ),
    )
    .addOption(flag('--token-file <file>', 'bearer token of the coordinator', 'TOKEN_FILE'))
    .addOption(flag('--artifacts-ca <file>', 'PEM of the authorities that it is trusted by', 'ARTIFACTS_CA'))
    .addOption(flag('--artifacts-cert <file>', 'PEM of our certificate for it', 'ARTIFACTS_CERT'))
    .addOption(flag('--artifacts-key <file>', 'PEM of its key', 'ARTIFACTS_KEY'))
    .optionsGroup('Listening:')
    .addOption(
      flag(
        '--http <host:port>',
        'health and metrics, nothing secret (default: 127.0.0.1:9465, or a free port where that is in use)',
        'WORKER_HTTP',
      ),
    )
    .optionsGroup('Cluster:')
    .addOption(
      flag('--name <name>', 'unique in the cluster (default: host, pid and a random part)', 'WORKER'),
    )
    .addOption(logFormatOption())
    .option('--verbose', 'stack traces, and the last words of inference processes that end')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
}
