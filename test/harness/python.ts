import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ROOT } from './command.js';

/** Runs the package for Python as a user has it: installed by pip, in an environment that sees the packages of the system. */

const NEEDED = ['numpy', 'grpc', 'google.protobuf', 'venv', 'ensurepip', 'setuptools', 'wheel'];
const FIRST = ['/usr/bin/python3', 'python3'];
const SOURCES = ['clients/python', 'proto'];
const INSTALLED = path.join(ROOT, '.tools/python');

/** The first Python that has these modules; Debian's need not be the first on PATH. Undefined, and a line says so, where none has. */
export function pythonWith(modules: readonly string[]): string | undefined {
  const program = `import ${modules.join(', ')}`;
  const found = FIRST.find((python) => {
    try {
      execFileSync(python, ['-c', program], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    console.warn(`No Python has ${modules.join(', ')}: tests that need them are SKIPPED.`);
  return found;
}

/** The Python that the package is installed for; undefined where there is none. */
export const PYTHON = pythonWith(NEEDED);

/** Returns the interpreter of an environment in which the package is installed. It is kept until a file of the package changes. */
export async function installedPython(): Promise<string> {
  const folder = path.join(INSTALLED, digestOfSources());
  const python = path.join(folder, 'bin/python');
  if (existsSync(python)) return python;
  mkdirSync(INSTALLED, { recursive: true });
  const made = mkdtempSync(path.join(INSTALLED, 'new-'));
  const run = promisify(execFile);
  await run(PYTHON!, ['-m', 'venv', '--system-site-packages', made]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-build-isolation', '--no-deps', '--no-index'];
  await run(path.join(made, 'bin/python'), [...pip, path.join(ROOT, 'clients/python')]);
  try {
    renameSync(made, folder);
  } catch {
    // Another test file was faster.
    rmSync(made, { recursive: true, force: true });
  }
  return python;
}

function digestOfSources(): string {
  const hash = createHash('sha256').update(execFileSync(PYTHON!, ['--version']));
  for (const source of SOURCES) {
    const files = readdirSync(path.join(ROOT, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(py|toml|typed|proto)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** One object of the news of a run, or the error that ended it. */
export type Told = Readonly<Record<string, unknown>> & { readonly news: string };

/** A Python program that prints an object a line. `await using` ends it. */
export class PythonProgram implements AsyncDisposable {
  readonly told: Told[] = [];
  /** Resolves once it has ended and its lines are complete. */
  readonly exited: Promise<{ readonly code: number | null; readonly stderr: string }>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private stderr = '';

  constructor(python: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(python, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.told.push(JSON.parse(line) as Told);
      this.look();
    });
    this.exited = once(this.child, 'close').then(([code]) => {
      this.look();
      return { code: code as number | null, stderr: this.stderr };
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves once it has told something like this; rejects if it ends before. */
  tells(is: (told: Told) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const ended = this.child.exitCode !== null || this.child.signalCode !== null;
        if (this.told.some(is)) resolve();
        else if (ended)
          reject(new Error(`Python ended: ${JSON.stringify(this.told.at(-1))}\n${this.stderr}`));
        else return;
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private look(): void {
    for (const look of [...this.waiting]) look();
  }
}
