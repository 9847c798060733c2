// Certifies the bundled digits: the command that the README shows, from the root of the project.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const relative = (file) => path.relative(root, path.join(here, file));
const args = [
  'certify',
  '--model',
  relative('digits.onnx'),
  '--data',
  relative('digits.npz'),
  '--sigma',
  '0.25',
  '--out',
  relative('certificates'),
  ...process.argv.slice(2),
];

console.error(`smoothcert ${args.join(' ')}`);
const child = spawn(process.execPath, [path.join(root, 'dist/cli/main.js'), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the command itself; this process only waits for it to finish and passes on how it ended.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
child.on('exit', (code) => (process.exitCode = code ?? 1));
