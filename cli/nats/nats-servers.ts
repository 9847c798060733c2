import { optionError } from '../command/parse.js';

/** The addresses of NATS, and the login that they hold. */
export interface NatsServers {
  /** Without user and password: they are shown. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

const SERVER = /^([a-z][a-z0-9+.-]*:\/\/)?([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?\/?$|^[0-9a-f:.]+$/i;

/**
 * Addresses as NATS writes them: user:password@ or token@ may stand before the host, percent-encoded; the first one that has it says it
 * for all. Nothing but this function sees it there, so that no address that is printed has it.
 * @throws SmoothcertError OPTION_INVALID, which does not repeat what may be a password
 */
export function natsServersOf(list: string): NatsServers {
  const split = list.split(',').map((address) => {
    const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(address.trim())!;
    const at = rest.lastIndexOf('@');
    return { server: scheme + rest.slice(at + 1), login: at < 0 ? null : rest.slice(0, at) };
  });
  const servers = split.map(({ server }) => server);
  if (!servers.every((server) => SERVER.test(server))) {
    throw optionError(
      '--nats is no list of addresses.',
      'Write host:port, with commas between several; in a password write @ , / and : as %40 %2C %2F and %3A.',
    );
  }
  const login = split.find((one) => one.login !== null)?.login;
  if (login === undefined || login === null) return { servers };
  const colon = login.indexOf(':');
  if (colon < 0) return { servers, token: decoded(login) };
  return { servers, user: decoded(login.slice(0, colon)), password: decoded(login.slice(colon + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
