import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** The name that Node checks where the library gives it none, which is so for a server given by its IP address. */
const UNNAMED = 'localhost';

/** The codes of Node for a certificate that is not believed, whoever is asked again. */
const NOT_BELIEVED = /^(ERR_TLS_CERT_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(VERIFY|GET)_)/;

/**
 * Returns the check of the name in a server's certificate, for `checkServerIdentity` of TLS. A server that is given by its IP address is
 * believed if its certificate is for the IP address of one of the servers.
 * @param servers host and port of each, as they were given
 */
export function identityCheck(servers: readonly string[]): typeof checkServerIdentity {
  const addresses = servers.map(hostOf).filter((host) => isIP(host) > 0);
  return (name: string, certificate: PeerCertificate) => {
    const error = checkServerIdentity(name, certificate);
    if (error === undefined || name !== UNNAMED) return error;
    const errors = addresses.map((address) => checkServerIdentity(address, certificate));
    return errors.includes(undefined) ? undefined : (errors[0] ?? error);
  };
}

/** Returns true if the certificate of a server, or who has signed it, is not believed. */
export function isNotBelieved(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && NOT_BELIEVED.test(code)) || isNotBelieved(error.cause);
}

/** Returns the host of an address with a port and perhaps a scheme; an IPv6 address without its brackets. */
function hostOf(server: string): string {
  return server
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
