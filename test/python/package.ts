import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { ROOT } from '../harness/command.js';

const PACKAGE = path.join(ROOT, 'clients/python');

/** Runs one module of the tests of the package. It says which tests are skipped, and why. @throws what failed, as unittest tells it */
export async function runUnittest(python: string, module: string): Promise<void> {
  const args = ['-W', 'ignore', '-m', 'unittest', '-v', `tests.${module}`];
  const { stderr } = await promisify(execFile)(python, args, { cwd: PACKAGE, maxBuffer: 2 ** 24 });
  const count = Number(/^Ran (\d+) tests? in /m.exec(stderr)?.[1] ?? 0);
  expect(count).toBeGreaterThan(0);
  for (const line of stderr.split('\n').filter((one) => / \.\.\. skipped /.test(one))) console.warn(line);
}
