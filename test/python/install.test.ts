import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { PYTHON, installedPython } from '../harness/python.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

const PACKAGE = path.join(ROOT, 'clients/python');
const MESSAGES = 'smoothcert/_remote/messages.desc';
const PIP = [
  '-m',
  'pip',
  'install',
  '--quiet',
  '--no-build-isolation',
  '--no-deps',
  '--no-index',
  '--target',
];

/** Prints the files whose syntax Python 3.9 does not have. */
const OLDEST = `
import ast, pathlib, sys
for file in pathlib.Path(sys.argv[1]).rglob("*.py"):
    try:
        ast.parse(file.read_text("utf-8"), feature_version=(3, 9))
    except SyntaxError as error:
        print(file, error)
`;

/** Finds that there are no messages, as a user does. */
const WITHOUT_MESSAGES = `
import smoothcert as sc
try:
    sc.cancel(".", server="127.0.0.1:1")
except sc.SmoothcertError as error:
    print(error.code, error.remedy)
from smoothcert._remote import messages
try:
    messages.message("smoothcert.v1.JobSpec")
except sc.SmoothcertError as error:
    print(error)
`;

describe.skipIf(PYTHON === undefined)('the package for Python', () => {
  const folder = folderOfEachTest();
  const python = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = folder.path) =>
    promisify(execFile)(PYTHON!, [...args], { cwd, env: { ...process.env, ...env } });
  const filesOf = (of: string) =>
    readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((file) => !file.includes('__pycache__'));

  it('installs its modules, their types and the messages, and nothing else', async () => {
    const installed = path.dirname(path.dirname(await installedPython()));
    const [libraries] = filesOf(installed).filter((file) => file.endsWith('site-packages'));
    const own = filesOf(path.join(installed, libraries!)).filter((file) => file.startsWith('smoothcert'));
    const modules = filesOf(PACKAGE).filter((file) => /^smoothcert\/.*\.py$/.test(file));
    const others = own.filter((file) => !/^smoothcert-[^/]*\.dist-info/.test(file));
    expect(others.sort()).toEqual(
      ['smoothcert', 'smoothcert/_remote', 'smoothcert/py.typed', MESSAGES, ...modules].sort(),
    );
  });

  it('can be built from an archive of its sources, which has the proto files', async () => {
    // Builds leave traces in their folder, and other tests read the one of the clone.
    const clone = folder.file('clone');
    copyClone(clone);
    const build = 'import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])';
    await python(['-c', build, folder.file('archives')], {}, path.join(clone, 'clients/python'));
    const [archive] = readdirSync(folder.file('archives'));
    await promisify(execFile)('tar', ['-xzf', folder.file('archives', archive!), '-C', folder.path]);
    const unpacked = folder.file(archive!.replace('.tar.gz', ''));
    expect(filesOf(unpacked)).toContain('proto/smoothcert/v1/job.proto');
    const target = folder.file('target');
    await python([...PIP, target, unpacked]);
    const [libraries] = filesOf(path.dirname(path.dirname(await installedPython()))).filter((file) =>
      file.endsWith(MESSAGES),
    );
    const installed = path.join(path.dirname(path.dirname(await installedPython())), libraries!);
    expect(readFileSync(path.join(target, MESSAGES)).equals(readFileSync(installed))).toBe(true);
  });

  it('installs without a compiler of messages, and then says what server= needs', async () => {
    const clone = folder.file('clone');
    copyClone(clone);
    // No program on PATH, and grpcio-tools that cannot compile.
    mkdirSync(folder.file('modules/grpc_tools'), { recursive: true });
    writeFileSync(folder.file('modules/grpc_tools/__init__.py'), '');
    writeFileSync(folder.file('modules/grpc_tools/protoc.py'), 'raise SystemExit("too old")');
    const env = { PATH: folder.path, PYTHONPATH: folder.file('modules') };
    const target = folder.file('target');
    await python([...PIP, target, path.join(clone, 'clients/python')], env);
    expect(filesOf(target)).not.toContain(MESSAGES);
    const { stdout } = await python(['-c', WITHOUT_MESSAGES], { PYTHONPATH: target });
    expect(stdout.split('\n')).toEqual([
      'OPTION_INVALID Name the folder that certify(out=…, server=…) was given.',
      'OPTION_INVALID: server= needs the messages of the server, and this smoothcert was built without grpcio-tools.',
      'pip install grpcio-tools, then install smoothcert again.',
      '',
    ]);
  });

  it('is written in the syntax of Python 3.9', async () => {
    expect((await python(['-c', OLDEST, PACKAGE])).stdout).toBe('');
    writeFileSync(folder.file('later.py'), 'match 1:\n    case 1: pass\n');
    expect((await python(['-c', OLDEST, folder.path])).stdout).toContain('later.py');
  });
});

/** Copies what an install reads of a clone. */
function copyClone(to: string): void {
  for (const part of ['clients/python', 'proto'])
    cpSync(path.join(ROOT, part), path.join(to, part), { recursive: true });
}
