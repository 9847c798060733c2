import { readFileSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import {
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
  type TlsOptions,
} from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import { identityCheck } from './certificates.js';
import { sentenceOf } from './nats-errors.js';

/** A secret, or a function that reads it at each login. */
export type Secret = string | (() => string);

/** Credentials for NATS. Files are given by path and read at every login, so that a replaced file counts from the next login on. */
export interface Login {
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly user?: string;
  readonly password?: Secret;
  readonly token?: Secret;
  /** File with the seed of an nkey. */
  readonly nkeySeed?: string;
  /** File with a JWT and the seed of its nkey. */
  readonly creds?: string;
}

/**
 * Returns the authenticator for a login; undefined for a login without credentials.
 * @param onTrouble called when a secret cannot be read any more; the one that was read last is used until it can
 * @throws SmoothcertError OPTION_INVALID for one that cannot be read now
 */
export function authenticatorOf(
  login: Login,
  onTrouble: (sentence: string) => void,
): Authenticator | undefined {
  const { user, password, token, nkeySeed, creds } = login;
  if (creds !== undefined)
    return credsAuthenticator(keepingLast(() => bytesOf(creds, 'NATS credentials'), onTrouble));
  if (nkeySeed !== undefined) return nkeyAuthenticator(keepingLast(() => seedIn(nkeySeed), onTrouble));
  if (token !== undefined) return tokenAuthenticator(keepingLast(reader(token), onTrouble));
  if (user === undefined) return undefined;
  return usernamePasswordAuthenticator(user, keepingLast(reader(password ?? ''), onTrouble));
}

/** Returns TLS options with paths of files, which the library reads at every connection. @throws SmoothcertError OPTION_INVALID for one that cannot be read */
export async function tlsOptionsOf(
  { ca, cert, key }: NonNullable<Login['tls']>,
  servers: readonly string[],
): Promise<TlsOptions> {
  if (ca !== undefined) await mayRead(ca, 'NATS certificate authority');
  if (cert !== undefined) await mayRead(cert, 'NATS client certificate');
  if (key !== undefined) await mayRead(key, 'NATS client key');
  // The library hands the check on to Node, and its type does not know of it.
  const checked = { checkServerIdentity: identityCheck(servers) };
  return {
    ...checked,
    ...(ca !== undefined && { caFile: ca }),
    ...(cert !== undefined && { certFile: cert }),
    ...(key !== undefined && { keyFile: key }),
  };
}

/** Reads at once and at every call of the returned function; where a later read fails, the last value is returned. */
function keepingLast<T>(read: () => T, onTrouble: (sentence: string) => void): () => T {
  let known = read();
  return () => {
    try {
      known = read();
    } catch (error) {
      onTrouble(`${sentenceOf(error)}; what was read before is used.`);
    }
    return known;
  };
}

const reader = (secret: Secret) => (typeof secret === 'string' ? () => secret : secret);

function seedIn(file: string): Uint8Array {
  const text = bytesOf(file, 'NATS nkey seed').toString();
  return Buffer.from(/S[A-Z2-7]{57}/.exec(text)?.[0] ?? text.trim());
}

function bytesOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, what, cause);
  }
}

async function mayRead(file: string, what: string): Promise<void> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw unreadable(file, what, cause);
  });
}

function unreadable(file: string, what: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `The file with the ${what}, ${file}, cannot be read.`,
    'Name a file that exists and that this user may read.',
    { cause },
  );
}
