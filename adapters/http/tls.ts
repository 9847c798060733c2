import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { SmoothcertError } from '../../shared/errors.js';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The server's certificate, with those between it and the authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities that may have signed a client's certificate; null: clients need no certificate. */
  readonly clientCa: string | null;
}

/** Contents of the files, which the TLS library has accepted together. */
export interface TlsContents {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | null;
}

/**
 * TLS from files that may be replaced while a server runs. Each connection checks them, which costs a `stat` of each, so that a new
 * certificate is used from the next connection on, also where the files are links that now point elsewhere. Open connections stay open.
 * While the files do not fit together, or cannot be read, the contents that were read before are used.
 */
export class Tls {
  private stamp: string;

  private constructor(
    private readonly files: TlsFiles,
    private contents: TlsContents,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    this.stamp = stampOf(files);
  }

  /**
   * @param onTrouble called when files cannot be used, once until they change again
   * @throws SmoothcertError OPTION_INVALID naming the file
   */
  static open(files: TlsFiles, onTrouble: (error: unknown) => void = () => undefined): Tls {
    return new Tls(files, read(files), onTrouble);
  }

  /** Returns the contents to use now: the same object until the files change. */
  current(): TlsContents {
    const stamp = stampOf(this.files);
    if (stamp === this.stamp) return this.contents;
    this.stamp = stamp;
    try {
      this.contents = read(this.files);
    } catch (error) {
      this.onTrouble(error);
    }
    return this.contents;
  }
}

/** Returns a text that changes whenever a file is written, replaced or removed. Never throws, because it is called for each connection. */
function stampOf({ cert, key, clientCa }: TlsFiles): string {
  const files = [cert, key, ...(clientCa === null ? [] : [clientCa])];
  return files.map(stampOfOne).join(' ');
}

function stampOfOne(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return 'none';
  }
}

function read(files: TlsFiles): TlsContents {
  const cert = bytesOf(files.cert);
  const key = bytesOf(files.key);
  const clientCa = files.clientCa === null ? null : bytesOf(files.clientCa);
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

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unusable(`${file} cannot be read`, cause);
  }
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
