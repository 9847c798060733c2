import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { pythonWith } from '../harness/python.js';
import { runUnittest } from './package.js';

/** The tests of the package that take long: modules are exported, jobs are killed. */
const WITH_NUMPY = pythonWith(['numpy']);
const WITH_MYPY = pythonWith(['numpy', 'mypy']);

describe.skipIf(WITH_NUMPY === undefined)('the long tests of the Python package', () => {
  it.each(['test_flags', 'test_stopping', 'test_torch', 'test_verbs'])(
    'in %s pass, too',
    async (module) => {
      await runUnittest(WITH_NUMPY!, module);
    },
    600_000,
  );
});

it.skipIf(WITH_MYPY === undefined)('the types of the Python package are complete', async () => {
  const cwd = path.join(ROOT, 'clients/python');
  const { stdout } = await promisify(execFile)(WITH_MYPY!, ['-m', 'mypy', 'smoothcert'], { cwd });
  expect(stdout).toMatch(/^Success: no issues found/);
});
