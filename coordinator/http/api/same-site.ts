import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { SmoothcertError } from '../../../shared/errors.js';

/** The header that a request which changes something must have: a browser sends it to another site only after asking, and is never answered. */
export const CHANGE_HEADER = 'x-smoothcert';

/**
 * Refuses requests that a browser makes for another site. Whoever can send a request by himself can send any header: this protects people
 * whose browser can reach the server, from sites that they look at.
 *
 * - A change needs the header `x-smoothcert`, which no form, link or picture can send, and an Origin, if there is one, of this server.
 * - Nothing is loaded into another site: Sec-Fetch-Site, if there is one, is same-origin, or the person typed or followed the address.
 * - Without tokens the Host must be one that no stranger's domain can be: an IP address, localhost, or a name that is this server's. A domain
 *   that is pointed to this machine (DNS rebinding) is none of these.
 *
 * @param hosts names of this server, in lower case; null: tokens protect it, which another site has not
 * @throws SmoothcertError ORIGIN_REFUSED
 */
export function refuseForeign({ method, headers }: IncomingMessage, hosts: ReadonlySet<string> | null): void {
  const host = hostNameOf(headers.host);
  if (hosts !== null && !isOwnHost(host, hosts)) throw unknownHost(host);
  const site = headers['sec-fetch-site'];
  const direct = site === undefined || site === 'same-origin' || site === 'none';
  const changes = method !== 'GET' && method !== 'HEAD';
  if (!changes) {
    if (direct || headers['sec-fetch-mode'] === 'navigate') return;
    throw foreign('Another site made this browser ask.', 'Open the address in a tab of its own.');
  }
  const { origin } = headers;
  const same = origin === undefined || originHostOf(origin) === headers.host?.toLowerCase();
  if (!direct || !same) {
    throw foreign('Another site made this browser ask for a change.', 'Use the page of this server.');
  }
  if (headers[CHANGE_HEADER] === '1') return;
  throw foreign(
    `A request that changes something needs the header ${CHANGE_HEADER}.`,
    `Send it with ${CHANGE_HEADER}: 1.`,
  );
}

function isOwnHost(host: string | null, hosts: ReadonlySet<string>): boolean {
  return host !== null && (isIP(host) !== 0 || host === 'localhost' || hosts.has(host));
}

/** Returns the name in a Host header, in lower case, without port and brackets; null if it is none. */
function hostNameOf(header: string | undefined): string | null {
  const found = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}?)\.?)(?::\d{1,5})?$/.exec(
    header?.toLowerCase() ?? '',
  );
  return found?.[1] ?? found?.[2] ?? null;
}

/** Returns host and port of an Origin header; null if it is none, as that of a sandboxed page. */
function originHostOf(origin: string): string | null {
  const found = /^https?:\/\/([^/\s]+)$/.exec(origin.toLowerCase());
  return found?.[1] ?? null;
}

const foreign = (message: string, remedy: string) => new SmoothcertError('ORIGIN_REFUSED', message, remedy);

const unknownHost = (host: string | null) =>
  foreign(
    `This server is not known as ${host ?? 'what the request calls it'}.`,
    'Use its IP address, localhost or the name of its machine; or give the server tokens (--token-file), then any name will do.',
  );
