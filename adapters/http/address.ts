import { BlockList, isIP } from 'node:net';
import { SmoothcertError } from '../../shared/errors.js';

/** Where a server listens. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const USUAL_HOST = '127.0.0.1';
const LARGEST_PORT = 65_535;
/** A host in brackets (IPv6) or without a colon, or none; then the port. */
const FORM = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/]*)):)?(\d{1,5})$/;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Parses `host:port`, `:port` or a port alone, IPv6 in brackets. Without a host the server listens to this machine only (127.0.0.1).
 * @param flag the flag whose value it is, for the error. @throws SmoothcertError OPTION_INVALID
 */
export function parseAddress(flag: string, text: string): Address {
  const [whole, six, name, digits] = FORM.exec(text) ?? [];
  const port = Number(digits);
  const known = six === undefined || isIP(six) === 6;
  if (whole !== undefined && port <= LARGEST_PORT && known)
    return { host: six ?? (name || USUAL_HOST), port };
  throw new SmoothcertError(
    'OPTION_INVALID',
    `${flag} ${text} is no address to listen at.`,
    'Write host:port, for example 127.0.0.1:50051, or [::1]:50051.',
  );
}

/** Formats an address as `parseAddress` reads it. */
export function showAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Returns true if only this machine can reach the host. A name other than localhost counts as reachable by others. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** How a server protects itself against processes that can reach it. */
export interface Protection {
  readonly tls: boolean;
  readonly tokens: boolean;
  /** The operator accepts a server without TLS and tokens (`--insecure`). */
  readonly insecure: boolean;
}

/** @throws SmoothcertError INSECURE_LISTENING for an address that other machines can reach, without TLS, tokens or `insecure` */
export function refuseInsecure(addresses: readonly Address[], { tls, tokens, insecure }: Protection): void {
  const open = addresses.find(({ host }) => !isLoopback(host));
  if (open === undefined || tls || tokens || insecure) return;
  throw new SmoothcertError(
    'INSECURE_LISTENING',
    `Whoever reaches ${showAddress(open)} could use this server: there is neither TLS nor a token.`,
    'Give --token-file, or --tls-cert and --tls-key, or both; or --insecure where the network lets nobody in.',
  );
}
