import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** True if certificates can be made here; a line is printed if not. */
export const HAS_OPENSSL = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('SKIPPED: there is no openssl on PATH, so TLS is not tested.');
    return false;
  }
})();

export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Authorities and certificates for this machine, in files of a folder; each authority has a name. */
export class TestAuthority {
  readonly ca: string;
  private readonly caKey: string;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.ca = path.join(folder, `${name}.pem`);
    this.caKey = path.join(folder, `${name}.key`);
    openssl([
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      this.caKey,
      '-out',
      this.ca,
    ]);
  }

  /** @param names what the certificate is for, as OpenSSL writes it */
  issue(subject: string, names = 'IP:127.0.0.1,DNS:localhost'): Issued {
    const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) =>
      path.join(this.folder, `${this.name}-${subject}.${end}`),
    ) as [string, string, string, string];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    openssl([
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      key,
      '-out',
      request,
    ]);
    openssl([
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      this.ca,
      '-CAkey',
      this.caKey,
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      extensions,
      '-out',
      cert,
    ]);
    return { cert, key, ca: this.ca };
  }
}

export const contentsOf = ({ cert, key, ca }: Issued) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

const openssl = (args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
