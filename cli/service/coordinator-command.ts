import { Command } from 'commander';
import { addListening, addNats, addRetention, addStore, logFormatOption } from './flags.js';

const HELP = `
Killed at any moment and started again, or started twice, it comes to the same certificates: the one that holds the lease issues work
and answers, the other waits.

  smoothcert coordinator --nats nats://127.0.0.1:4222 --store /var/lib/smoothcert
  smoothcert worker --nats nats://127.0.0.1:4222
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates`;

/** The flags of `coordinator`. */
export function coordinatorCommand(): Command {
  const command = new Command('coordinator').description(
    'Serve the gRPC API of a cluster: plan the samples of jobs, fold what workers count, decide, keep the results.',
  );
  addNats(addListening(addRetention(addStore(command))));
  return command
    .optionsGroup('Cluster:')
    .option('--advertise <url>', 'where workers fetch artifacts (default: the address of --http)')
    .addOption(logFormatOption())
    .option('--verbose', 'stack traces')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
}
