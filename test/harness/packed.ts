import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './command.js';

const run = promisify(execFile);

/** Packs the package of what is built, into a folder. Returns its file. */
export async function pack(root: string, into: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', into], { cwd: root });
  return path.join(into, stdout.trim());
}

/** Returns the paths in a package, below its folder. */
export async function filesOf(file: string): Promise<string[]> {
  const { stdout } = await run('tar', ['-tzf', file], { maxBuffer: 2 ** 24 });
  return stdout
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
}

/**
 * Installs a packed package into an empty folder, without a registry: what it depends on is that of this tree.
 * Returns the folder of the package.
 */
export async function installOffline(file: string, folder: string): Promise<string> {
  const modules = path.join(folder, 'node_modules');
  const target = path.join(modules, 'smoothcert');
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', file, '--strip-components=1', '-C', target]);
  await writeFile(
    path.join(folder, 'package.json'),
    '{ "name": "user", "type": "module", "private": true }\n',
  );
  const manifest = JSON.parse(await readFile(path.join(target, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >;
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  for (const name of names) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
  return target;
}

/** Writes the examples of docs/library.md as programs, with the model and the images that they name. Returns their names, without ending. */
export async function writeExamples(folder: string): Promise<string[]> {
  const page = await readFile(path.join(ROOT, 'docs/library.md'), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  for (const [at, block] of blocks.entries()) await writeFile(path.join(folder, `example-${at}.ts`), block);
  for (const [from, to] of [
    ['digits.onnx', 'model.onnx'],
    ['digits.npz', 'data.npz'],
  ] as const)
    await cp(path.join(ROOT, 'examples/digits', from), path.join(folder, to));
  return blocks.map((_, at) => `example-${at}`);
}

/** Compiles programs as strictly as TypeScript can; no declaration is passed over. @param types names of packages of global types */
export async function compileStrictly(
  folder: string,
  files: readonly string[],
  types: readonly string[],
): Promise<string> {
  await mkdir(path.join(folder, 'node_modules/@types'), { recursive: true });
  for (const name of types) {
    const link = path.join(folder, 'node_modules/@types', name);
    await symlink(path.join(ROOT, 'node_modules/@types', name), link).catch(() => undefined);
  }
  const options = {
    target: 'ES2023',
    lib: ['ES2023'],
    module: 'NodeNext',
    types,
    skipLibCheck: false,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noUnusedLocals: true,
    verbatimModuleSyntax: true,
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}
