// What smoothcert installs where it runs, as package-lock.json has it: on every platform, without what only its developers need.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const LOCK_FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));

/** Name, version, licence and integrity of each, once; `optional` ones are of other platforms, or may be missing. */
export function productionPackages(lockFile = LOCK_FILE) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const found = new Map();
  for (const [place, one] of Object.entries(packages)) {
    if (place === '' || one.dev === true || one.link === true) continue;
    const name = one.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version, license: licence = '', integrity = '' } = one;
    found.set(`${name}@${version}`, { name, version, licence, integrity });
  }
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}
