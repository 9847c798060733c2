import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { optionError } from '../command/parse.js';

/** The address of the service and how to reach it. */
export interface ServerConfig {
  /** host:port */
  readonly address: string;
  readonly tokenFile: string | null;
  /** Null: a plain connection. */
  readonly tls: TlsFiles | null;
  /** The longest time that a server which went away is waited for. */
  readonly waitMs: number;
}

export interface TlsFiles {
  /** Null: the authorities that Node knows. */
  readonly ca: string | null;
  readonly client: { readonly cert: string; readonly key: string } | null;
}

const DEFAULT_PORT = '50051';
const DEFAULT_SERVER = `127.0.0.1:${DEFAULT_PORT}`;
const MAX_WAIT_SECONDS = 7 * 86_400;

/** The flags of every command that talks to a service. */
export const SERVER = {
  heading: 'Server:',
  flags: {
    server: {
      argument: '<host:port>',
      help: 'the coordinator to talk to',
      decides: 'run',
      preset: DEFAULT_SERVER,
      env: true,
    },
    tokenFile: {
      argument: '<file>',
      help: 'file with the token that the server asks for',
      decides: 'run',
      env: true,
    },
    tls: { help: 'connect with TLS', decides: 'run' },
    tlsCa: {
      argument: '<file>',
      help: 'with --tls: PEM of the authority that signed for the server',
      decides: 'run',
    },
    tlsCert: { argument: '<file>', help: "with --tls: PEM of the client's certificate", decides: 'run' },
    tlsKey: { argument: '<file>', help: 'with --tls: PEM of its key', decides: 'run' },
    waitSeconds: {
      argument: '<s>',
      help: 'how long to wait for a server that went away',
      decides: 'run',
      preset: '300',
      number: { least: 0, most: MAX_WAIT_SECONDS },
    },
  },
} as const satisfies FlagGroup;

export type ServerFlags = ValuesOf<readonly [typeof SERVER]>;

/** @throws OPTION_INVALID */
export function serverConfig(flags: ServerFlags): ServerConfig {
  return {
    address: addressOf(flags.server),
    tokenFile: flags.tokenFile ?? null,
    tls: tlsOf(flags),
    waitMs: 1000 * flags.waitSeconds,
  };
}

/** Returns true if a token would leave this machine without encryption. */
export const sendsTokenOpenly = ({ address, tokenFile, tls }: ServerConfig): boolean =>
  tokenFile !== null && tls === null && !isLoopback(address);

/** Returns true if an address, host:port, is of this machine alone. */
export const isLoopback = (address: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+$/i.test(address);

/** Reads host:port: a name or an address, IPv6 in brackets. */
function addressOf(text: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (match && port >= 1 && port <= 65_535) return `${match[1]!}:${port}`;
  throw optionError(
    `--server ${text} is not host:port.`,
    `Write for example ${DEFAULT_SERVER} or [::1]:${DEFAULT_PORT}; for an encrypted connection add --tls.`,
  );
}

function tlsOf({ tls, tlsCa, tlsCert, tlsKey }: ServerFlags): TlsFiles | null {
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

/** Returns the flags that make another command talk to the same server, with a space before, or nothing. */
export function serverWords({ address, tls }: ServerConfig): string {
  const words = [...(address === DEFAULT_SERVER ? [] : [`--server ${address}`]), ...(tls ? ['--tls'] : [])];
  return words.map((word) => ` ${word}`).join('');
}
