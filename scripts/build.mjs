// Builds dist/: wire messages from proto/, the noise generator to WebAssembly, TypeScript to JavaScript, the web page.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDeclarations } from './declarations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Runs a package's own command with this Node, so that no shell and no PATH is involved. */
function run(packageName, command, args) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const bin = require(manifest).bin;
  const script = path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

const protos = ['google/rpc', 'smoothcert/v1'].flatMap((folder) =>
  readdirSync(path.join(root, 'proto', folder)).map((file) => `proto/${folder}/${file}`),
);
const generated = 'shared/wire/generated';
run('protobufjs-cli', 'pbjs', [
  '-t',
  'static-module',
  '-w',
  'es6',
  '--dependency',
  'protobufjs/minimal.js',
  '--no-create',
  '--no-convert',
  '--no-delimited',
  '--no-verify',
  '--force-number',
  '-p',
  'proto',
  '-o',
  `${generated}.js`,
  ...protos,
]);
run('protobufjs-cli', 'pbts', ['-o', `${generated}.d.ts`, `${generated}.js`]);
run('assemblyscript', 'asc', ['worker/noise/assembly/generator.ts', '--config', 'asconfig.json']);

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
run('typescript', 'tsc', ['-p', 'tsconfig.json']);
writeDeclarations(root);
for (const asset of [`${generated}.js`, 'worker/noise/generator.wasm']) {
  mkdirSync(path.join(root, 'dist', path.dirname(asset)), { recursive: true });
  cpSync(path.join(root, asset), path.join(root, 'dist', asset));
}
run('typescript', 'tsc', ['-p', 'page/tsconfig.json']);
run('vite', 'vite', ['build', '--config', 'page/vite.config.mjs']);
