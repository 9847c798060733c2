import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { PYTHON, installedPython, pythonWith } from '../harness/python.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { runUnittest } from './package.js';

/** The tests of the package that are short; package-long.test.ts has the others. */
const WITH_NUMPY = pythonWith(['numpy']);

describe.skipIf(WITH_NUMPY === undefined)('the tests of the Python package', () => {
  it.each(['test_results', 'test_compare', 'test_data', 'test_progress'])('in %s pass', async (module) => {
    await runUnittest(WITH_NUMPY!, module);
  });
});

it.skipIf(PYTHON === undefined)('an installed Python package finds the command of its clone', async () => {
  const python = await installedPython();
  using folder = new TemporaryFolder();
  const program = 'from smoothcert._command import find_command; print(find_command()[-1])';
  const env = { ...process.env, SMOOTHCERT: '' };
  const { stdout } = await promisify(execFile)(python, ['-c', program], { cwd: folder.path, env });
  expect(stdout.trim()).toBe(path.join(ROOT, 'dist/cli/main.js'));
});
