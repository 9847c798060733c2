import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { project } from '../harness/local-job.js';
import { execForm, pairsOf, type Instruction, type Stage } from './dockerfile.js';

/** The part of an image that a container is started from. */
export interface Image {
  /** Files that the Dockerfile puts on top of its base, by their paths in the image. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly stopSignal: string;
}

interface Kitchen {
  readonly folder: string;
  readonly stages: readonly Stage[];
  readonly made: Map<string, string>;
  readonly ignored: (file: string) => boolean;
}

/**
 * Carries out the instructions of a Dockerfile as far as that goes without an engine and without a network: copies are made, the install
 * is laid out from this checkout's node_modules by what the lock file says, prune.mjs runs, and the compiled dist/ is taken as it is.
 * A command that it does not know is an error, not passed over. Files are hard links where they can be.
 */
export function buildImage(stages: readonly Stage[], folder: string): Image {
  const kitchen = { folder, stages, made: new Map<string, string>(), ignored: ignoredByDocker() };
  const last = stages.at(-1)!;
  const root = perform(last, kitchen);
  const all = (name: string) => last.instructions.filter((one) => one.name === name);
  const text = (name: string) => all(name).at(-1)?.text ?? '';
  return {
    root,
    workdir: text('WORKDIR'),
    user: text('USER'),
    stopSignal: text('STOPSIGNAL'),
    env: Object.assign({}, ...all('ENV').map((one) => pairsOf(one.text))) as Record<string, string>,
    entrypoint: execForm(text('ENTRYPOINT')) ?? [],
  };
}

/** Bytes of all files below, each counted once. */
export function bytesBelow(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + lstatSync(path.join(parentPath, name)).size, 0);
}

/** @returns its root folder */
function perform(stage: Stage, kitchen: Kitchen): string {
  const name = stage.alias ?? 'final';
  const done = kitchen.made.get(name);
  if (done !== undefined) return done;
  const root = path.join(kitchen.folder, name);
  kitchen.made.set(name, root);
  mkdirSync(root, { recursive: true });
  let workdir = '/';
  const inside = (target: string) => path.join(root, path.posix.resolve(workdir, target));
  for (const instruction of stage.instructions) {
    if (instruction.name === 'WORKDIR') {
      workdir = path.posix.resolve(workdir, instruction.text);
      mkdirSync(inside('.'), { recursive: true });
    } else if (instruction.name === 'COPY') copy(instruction, inside, kitchen);
    else if (instruction.name === 'RUN') run(instruction, inside);
  }
  return root;
}

function copy(
  { text, flags, line }: Instruction,
  inside: (target: string) => string,
  kitchen: Kitchen,
): void {
  const words = text.split(' ');
  const target = words.pop()!;
  const from = kitchen.stages.find(({ alias }) => alias === flags['from']);
  if (flags['from'] !== undefined && !from)
    throw new Error(`line ${line}: there is no stage ${flags['from']}`);
  const source = from ? perform(from, kitchen) : project('');
  for (const word of words) {
    if (!from && kitchen.ignored(word)) throw new Error(`line ${line}: .dockerignore keeps ${word} out`);
    // What the base image brings: the same program of this machine.
    const file = word === '/usr/local/bin/node' ? process.execPath : path.join(source, word);
    const folder = lstatSync(file).isDirectory();
    const into = target.endsWith('/') || (words.length > 1 && !folder);
    link(file, into ? path.join(inside(target), path.basename(word)) : inside(target));
  }
}

function run({ text, line }: Instruction, inside: (target: string) => string): void {
  if (text.startsWith('npm ci --ignore-scripts --omit=dev')) install(inside('node_modules'));
  // The compilers are there already, and so is what they make.
  else if (text.startsWith('npm ci --ignore-scripts')) return;
  else if (text === 'npm run build') link(project('dist'), inside('dist'));
  else if (text.startsWith('test -d ')) lstatSync(inside(text.slice('test -d '.length)));
  else if (text === 'mkdir /empty') mkdirSync(inside('/empty'));
  else if (text === 'node /tmp/prune.mjs node_modules') {
    execFileSync(process.execPath, [inside('/tmp/prune.mjs'), inside('node_modules')], { stdio: 'pipe' });
  } else throw new Error(`line ${line}: RUN ${text} cannot be carried out here`);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

/** Installs what `npm ci --omit=dev` does on this system: each package of the lock file but those for development alone. */
function install(target: string): void {
  const { packages } = JSON.parse(readFileSync(project('package-lock.json'), 'utf8')) as Lock;
  for (const [place, { dev, optional }] of Object.entries(packages)) {
    if (place === '' || dev === true) continue;
    const source = project(place);
    // Optional ones are for other systems.
    if (existsSync(source)) link(source, path.join(target, path.relative('node_modules', place)), true);
    else if (optional !== true) throw new Error(`${place} is not installed`);
  }
}

/** Copies by hard links; only where that is impossible (another file system) by bytes. */
function link(source: string, target: string, onePackage = false): void {
  if (lstatSync(source).isDirectory()) {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(source)) {
      if (onePackage && name === 'node_modules') continue;
      link(path.join(source, name), path.join(target, name));
    }
    return;
  }
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    linkSync(source, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EXDEV' && code !== 'EPERM') throw error;
    cpSync(source, target);
  }
}

/** Returns a function that is true of the paths that .dockerignore keeps out. It excludes everything, then names exceptions. */
function ignoredByDocker(): (file: string) => boolean {
  const lines = readFileSync(project('.dockerignore'), 'utf8').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (rules[0] !== '*') throw new Error('.dockerignore does not begin with *');
  const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  return (file) => {
    const plain = path.posix.normalize(file);
    return !allowed.some((rule) => plain === rule || plain.startsWith(`${rule}/`));
  };
}
