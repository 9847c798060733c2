import { Command } from 'commander';
import { addDevice, addListening, addRetention, addStore, logFormatOption } from './flags.js';

const HELP = `
The service on one machine without NATS: the same gRPC API, the same certificates. Killed and started again it goes on.

  smoothcert serve --store /var/lib/smoothcert
  smoothcert submit --model M.onnx --data D.npz --sigma 0.25 --out certificates`;

/** The flags of `serve`. */
export function serveCommand(): Command {
  const command = new Command('serve').description('Serve the gRPC API, and draw on this machine alone.');
  addDevice(addListening(addRetention(addStore(command))));
  return command
    .optionsGroup('Other:')
    .addOption(logFormatOption())
    .option('--verbose', 'stack traces, and the last words of inference processes that end')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
}
