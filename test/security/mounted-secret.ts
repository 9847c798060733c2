import { cpSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { TlsFiles } from '../../adapters/http/tls.js';
import type { Issued } from '../service/certificates.js';

const NAMES = ['tls.crt', 'tls.key', 'ca.crt'];

/**
 * A folder as Kubernetes mounts a Secret: each file is a link into `..data`, which is a link to a folder of this version. A new version is a
 * new folder, and `..data` is turned to it in one step; the links that a process has the names of are never touched.
 */
export class MountedSecret {
  private versions = 0;

  constructor(readonly folder: string) {
    mkdirSync(folder);
    for (const name of NAMES) symlinkSync(path.join('..data', name), path.join(folder, name));
  }

  /** The files as a server of ours is told of them. */
  get files(): TlsFiles & { readonly clientCa: string } {
    const [cert, key, clientCa] = NAMES.map((name) => path.join(this.folder, name)) as [
      string,
      string,
      string,
    ];
    return { cert, key, clientCa };
  }

  /** @param clientCa authorities of the clients */
  turnTo({ cert, key }: Pick<Issued, 'cert' | 'key'>, clientCa: string): void {
    const version = `..version-${++this.versions}`;
    mkdirSync(path.join(this.folder, version));
    for (const [i, file] of [cert, key, clientCa].entries())
      cpSync(file, path.join(this.folder, version, NAMES[i]!));
    symlinkSync(version, path.join(this.folder, '..new'));
    renameSync(path.join(this.folder, '..new'), path.join(this.folder, '..data'));
  }
}
