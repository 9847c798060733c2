// Ends a packing whose result would not run: there is no dist/. It is called where scripts of packages may run; npm run pack builds first.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  console.error('There is no dist/: make a package with npm run pack, which builds first.');
  process.exitCode = 1;
}
