import { CertificationClient } from '../client/certification-client.js';
import { EXIT } from '../command/exit.js';
import { sendsTokenOpenly, type ServerConfig } from './server-flags.js';

/**
 * Runs a command with a client, which it closes: the command's exit code, or that of an interruption. What is waited for is said on
 * standard error.
 */
export async function withClient(
  server: ServerConfig,
  interrupt: AbortSignal,
  command: (client: CertificationClient) => Promise<number>,
): Promise<number> {
  if (sendsTokenOpenly(server))
    process.stderr.write(
      `Note: the token goes to ${server.address} without encryption: whoever is on the way can read it. Add --tls.\n`,
    );
  using client = await CertificationClient.open(server, interrupt, ({ message }) => {
    process.stderr.write(`${message} Waiting up to ${server.waitMs / 1000} s for it.\n`);
  });
  try {
    return await command(client);
  } catch (error) {
    if (interrupt.aborted) return EXIT.interrupted;
    throw error;
  }
}
