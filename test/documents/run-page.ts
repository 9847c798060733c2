import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../harness/command.js';
import { runShell, type Ran } from '../harness/shell.js';

/** Runs commands of documents in a folder that looks like a clone, beside a small model and small data of the names that the documents use. */

const LIMIT_MS = 300_000;
/** Entries of a clone that a page may write into, or must not reach. */
const NOT_LINKED = ['.git', 'examples', 'certificates', 'cluster', 'coverage'];

/** Debian's Python, with NumPy: other Pythons on the PATH may lack it. */
export const PYTHON = '/usr/bin/python3';
export const hasPython = (...modules: readonly string[]): boolean =>
  spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0;

/** Three colour images for M.onnx, in all forms that the documents name; four of the digits in place of all 300. */
const SMALL_DATA = `
import numpy as np
some = np.load("test/fixtures/models/images-colour-nchw.npz")
np.savez("D.npz", x=some["x"][:3], y=some["y"][:3])
np.save("x.npy", some["x"][:3])
np.save("y.npy", some["y"][:3])
digits = np.load("shipped-digits.npz")
np.savez("examples/digits/digits.npz", x=digits["x"][:4], y=digits["y"][:4])
`;

/** Makes the folder: links to all of the clone, small data, and `smoothcert` as a program in bin/. */
export function makeClone(folder: string): void {
  for (const name of readdirSync(ROOT).filter((entry) => !NOT_LINKED.includes(entry)))
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  mkdirSync(path.join(folder, 'examples/digits'), { recursive: true });
  for (const name of readdirSync(path.join(ROOT, 'examples')).filter((entry) => entry !== 'digits'))
    symlinkSync(path.join(ROOT, 'examples', name), path.join(folder, 'examples', name));
  copyFileSync(
    path.join(ROOT, 'examples/digits/digits.onnx'),
    path.join(folder, 'examples/digits/digits.onnx'),
  );
  symlinkSync(path.join(ROOT, 'examples/digits/digits.npz'), path.join(folder, 'shipped-digits.npz'));
  copyFileSync(path.join(ROOT, 'test/fixtures/models/colour-nchw.onnx'), path.join(folder, 'M.onnx'));
  const made = spawnSync(PYTHON, ['-c', SMALL_DATA], { cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the data were not made: ${made.stderr}`);
  mkdirSync(path.join(folder, 'bin'));
  const program = path.join(folder, 'bin/smoothcert');
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${path.join(ROOT, 'dist/cli/main.js')}' "$@"\n`,
  );
  chmodSync(program, 0o755);
}

/** Runs a bash script in a folder that `makeClone` made; it ends where a command fails. `alone`: in a network of its own, so that every port is free. */
export function runScript(folder: string, script: string, alone = false): Promise<Ran> {
  writeFileSync(path.join(folder, 'page.sh'), `set -eo pipefail\n${script}\n`);
  const env = {
    ...process.env,
    PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}:${path.join(ROOT, '.tools')}`,
    TMPDIR: folder,
    // The work is little: starting processes is most of it.
    SMOOTHCERT_PROCESSES: '1',
  };
  return runShell('page.sh', { cwd: folder, env, limitMs: LIMIT_MS, alone });
}
