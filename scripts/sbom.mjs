// Writes the software bill of materials: CycloneDX JSON of all that smoothcert installs where it runs, on every platform.
//
//   npm run sbom                  writes dist/sbom.cdx.json
//   npm run sbom -- FILE
//
// Made from package-lock.json alone, so it needs no network, and is the same bytes on every machine: what names the moment, the folder
// or the npm that made it is left out. It is made with each release and not kept in the repository, which has the lock file already.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { productionPackages } from './production-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const to = path.resolve(root, process.argv[2] ?? 'dist/sbom.cdx.json');
// All, and chosen here: told to omit what developers need, npm also leaves out what both need.
const flags = ['--sbom-format', 'cyclonedx', '--package-lock-only'];
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const text = execFileSync(npm, ['sbom', ...flags], { cwd: root, maxBuffer: 2 ** 26, encoding: 'utf8' });
const bom = JSON.parse(text);
delete bom.serialNumber;
const { name } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
// npm calls the project after its folder.
bom.metadata = { component: { ...bom.metadata.component, type: 'application', name } };

// A package that stands in several places is one component.
const components = new Map(bom.components.map((one) => [one['bom-ref'], one]));
const packages = productionPackages();
const kept = new Set([
  bom.metadata.component['bom-ref'],
  ...packages.map((one) => `${one.name}@${one.version}`),
]);
const byName = (of) => (a, b) => (of(a) < of(b) ? -1 : 1);
bom.components = [...components.values()]
  .filter((one) => kept.has(one['bom-ref']))
  .map((one) => ({ ...one, properties: [] }))
  .sort(byName((one) => one['bom-ref']));
const dependencies = new Map(bom.dependencies.map((one) => [one.ref, one]));
bom.dependencies = [...dependencies.values()]
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }))
  .sort(byName(({ ref }) => ref));

const missing = packages.filter((one) => {
  const found = components.get(`${one.name}@${one.version}`);
  return !found || !found.licenses?.length || !found.hashes?.length;
});
if (missing.length > 0) {
  const names = missing.map((one) => `${one.name}@${one.version}`).join(', ');
  console.log(`The bill lacks ${names}, or their licences or hashes.`);
  process.exit(1);
}
mkdirSync(path.dirname(to), { recursive: true });
writeFileSync(to, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${path.relative(process.cwd(), to)}: ${bom.components.length} packages.`);
