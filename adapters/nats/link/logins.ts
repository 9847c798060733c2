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
import { sentenceOf } from './nats-errors.js';

/** A secret, or where it is asked for at each login. */
export type Secret = string | (() => string);

/** Who we are to NATS. Files are named by their path, and read at every login: what replaces them counts from the next one on. */
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
 * How the library logs in; undefined: without a word.
 * @param onTrouble told of a secret that cannot be read any more; the one that was read last is used until it can
 * @throws SmoothcertError OPTION_INVALID for one that cannot be read now
 */
export function authenticatorOf(
  login: Login,
  onTrouble: (sentence: string) => void,
): Authenticator | undefined {
  const { user, password, token, nkeySeed, creds } = login;
  if (creds !== undefined)
    return credsAuthenticator(lasting(() => bytesOf(creds, 'NATS credentials'), onTrouble));
  if (nkeySeed !== undefined) return nkeyAuthenticator(lasting(() => seedIn(nkeySeed), onTrouble));
  if (token !== undefined) return tokenAuthenticator(lasting(reader(token), onTrouble));
  if (user === undefined) return undefined;
  return usernamePasswordAuthenticator(user, lasting(reader(password ?? ''), onTrouble));
}

/** Files by name: the library reads them at every connection. @throws SmoothcertError OPTION_INVALID for one that cannot be read */
export async function tlsOptionsOf({ ca, cert, key }: NonNullable<Login['tls']>): Promise<TlsOptions> {
  if (ca !== undefined) await mayRead(ca, 'NATS certificate authority');
  if (cert !== undefined) await mayRead(cert, 'NATS client certificate');
  if (key !== undefined) await mayRead(key, 'NATS client key');
  return {
    ...(ca !== undefined && { caFile: ca }),
    ...(cert !== undefined && { certFile: cert }),
    ...(key !== undefined && { keyFile: key }),
  };
}

/** Reads at once, and at every call; one that fails later is no reason to forget what was known. */
function lasting<T>(read: () => T, onTrouble: (sentence: string) => void): () => T {
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
