import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { SmoothcertError } from '../errors.js';

/** PEM files. */
export interface TlsFiles {
  /** Our certificate, with those between it and the authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities one of which every client must have a certificate of; null: clients need none. */
  readonly clientCa: string | null;
}

/** Their contents: they fit together, and were taken by the TLS library. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | null;
}

/** Read once: a server gets a new certificate by a restart. @throws SmoothcertError OPTION_INVALID naming the file */
export async function readTls(files: TlsFiles): Promise<Tls> {
  const cert = await read(files.cert);
  const key = await read(files.key);
  const clientCa = files.clientCa === null ? null : await read(files.clientCa);
  attempt(`${files.cert} holds no certificate in PEM`, () => createSecureContext({ cert }));
  attempt(`${files.key} holds no key in PEM for ${files.cert}`, () => createSecureContext({ cert, key }));
  if (clientCa !== null) {
    const noCertificate = !clientCa.includes('-----BEGIN CERTIFICATE-----');
    attempt(`${files.clientCa} holds no certificate in PEM`, () => {
      if (noCertificate) throw new Error('no BEGIN CERTIFICATE');
      createSecureContext({ ca: clientCa });
    });
  }
  return { cert, key, clientCa };
}

async function read(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw unusable(`${file} cannot be read`, cause);
  });
}

function attempt(complaint: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw unusable(complaint, cause);
  }
}

function unusable(complaint: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'OPTION_INVALID',
    `${complaint}.`,
    'Check --tls-cert, --tls-key and --tls-client-ca, and whether this user may read them.',
    { cause },
  );
}
