#!/usr/bin/env node
// Starts the command of dist/. A package or a clone without dist/ says so: npm packs one without asking whether it was built.
import { existsSync } from 'node:fs';

const command = new URL('dist/cli/main.js', import.meta.url);
if (existsSync(command)) await import(command.href);
else {
  console.error(
    'Error INTERNAL: this smoothcert was not built.\nIn a clone run npm ci and npm run build; make a package of it with npm run pack.',
  );
  process.exitCode = 1;
}
