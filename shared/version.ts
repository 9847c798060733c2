import { readFileSync } from 'node:fs';

/** The version of this package, from the nearest package.json above this file (source tree and dist alike). */
export const VERSION: string = findVersion(new URL('./', import.meta.url));

function findVersion(folder: URL): string {
  try {
    const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string };
    return manifest.version;
  } catch (error) {
    const parent = new URL('../', folder);
    if (parent.href === folder.href) throw error;
    return findVersion(parent);
  }
}
