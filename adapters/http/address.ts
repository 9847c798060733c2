import { BlockList, isIP } from 'node:net';
import { SmoothcertError } from '../../shared/errors.js';

/** Where a server listens. */
export interface Address {
  /** A name or an IP address, the latter without brackets. */
  readonly host: string;
  /** 0: any free one. */
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
 * `host:port`, `:port` or a port alone; IPv6 in brackets. Without a host nobody but this machine is listened to (127.0.0.1).
 * @param flag whose value it is, for the sentence. @throws SmoothcertError OPTION_INVALID
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

export function showAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether only this machine can reach it. A name other than localhost may be anybody's, so it does not count. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** What stands between a server and those who can reach it. */
export interface Protection {
  readonly tls: boolean;
  readonly tokens: boolean;
  /** The operator says that it is all right without. */
  readonly insecure: boolean;
}

/** @throws SmoothcertError INSECURE_LISTENING for an address that others can reach, with neither TLS nor tokens nor leave to do so */
export function refuseInsecure(addresses: readonly Address[], { tls, tokens, insecure }: Protection): void {
  const open = addresses.find(({ host }) => !isLoopback(host));
  if (open === undefined || tls || tokens || insecure) return;
  throw new SmoothcertError(
    'INSECURE_LISTENING',
    `Whoever reaches ${showAddress(open)} could use this server: there is neither TLS nor a token.`,
    'Give --token-file, or --tls-cert and --tls-key, or both; or --insecure where the network lets nobody in.',
  );
}
