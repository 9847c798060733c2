import { Option, type Command } from 'commander';
import { optionError, parseNumber } from '../command/parse.js';

/** Where the service is, as typed. */
export interface RawServerOptions {
  readonly server: string;
  readonly tokenFile?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly waitSeconds: string;
}

/** Where the service is and how to reach it. */
export interface ServerConfig {
  /** host:port */
  readonly address: string;
  readonly tokenFile: string | null;
  /** Null: a plain connection. */
  readonly tls: TlsFiles | null;
  /** How long a server that went away is waited for. */
  readonly waitMs: number;
}

export interface TlsFiles {
  /** Null: the authorities that Node knows. */
  readonly ca: string | null;
  readonly client: { readonly cert: string; readonly key: string } | null;
}

export const DEFAULT_SERVER = '127.0.0.1:50051';
const DEFAULT_PORT = '50051';
const LONGEST_WAIT = 7 * 86_400;

/** The flags of every command that talks to a service. */
export function addServer(command: Command): Command {
  return command
    .optionsGroup('Server:')
    .addOption(
      new Option('--server <host:port>', 'the coordinator to talk to')
        .default(DEFAULT_SERVER)
        .env('SMOOTHCERT_SERVER'),
    )
    .addOption(
      new Option('--token-file <file>', 'file with the token that the server asks for').env(
        'SMOOTHCERT_TOKEN_FILE',
      ),
    )
    .option('--tls', 'connect with TLS')
    .option('--tls-ca <file>', 'with --tls: PEM of the authority that signed for the server')
    .option('--tls-cert <file>', "with --tls: PEM of the client's certificate")
    .option('--tls-key <file>', 'with --tls: PEM of its key')
    .option('--wait-seconds <s>', 'how long to wait for a server that went away', '300');
}

/** @throws OPTION_INVALID */
export function compileServer(command: string, raw: RawServerOptions): ServerConfig {
  return {
    address: addressOf(raw.server),
    tokenFile: raw.tokenFile ?? null,
    tls: tlsOf(raw),
    waitMs:
      1000 * parseNumber('--wait-seconds', raw.waitSeconds, { least: 0, most: LONGEST_WAIT }, '', command),
  };
}

/** host:port, a name or an address, IPv6 in brackets. */
function addressOf(text: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (match && port >= 1 && port <= 65_535) return `${match[1]!}:${port}`;
  throw optionError(
    `--server ${text} is not host:port.`,
    `Write for example ${DEFAULT_SERVER} or [::1]:${DEFAULT_PORT}; for an encrypted connection add --tls.`,
  );
}

function tlsOf({ tls, tlsCa, tlsCert, tlsKey }: RawServerOptions): TlsFiles | null {
  if (!tls) {
    const given = Object.entries({ '--tls-ca': tlsCa, '--tls-cert': tlsCert, '--tls-key': tlsKey });
    const flag = given.find(([, value]) => value !== undefined)?.[0];
    if (flag === undefined) return null;
    throw optionError(`${flag} has no meaning without --tls.`, `Leave ${flag} out, or add --tls.`);
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw optionError('--tls-cert and --tls-key are of no use one without the other.', 'Give both or none.');
  }
  const client = tlsCert === undefined || tlsKey === undefined ? null : { cert: tlsCert, key: tlsKey };
  return { ca: tlsCa ?? null, client };
}

/** The flags that make another command talk to the same server, with a space before, or nothing. */
export function serverWords({ address, tls }: ServerConfig): string {
  const words = [...(address === DEFAULT_SERVER ? [] : [`--server ${address}`]), ...(tls ? ['--tls'] : [])];
  return words.map((word) => ` ${word}`).join('');
}
